import { existsSync } from "node:fs";
import path from "node:path";
import { startEarlyPlugin, type EarlyPlugin } from "@ingot/host/early";
import type { Console } from "./console.js";
import { findDirectories } from "./directories.js";
import { pluginEnvironment } from "./settings.js";
import { SIGNALS } from "./terminal/interrupts.js";

/** The core plugin, started with the command. Until a session listens for signals, one that comes ends both. */
export interface StartedEarly extends EarlyPlugin {
  /** To be called when somebody else listens. */
  readonly stopListening: () => void;
}

/** Starts the core plugin for a build, while the command is being loaded. Undefined when there will hardly be a build. */
export function startEarly(args: readonly string[], console: Console): StartedEarly | undefined {
  const template = args.at(-1);
  if (template === undefined || !existsSync(path.resolve(console.workingDirectory, template))) return undefined;
  const { builtinPlugins } = findDirectories(console);
  try {
    const plugin = startEarlyPlugin({ env: pluginEnvironment(console.env), builtinPluginDir: builtinPlugins });
    return plugin && { ...plugin, stopListening: endWithSignals(plugin) };
  } catch {
    return undefined; // no place for its socket: the host will tell
  }
}

/** Ends the plugin, and then this process as the signal does, so that nothing is left behind. Gives the function that ends that. */
function endWithSignals(plugin: EarlyPlugin): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening();
    plugin.process.kill();
    plugin.process.removeSocketFolder();
    process.kill(process.pid, signal);
  };
  const stopListening = (): void => SIGNALS.forEach((signal) => process.off(signal, onSignal));
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  return stopListening;
}
