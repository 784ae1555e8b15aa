import { existsSync } from "node:fs";
import { loadRpc, makeSelfSignedCertificate, openClient, orAborted, type ClientTls } from "@ingot/protocol";
import { hostRecord, type LogSink } from "./log-sink.js";
import { HandshakeProblem, parseHandshake, type Handshake } from "./parse-handshake.js";
import { PluginConnection } from "./plugin-connection.js";
import { pluginEnvironment } from "./plugin-environment.js";
import { pluginError, type PluginError, type PluginErrorCode } from "./plugin-error.js";
import type { PluginExecutable } from "./plugin-executable.js";
import { PluginProcess, raceTimeout } from "./plugin-process.js";
import { processFacts } from "./process-facts.js";
import { secondsText } from "./seconds-text.js";
import { makeSocketFolder } from "./socket-folder.js";

export interface StartOptions {
  readonly executable: PluginExecutable;
  readonly hostVersion: string;
  /** What the plugin inherits. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: LogSink | undefined;
  /** "tcp" asks the plugin for loopback TCP with mutual TLS. */
  readonly network: "unix" | "tcp";
  readonly startTimeoutMs: number;
  readonly stopGraceMs: number;
  readonly signal: AbortSignal;
  /** Where the folder of its sockets goes; the system's place for temporary files when absent. */
  readonly tempDir?: string | undefined;
  /** A process of the plugin that runs already. */
  readonly earlyProcess?: PluginProcess | undefined;
  /** Called with the process as soon as it runs. */
  readonly onProcess: (process: PluginProcess) => void;
}

/** Starts a plugin and connects to it. Rejects with a PluginError; then nothing of it is left. */
export async function startPlugin(options: StartOptions): Promise<PluginConnection> {
  const { executable, hostVersion, log, signal } = options;
  signal.throwIfAborted();
  const startedMs = performance.now();
  const own = options.network === "tcp" ? makeSelfSignedCertificate() : undefined;
  const process = options.earlyProcess ?? startProcess(options, own?.certificate);
  options.onProcess(process);
  log?.(
    hostRecord(executable.name, "debug", "plugin process started", { path: executable.path, pid: `${process.pid}` }),
  );
  const problem = (error: HandshakeProblem): PluginError => {
    const { exit, ...rest } = processFacts(executable, process, { hostVersion });
    // Any other one was stopped by us: how it ended says nothing.
    const facts = error.code === "start" && exit !== undefined ? { ...rest, exit } : rest;
    return pluginError(error.code, `The plugin "${executable.name}" ${error.message}.`, error.nextStep, facts);
  };
  try {
    const rpcLoaded = loadRpc(); // while the plugin starts
    rpcLoaded.catch(() => {}); // awaited below, unless the plugin fails first
    const handshake = await readHandshake(process, options);
    const handshakeMs = Math.round(performance.now() - startedMs);
    await rpcLoaded;
    const tls = clientTls(handshake, own);
    const client = await openClient(handshake.endpoint, tls);
    const connection = new PluginConnection({ ...options, process, client, handshake, ...(tls ? { tls } : {}) });
    try {
      await connection.checkHealth(options.startTimeoutMs, signal);
    } catch (error) {
      await connection.kill();
      throw error;
    }
    const tookMs = Math.round(performance.now() - startedMs);
    const facts = { tookMs: `${tookMs}`, handshakeMs: `${handshakeMs}`, network: handshake.network };
    log?.(hostRecord(executable.name, "debug", "plugin is ready", facts));
    return connection;
  } catch (error) {
    process.kill();
    await process.ended;
    throw error instanceof HandshakeProblem ? problem(error) : error;
  }
}

function startProcess(
  { executable, env, tempDir, log }: StartOptions,
  hostCertificate: string | undefined,
): PluginProcess {
  const socketFolder = makeSocketFolder(tempDir);
  return new PluginProcess({
    ...{ executable, socketFolder, log },
    env: pluginEnvironment({ executable, base: env, socketFolder, hostCertificate }),
  });
}

/** Waits for the handshake line. Throws HandshakeProblem, or the signal's reason. */
async function readHandshake(
  process: PluginProcess,
  { executable, signal, startTimeoutMs }: Pick<StartOptions, "executable" | "signal" | "startTimeoutMs">,
): Promise<Handshake> {
  let line: string | undefined;
  const reading = process.firstLine.then(
    (text) => (line = text),
    () => {},
  );
  const inTime = await raceTimeout(orAborted(reading, signal), startTimeoutMs);
  if (line !== undefined) return parseHandshake(line);
  throw inTime ? endedEarly(process, executable) : notReady(startTimeoutMs);
}

function endedEarly(process: PluginProcess, { path }: PluginExecutable): HandshakeProblem {
  if (process.spawnError === undefined) {
    return startProblem("start", "ended before it was ready", "Set INGOT_LOG=1 to see everything that it logs.");
  }
  const { code, message } = process.spawnError as NodeJS.ErrnoException;
  const missing = existsSync(path) ? "the interpreter that its first line names is missing" : "no such program";
  const reason = code === "EACCES" ? "its file is not executable" : code === "ENOENT" ? missing : message;
  const step = "Check that the file exists, is executable, and was made for this kind of machine.";
  return startProblem("start", `could not be run: ${reason}`, step);
}

function notReady(timeoutMs: number): HandshakeProblem {
  const step = "Run the command by hand to see whether it works; a plugin that waits for something should log it.";
  return startProblem("timeout", `was not ready after ${secondsText(timeoutMs)} and was stopped`, step);
}

function startProblem(code: PluginErrorCode, message: string, nextStep: string): HandshakeProblem {
  return new HandshakeProblem(code, message, nextStep);
}

function clientTls(handshake: Handshake, own: { certificate: string; key: string } | undefined): ClientTls | undefined {
  if (handshake.serverCertificate === undefined) {
    if (own === undefined || handshake.network === "unix") return undefined;
    const step = "Install a plugin that supports mutual TLS, or leave INGOT_PLUGIN_NETWORK unset to use sockets.";
    throw new HandshakeProblem("handshake", "listens on TCP without the certificate that it was asked for", step);
  }
  return {
    serverCertificate: handshake.serverCertificate,
    ...(own === undefined ? {} : { clientCertificate: own.certificate, clientKey: own.key }),
  };
}
