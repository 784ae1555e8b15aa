import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Client, credentials, type ClientDuplexStream, type ServiceError } from "@grpc/grpc-js";
import { derToPem, type SelfSignedCertificate } from "../certificate.js";
import { CHANNEL_OPTIONS, HANDSHAKE, HANDSHAKE_ENV } from "../handshake.js";
import type { ComponentKind } from "../gen/ingot/plugin/v1/artifact.js";
import type { ResourceRecord } from "../gen/ingot/plugin/v1/artifact.js";
import type { PrepareRequest, PrepareResponse } from "../gen/ingot/plugin/v1/plugin.js";
import { PluginServiceService } from "../gen/ingot/plugin/v1/plugin.js";
import type { SessionCommand, SessionEvent } from "../gen/ingot/plugin/v1/session.js";
import type { Value } from "../gen/ingot/plugin/v1/value.js";
import { GRPCBrokerService, type ConnInfo } from "../gen/goplugin/goplugin.js";

interface Method<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

/** Options of `PluginDriver.start`. */
export interface DriverOptions {
  /** Variables that replace those of the handshake; undefined removes one. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Asks for mutual TLS with this certificate of the host. */
  readonly certificate?: SelfSignedCertificate;
}

/** Starts a plugin the way a host does, and calls it over plain gRPC, without the host or the SDK. */
export class PluginDriver {
  readonly process: ChildProcess;
  readonly socketDir: string;
  readonly exited: Promise<unknown>;
  /** When it has ended and all that it wrote is here. */
  readonly #closed: Promise<unknown>;
  /** The fields of the handshake line. */
  fields: readonly string[] = [];
  stderr = "";
  client!: Client; // set by start
  /** The stream that a host keeps open for the plugin's whole life. */
  broker!: ClientDuplexStream<ConnInfo, ConnInfo>; // as above

  constructor(executable: string, { env = {}, certificate }: DriverOptions) {
    this.socketDir = mkdtempSync(join(tmpdir(), "ingot-driver-"));
    this.process = spawn(executable, [], {
      stdio: ["pipe", "pipe", "pipe"],
      env: {
        ...process.env,
        [HANDSHAKE.cookieName]: HANDSHAKE.cookieValue,
        [HANDSHAKE_ENV.protocolVersions]: "1",
        [HANDSHAKE_ENV.socketDir]: this.socketDir,
        [HANDSHAKE_ENV.minPort]: "10000",
        [HANDSHAKE_ENV.maxPort]: "25000",
        ...(certificate === undefined ? {} : { [HANDSHAKE_ENV.clientCertificate]: certificate.certificate }),
        ...env,
      },
    });
    this.exited = once(this.process, "exit");
    this.#closed = once(this.process, "close");
    this.process.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  /** Starts and connects. Rejects when the plugin ends before its handshake line. */
  static async start(executable: string, options: DriverOptions = {}): Promise<PluginDriver> {
    const driver = new PluginDriver(executable, options);
    const lines = createInterface(driver.process.stdout as NodeJS.ReadableStream);
    const first = await Promise.race([once(lines, "line"), driver.exited]);
    if (typeof first !== "object" || typeof (first as unknown[])[0] !== "string") {
      await driver.#closed;
      driver.dispose();
      throw new Error(`exit code ${driver.process.exitCode}: ${driver.stderr}`);
    }
    driver.fields = (first as [string])[0].split("|");
    const { certificate } = options;
    const security =
      certificate === undefined
        ? credentials.createInsecure()
        : credentials.createSsl(
            Buffer.from(derToPem(driver.serverCertificate)),
            Buffer.from(certificate.key),
            Buffer.from(certificate.certificate),
          );
    driver.client = new Client(driver.endpoint.replace(/^tcp:/, ""), security, {
      ...CHANNEL_OPTIONS,
      "grpc.default_authority": "localhost",
      "grpc.enable_http_proxy": 0,
      ...(certificate === undefined ? {} : { "grpc.ssl_target_name_override": "localhost" }),
    });
    driver.broker = driver.open(GRPCBrokerService.startStream);
    driver.broker.on("error", () => {}); // the end of the plugin
    driver.broker.resume();
    return driver;
  }

  /** Where the plugin listens, in the form of CommunicatorRef. */
  get endpoint(): string {
    return `${this.fields[2]}:${this.fields[3]}`;
  }

  /** The certificate of the handshake line (DER); empty without TLS. */
  get serverCertificate(): Buffer {
    return Buffer.from(this.fields[5] ?? "", "base64");
  }

  /** Calls a method with one request and one response. */
  unary<Request, Response>(method: Method<Request, Response>, request: Request): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        (error: ServiceError | null, response?: Response) =>
          error === null ? resolve(response as Response) : reject(error),
      );
    });
  }

  /** Opens a stream in both directions. */
  open<Request, Response>(method: Method<Request, Response>): ClientDuplexStream<Request, Response> {
    return this.client.makeBidiStreamRequest(method.path, method.requestSerialize, method.responseDeserialize);
  }

  /** Prepares an instance. Attributes that are not given are null. */
  prepare(
    instanceId: string,
    kind: ComponentKind,
    name: string,
    config: Readonly<Record<string, Value>>,
    build: { readonly workingDirectory: string; readonly force?: boolean },
  ): Promise<PrepareResponse> {
    const request: PrepareRequest = {
      instanceId,
      component: { kind, name },
      config: { kind: { $case: "objectValue", value: { entries: config } }, sensitive: false },
      build: {
        buildName: "test",
        builderType: "folder",
        hostVersion: "0.0.0",
        debug: false,
        force: build.force ?? false,
        onError: "",
        sensitiveVariables: [],
        userVariables: {},
        templatePath: "",
        runId: "00000000-0000-4000-8000-000000000000",
        workingDirectory: build.workingDirectory,
        cacheDirectory: "",
      },
      validateOnly: false,
    };
    return this.unary(PluginServiceService.prepare, request);
  }

  /** The sockets that the plugin has open. */
  sockets(): string[] {
    return readdirSync(this.socketDir);
  }

  /** Resolves to how long the process took to end, in milliseconds, or kills it and rejects. */
  async waitForExit(limitMs: number): Promise<number> {
    const startedAt = performance.now();
    const timer = setTimeout(() => this.process.kill("SIGKILL"), limitMs);
    await this.exited;
    clearTimeout(timer);
    if (this.process.signalCode === "SIGKILL") throw new Error(`still running after ${limitMs} ms: ${this.stderr}`);
    return performance.now() - startedAt;
  }

  /** Removes whatever is left. */
  dispose(): void {
    (this.client as Client | undefined)?.close();
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGKILL");
    rmSync(this.socketDir, { recursive: true, force: true });
  }
}

