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
  let plugin: EarlyPlugin | undefined;
  // From now on signals wait: between two steps of the start they would leave the first one's folder.
  const stopListening = endWithSignals(() => {
    plugin?.process.kill();
    plugin?.process.removeSocketFolder();
  });
  try {
    plugin = startEarlyPlugin({ env: pluginEnvironment(console.env), builtinPluginDir: builtinPlugins });
  } catch {
    // no place for its socket: the host will tell
  }
  if (plugin !== undefined) return { ...plugin, stopListening };
  stopListening();
  return undefined;
}

/** Cleans up at a signal, and then ends this process as the signal does. Gives the function that ends that. */
function endWithSignals(cleanUp: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    stopListening();
    cleanUp();
    process.kill(process.pid, signal);
  };
  const stopListening = (): void => SIGNALS.forEach((signal) => process.off(signal, onSignal));
  SIGNALS.forEach((signal) => process.on(signal, onSignal));
  return stopListening;
}
