import {
  GRPCControllerService,
  HANDSHAKE,
  HealthCheckResponse_ServingStatus,
  HealthService,
  RPC_STATUS,
  RpcError,
  unary,
  type ClientTls,
  type CommunicatorRef,
  type RpcClient,
  type RpcMethod,
} from "@ingot/protocol";
import { openBroker, readStdio } from "./library-streams.js";
import { hostRecord, type LogSink } from "./log-sink.js";
import type { Handshake } from "./parse-handshake.js";
import { pluginError, PluginError, type PluginErrorCode, type PluginFacts } from "./plugin-error.js";
import type { PluginExecutable } from "./plugin-executable.js";
import { raceTimeout, type PluginProcess } from "./plugin-process.js";
import { processFacts } from "./process-facts.js";
import { secondsText } from "./seconds-text.js";
import { WireProblem } from "./wire-problem.js";

/** How long a lost connection may precede the news that the process ended. */
const EXIT_NEWS_MS = 1_000;

export interface ConnectionOptions {
  readonly executable: PluginExecutable;
  readonly hostVersion: string;
  readonly handshake: Handshake;
  readonly client: RpcClient;
  /** How the connection is secured. Absent: plain. */
  readonly tls?: ClientTls;
  /** Absent for a plugin that somebody else started: it is not ended, either. */
  readonly process?: PluginProcess;
  readonly log: LogSink | undefined;
  readonly stopGraceMs: number;
}

export interface PluginCallOptions {
  readonly signal: AbortSignal;
  /** No deadline when absent. A plugin that misses one is killed: it hangs. */
  readonly timeoutMs?: number;
}

/**
 * A plugin that runs and the connection to it. Turns whatever goes wrong with a call into one PluginError. When the process
 * ends, all calls end.
 */