/** What every response of a session can be: an event, or something of the session's own. */
type SessionMessage = { $case: string; value: unknown };

/** One session: answers resource records at once, and collects what the plugin says. */
export class SessionDriver<Request, Response extends { message: SessionMessage | undefined }> {
  readonly call: ClientDuplexStream<Request, Response>;
  readonly said: string[] = [];
  readonly complained: string[] = [];
  readonly secrets: string[] = [];
  readonly resources: ResourceRecord[] = [];
  readonly #others: SessionMessage[] = [];
  #wake = () => {};
  #end: { readonly error?: Error } | undefined;

  constructor(call: ClientDuplexStream<Request, Response>, start: Request) {
    this.call = call;
    call.on("data", ({ message }: Response) => {
      if (message?.$case === "event") this.#take(message.value as SessionEvent);
      else if (message) this.#others.push(message);
      this.#wake();
    });
    call.on("error", (error: Error) => this.#finish({ error }));
    call.on("end", () => this.#finish({}));
    call.write(start);
  }

  /** Sends a command. */
  command(command: NonNullable<SessionCommand["command"]>): void {
    this.call.write({ message: { $case: "command", value: { command } } } as never); // every session's request has this case
  }

  /** The next message of the given kind. */
  async next<T>(kind: string): Promise<T> {
    await this.until(() => this.#others.length > 0);
    const message = this.#others.shift();
    if (message?.$case !== kind) throw new Error(`wanted ${kind}, got ${message?.$case}`);
    return message.value as T;
  }

  /** Resolves when the condition holds after some message. Rejects when the stream ends first. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#end) throw this.#end.error ?? new Error("the stream ended early");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Waits for the end of the stream after the result. */
  async ended(): Promise<void> {
    this.call.end();
    while (this.#end === undefined) await new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#end.error) throw this.#end.error;
  }

  #take({ event }: SessionEvent): void {
    if (event?.$case === "ui") (event.value.level === 2 ? this.complained : this.said).push(event.value.text);
    else if (event?.$case === "secrets") this.secrets.push(...event.value.values);
    else if (event?.$case === "resource") {
      const { recordId, state } = event.value;
      this.resources.push(event.value);
      this.command({ $case: "resourceRecorded", value: { recordId, state } });
    }
  }

  #finish(end: { readonly error?: Error }): void {
    this.#end ??= end;
    this.#wake();
  }
}

/** A string value. */
export function text(value: string): Value {
  return { kind: { $case: "stringValue", value }, sensitive: false };
}

/** A boolean value. */
export function truth(value: boolean): Value {
  return { kind: { $case: "boolValue", value }, sensitive: false };
}

/** A number, as decimal text. */
export function number(value: string): Value {
  return { kind: { $case: "numberValue", value }, sensitive: false };
}

/** A map of strings. */
export function textMap(entries: Readonly<Record<string, string>>): Value {
  const values = Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, text(value)]));
  return { kind: { $case: "mapValue", value: { entries: values } }, sensitive: false };
}

/** Nested blocks as a list. */
export function blocks(...objects: readonly Readonly<Record<string, Value>>[]): Value {
  const elements = objects.map((entries): Value => ({
    kind: { $case: "objectValue", value: { entries } },
    sensitive: false,
  }));
  return { kind: { $case: "listValue", value: { elements } }, sensitive: false };
}
