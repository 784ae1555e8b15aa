import { HANDSHAKE, openClient } from "@ingot/protocol";
import { messageOf } from "@ingot/diag";
import type { LogSink } from "./log-sink.js";
import { HandshakeProblem, parseAddress, type Handshake } from "./parse-handshake.js";
import { PluginConnection } from "./plugin-connection.js";
import { PluginError, pluginError } from "./plugin-error.js";
import { processFacts } from "./process-facts.js";

/** A plugin that runs already, as under a debugger. */
export interface ReattachConfig {
  readonly pid: number | undefined;
  readonly handshake: Handshake;
}

const SHAPE =
  'It must be JSON like {"NAME":{"Protocol":"grpc","ProtocolVersion":1,"Pid":1234,"Addr":{"Network":"unix","String":"/path"}}}.';

/**
 * Reads INGOT_REATTACH_PLUGINS: the plugins by name that must not be started because they run already. Throws PluginError
 * "reattach" or "version".
 */
export function parseReattach(text: string | undefined, hostVersion: string): ReadonlyMap<string, ReattachConfig> {
  if (text === undefined || text.trim() === "") return new Map();
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw problem(`is not JSON: ${messageOf(error)}.`, error);
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw problem("is not a JSON object.");
  return new Map(Object.entries(data).map(([name, entry]) => [name, parseEntry(name, entry, hostVersion)]));
}

function parseEntry(name: string, entry: unknown, hostVersion: string): ReattachConfig {
  const { Protocol: protocol, ProtocolVersion: version, Pid: pid, Addr: address } = fieldsOf(entry);
  const { Network: network, String: text } = fieldsOf(address);
  if (protocol !== "grpc") throw problem(`gives no "Protocol" "grpc" for the plugin "${name}".`);
  if (typeof version !== "number") throw problem(`gives no "ProtocolVersion" for the plugin "${name}".`);
  if (typeof network !== "string" || typeof text !== "string")
    throw problem(`gives no "Addr" for the plugin "${name}".`);
  const offered: readonly number[] = HANDSHAKE.protocolVersions;
  if (!offered.includes(version)) {
    const headline = `The running plugin "${name}" speaks version ${version} of the plugin protocol; this Ingot speaks ${offered.join(", ")}.`;
    const facts = { plugin: name, protocolVersion: version, hostVersion, hostProtocolVersions: offered, logTail: [] };
    throw pluginError("version", headline, "Run the plugin in a version that fits.", facts);
  }
  try {
    return {
      pid: typeof pid === "number" ? pid : undefined,
      handshake: { protocolVersion: version, ...parseAddress(network, text) },
    };
  } catch (error) {
    if (error instanceof HandshakeProblem) throw problem(`is wrong: the plugin "${name}" ${error.message}.`, error);
    throw error;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function problem(text: string, cause?: unknown): PluginError {
  return new PluginError("reattach", `INGOT_REATTACH_PLUGINS ${text}\n  ${SHAPE}`, { cause });
}

export interface ReattachOptions {
  readonly name: string;
  readonly config: ReattachConfig;
  readonly hostVersion: string;
  readonly log: LogSink | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Connects to a plugin that runs already. It is not ended with the connection. */
export async function reattachPlugin(options: ReattachOptions): Promise<PluginConnection> {
  const { name, config, hostVersion, log, timeoutMs, signal } = options;
  const executable = { name, path: "", isBuiltin: false };
  const client = await openClient(config.handshake.endpoint);
  const { handshake } = config;
  const connection = new PluginConnection({ executable, hostVersion, handshake, client, log, stopGraceMs: 0 });
  try {
    await connection.checkHealth(timeoutMs, signal);
    return connection;
  } catch (error) {
    await connection.kill();
    if (signal.aborted) throw error;
    const { command: _, ...facts } = processFacts(executable, undefined, { hostVersion });
    const pid = config.pid === undefined ? "" : ` (process ${config.pid})`;
    const headline = `The running plugin "${name}"${pid} can't be reached at ${config.handshake.endpoint}.`;
    const step =
      "Start it again and update INGOT_REATTACH_PLUGINS, or unset the variable to let Ingot start the plugin.";
    throw pluginError("reattach", headline, step, facts, error);
  }
}