export class PluginConnection {
  readonly executable: PluginExecutable;
  readonly client: RpcClient;
  readonly handshake: Handshake;
  /** The plugin's version as it described itself, for messages. */
  pluginVersion: string | undefined;
  readonly #options: ConnectionOptions;
  readonly #gone = new AbortController();
  readonly #streams = new AbortController();
  readonly #endOfBroker: () => void;
  #stopping: Promise<void> | undefined;
  #isLost = false;
  #nextInstance = 1;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.executable = options.executable;
    this.client = options.client;
    this.handshake = options.handshake;
    this.#endOfBroker = openBroker(options.client, this.#streams.signal);
    void readStdio(options.client, this.#streams.signal, (line) => this.#logOutput(line)); // never rejects
    void options.process?.ended.then(() => this.#close()); // never rejects
  }

  get name(): string {
    return this.executable.name;
  }

  /** True when no call can succeed any more. */
  get isGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** Aborts when the plugin is gone. For calls that are not cancelled otherwise. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** How another plugin reaches this one's listener. */
  get access(): Omit<CommunicatorRef, "handle" | "token" | "type"> {
    const { tls } = this.#options;
    return {
      endpoint: this.handshake.endpoint,
      serverCertificate: tls === undefined ? Buffer.alloc(0) : pemToDer(tls.serverCertificate),
      clientCertificate: tls?.clientCertificate === undefined ? undefined : pemToDer(tls.clientCertificate),
      clientKey: tls?.clientKey === undefined ? undefined : pemToDer(tls.clientKey),
    };
  }

  /** An instance id that this process has not seen. */
  newInstanceId(): string {
    return `i${this.#nextInstance++}`;
  }

  /** Calls a method with one request. `what` completes "while it ...": "prepared the builder \"oci\"". */
  async call<Request, Response>(
    what: string,
    method: RpcMethod<Request, Response>,
    request: Request,
    { signal, timeoutMs }: PluginCallOptions,
  ): Promise<Response> {
    signal.throwIfAborted();
    this.assertRunning();
    try {
      const either = AbortSignal.any([signal, this.#gone.signal]);
      return await unary(this.client, method, request, { signal: either, timeoutMs });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      const problem = await this.explain(what, error, timeoutMs);
      if (problem instanceof PluginError && problem.code === "timeout") await this.kill();
      throw problem;
    }
  }

  /** Throws when the plugin ended earlier, so that no call can succeed. */
  assertRunning(): void {
    if (!this.isGone) return;
    const headline = `The plugin "${this.name}" is not running any more: it ended earlier in this run.`;
    throw this.error("crash", headline, CRASH_STEP);
  }

  /** Turns the error of a call into what the user should read. Errors of other origin stay as they are. */
  async explain(what: string, error: unknown, timeoutMs = 0): Promise<unknown> {
    if (error instanceof PluginError) return error;
    if (!(error instanceof RpcError) && !this.isGone) return error;
    const code = error instanceof RpcError ? error.code : RPC_STATUS.unavailable;
    if (code === RPC_STATUS.deadlineExceeded) {
      const headline = `The plugin "${this.name}" did not answer within ${secondsText(timeoutMs)} while it ${what}.`;
      return this.error("timeout", headline, "It was stopped. Set INGOT_LOG=1 to see everything that it logs.", error);
    }
    if (code === RPC_STATUS.unimplemented) {
      const headline = `The plugin "${this.name}" doesn't serve what it must: ${method(error)}.`;
      return this.error("protocol", headline, "This is a defect of the plugin; report it to its author.", error);
    }
    const isLost = this.isGone || !this.client.isConnected;
    if (await this.#hasEnded(isLost ? EXIT_NEWS_MS : EXIT_NEWS_MS / 10)) {
      const headline = `The plugin "${this.name}" crashed while it ${what}.`;
      return this.error("crash", headline, CRASH_STEP, error);
    }
    const details = error instanceof RpcError ? error.message : "the connection was closed";
    if (isLost) {
      this.#isLost = true;
      await this.kill();
      return this.error(
        "crash",
        `The connection to the plugin "${this.name}" broke while it ${what}: ${details}.`,
        CRASH_STEP,
        error,
      );
    }
    const headline = `The plugin "${this.name}" failed while it ${what}: status ${code}, ${details}.`;
    return this.error("protocol", headline, "This is a defect of the plugin; report it to its author.", error);
  }

  /** Makes an error about this plugin with everything that is known. */
  error(code: PluginErrorCode, headline: string, nextStep: string, cause?: unknown): PluginError {
    return pluginError(code, headline, nextStep, this.facts(), cause);
  }

  /** Makes the error for a plugin that broke a rule; `text` completes "The plugin "x" ...". */
  violation(text: string, cause?: unknown): PluginError {
    const step = "This is a defect of the plugin; report it to its author.";
    return this.error("protocol", `The plugin "${this.name}" ${text}.`, step, cause);
  }

  /** Reads what the plugin sent; what makes no sense becomes a violation. */
  reading<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WireProblem)) throw error;
      throw this.violation(`sent a wrong value while it ${what}: ${error.sentence}`, error);
    }
  }

  facts(): PluginFacts {
    const { protocolVersion } = this.handshake;
    const { process, hostVersion } = this.#options;
    const facts = processFacts(this.executable, process, {
      hostVersion,
      protocolVersion,
      pluginVersion: this.pluginVersion,
    });
    if (process !== undefined) return facts;
    const { command: _, ...rest } = facts; // somebody else started it
    return rest;
  }

  log(level: "debug" | "warn", message: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#options.log?.(hostRecord(this.name, level, message, fields));
  }

  /** Asks whether the plugin serves. */
  async checkHealth(timeoutMs: number, signal: AbortSignal): Promise<void> {
    const request = { service: HANDSHAKE.healthService };
    const { status } = await this.call("was asked for its health", HealthService.check, request, { signal, timeoutMs });
    if (status !== HealthCheckResponse_ServingStatus.SERVING) {
      throw this.violation(`doesn't report the service "${HANDSHAKE.healthService}" as serving`);
    }
  }

  /** Ends the plugin: asks, waits, kills. Resolves when the process and its socket are gone. Safe to call twice. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  /** Kills the plugin and waits until it is gone. One that somebody else started stays; only the connection ends. */
  async kill(): Promise<void> {
    this.#options.process?.kill();
    await this.#options.process?.ended;
    this.#close();
  }

  async #stop(): Promise<void> {
    const { process, stopGraceMs } = this.#options;
    this.#endOfBroker();
    if (process !== undefined && process.exit === undefined) {
      // The reply often never comes: go-plugin stops its server at once.
      const asked = unary(this.client, GRPCControllerService.shutdown, {}, { timeoutMs: stopGraceMs }).catch(() => {});
      await raceTimeout(Promise.race([asked, process.ended]), stopGraceMs);
      process.closeInput();
      await raceTimeout(process.ended, stopGraceMs);
    }
    await this.kill();
  }

  #logOutput(line: string): void {
    const { process, log } = this.#options;
    if (process) process.logLine(line);
    else log?.(hostRecord(this.name, "info", line));
  }

  #close(): void {
    if (this.isGone) return;
    this.#gone.abort(new Error("the plugin is gone"));
    this.#streams.abort(new Error("the plugin is gone"));
    this.client.close();
  }

  async #hasEnded(waitMs: number): Promise<boolean> {
    const { process } = this.#options;
    if (process === undefined) return this.isGone && !this.#isLost;
    return await raceTimeout(process.ended, waitMs);
  }
}

const CRASH_STEP = "Set INGOT_LOG=1 to see everything that it logs, and report the crash to the plugin's author.";

function pemToDer(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}

function method(error: unknown): string {
  return error instanceof RpcError ? error.method.replace(/^\//, "") : "";
}
