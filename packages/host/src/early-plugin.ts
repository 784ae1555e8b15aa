import { join } from "node:path";
import type { LogSink, PluginLogRecord } from "./log-sink.js";
import { pluginEnvironment } from "./plugin-environment.js";
import { PluginProcess } from "./plugin-process.js";
import { makeSocketFolder } from "./socket-folder.js";

export interface EarlyPluginOptions {
  /** As for the host that will use it. */
  readonly env: NodeJS.ProcessEnv;
  readonly builtinPluginDir: string;
}

/**
 * The core plugin's process, started before it is known whether it will be needed, so that it starts while the host is being loaded. The
 * host that gets it ends it, used or not; without a host it is to be disposed of.
 */
export interface EarlyPlugin extends AsyncDisposable {
  readonly path: string;
  readonly process: PluginProcess;
  /** Sends what the process logs from now on, and has logged, to a host's log. */
  logTo(log: LogSink | undefined): void;
}

/** Starts the core plugin early. Undefined where plugins run elsewhere, or are to be connected to by TCP. */
export function startEarlyPlugin({ env, builtinPluginDir }: EarlyPluginOptions): EarlyPlugin | undefined {
  const isElsewhere = (env["INGOT_REATTACH_PLUGINS"] ?? "") !== "";
  if (isElsewhere || env["INGOT_PLUGIN_NETWORK"] === "tcp" || process.platform === "win32") return undefined;
  const path = join(builtinPluginDir, "ingot-plugin-core.js");
  const waiting: PluginLogRecord[] = [];
  let log: LogSink | undefined = (record) => waiting.push(record);
  const socketFolder = makeSocketFolder();
  const executable = { name: "core", path, isBuiltin: true };
  const started = new PluginProcess({
    ...{ executable, socketFolder },
    env: pluginEnvironment({ executable, base: env, socketFolder, hostCertificate: undefined }),
    log: (record) => log?.(record),
  });
  return {
    path,
    process: started,
    logTo: (sink) => {
      log = sink;
      for (const record of waiting.splice(0)) sink?.(record);
    },
    [Symbol.asyncDispose]: async () => {
      started.kill();
      await started.ended;
    },
  };
}
