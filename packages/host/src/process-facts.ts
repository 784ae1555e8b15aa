import { HANDSHAKE } from "@ingot/protocol";
import type { PluginFacts } from "./plugin-error.js";
import { commandText, type PluginExecutable } from "./plugin-executable.js";
import type { PluginProcess } from "./plugin-process.js";

/** Gathers what is known about a plugin now. */
export function processFacts(
  executable: PluginExecutable,
  process: PluginProcess | undefined,
  known: {
    readonly hostVersion: string;
    readonly protocolVersion?: number;
    readonly pluginVersion?: string | undefined;
  },
): PluginFacts {
  const exit = process?.spawnError === undefined ? process?.exit : undefined;
  return {
    plugin: executable.name,
    command: commandText(executable),
    hostVersion: known.hostVersion,
    hostProtocolVersions: HANDSHAKE.protocolVersions,
    logTail: process?.logTail ?? [],
    ...(known.pluginVersion === undefined ? {} : { pluginVersion: known.pluginVersion }),
    ...(known.protocolVersion === undefined ? {} : { protocolVersion: known.protocolVersion }),
    ...(exit === undefined ? {} : { exit }),
  };
}
