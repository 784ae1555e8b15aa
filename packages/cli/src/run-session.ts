import path from "node:path";
import { Run, SecretSet, type OnError, type RunEvent, type RunSettings } from "@ingot/engine";
import { createPluginHost, type PluginHost } from "@ingot/host";
import { CleanupStack } from "@ingot/diag";
import type { Console } from "./console.js";
import { findDirectories } from "./directories.js";
import { setUpLog, type Logger } from "./logging/logger.js";
import { openRenderers } from "./render/open-renderers.js";
import { RunView, targetedText } from "./render/run-view.js";
import { askTerminal } from "./terminal/ask-terminal.js";
import { listenForInterrupts } from "./terminal/interrupts.js";
import type { Ui } from "./ui.js";
import { VERSION } from "./version.js";

export interface RunSessionOptions {
  readonly console: Console;
  readonly command: "build" | "validate";
  readonly output: OutputOptions;
  readonly settings: Pick<RunSettings, "debug" | "force" | "parallelBuilds" | "validateOnly"> & {
    readonly onError: OnError;
  };
}

/** How the user wants to see a run. */
export interface OutputOptions {
  readonly machineReadable: boolean;
  /** Undefined: as the terminal is. */
  readonly color: boolean | undefined;
  readonly hasTimestamps: boolean;
  readonly json: boolean;
  /** Empty: no file. */
  readonly jsonInto: string;
}

/** A run of the engine with everything around it: plugins, renderers, log, signals. */
export interface RunSession extends AsyncDisposable {
  readonly run: Run;
  /** Speaks to the user, outside of events. Silent with -json. */
  readonly ui: Ui;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
}

/** Starts a session. Disposing it ends plugins, files and listeners. Throws when a log or event file can't be made. */
export function openRunSession(options: RunSessionOptions): RunSession {
  const { console, command, output } = options;
  const cleanup = new CleanupStack();
  const secrets = new SecretSet();
  const mask = (text: string): string => secrets.mask(text);
  const logging = setUpLog({ env: console.env, stderr: console.stderr, mask });
  const directories = findDirectories(console);
  logging.log("info", "ingot starts", { version: VERSION, command, node: process.version });
  const controller = new AbortController();
  cleanup.defer(
    listenForInterrupts({
      first: (reason) => {
        run.reportCancel(reason);
        controller.abort(new Error("interrupted"));
      },
      second: () => {
        host.killAll();
        renderers.close();
        process.exit(1); // the user doesn't want to wait any more
      },
    }),
  );
  const host = startHost(console, { directories, log: logging.log });
  cleanup.use(host);
  const view = new RunView();
  const renderers = openRenderers({
    ...{ console, output, view, mask },
    readSource: (filename) => run.source(filename),
    hasStatusLine: !(logging.usesStandardError && console.stderr.isTerminal),
  });
  cleanup.defer(renderers.close);
  const run = new Run({
    ...{ plugins: host, command, productVersion: VERSION, secrets },
    settings: runSettings(options, directories.cache),
    ...(command === "build" ? { stateDirectory: directories.state } : {}),
    ask: (question, { signal, build }) => {
      if (output.machineReadable) return Promise.reject(new Error("machine-readable UI can't ask"));
      return askTerminal(targetedText(view.target(build === undefined ? {} : { build }), question), { signal });
    },
  });
  cleanup.use(run);
  run.subscribe((event) => {
    view.note(event);
    logEvent(logging.log, event);
    renderers.render(event);
  });
  return {
    ...{ run, ui: renderers.ui, signal: controller.signal },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/**
 * Does the work of a command. Whatever comes, the run gets its last event: an interrupted one gives the status 1, trouble is passed on.
 */
export async function runInSession(session: RunSession, work: () => Promise<number>): Promise<number> {
  try {
    const status = await work();
    return session.signal.aborted ? 1 : status;
  } catch (error) {
    await session.run.finish(session.signal.aborted ? "cancelled" : "failed");
    if (session.signal.aborted && error === session.signal.reason) return 1;
    throw error;
  }
}

function startHost(
  console: Console,
  { directories, log }: { readonly directories: ReturnType<typeof findDirectories>; readonly log: Logger },
): PluginHost {
  return createPluginHost({
    hostVersion: VERSION,
    env: { ...console.env },
    userPluginDir: directories.plugins,
    builtinPluginDir: directories.builtinPlugins,
    cacheDir: path.join(directories.cache, "descriptions"),
    log: ({ plugin, level, message, fields }) => log(level, message, { plugin, ...fields }),
  });
}

function runSettings({ console, settings }: RunSessionOptions, cacheDirectory: string): RunSettings {
  const epoch = Number(console.env["SOURCE_DATE_EPOCH"] ?? "");
  const hasEpoch = Number.isSafeInteger(epoch) && (console.env["SOURCE_DATE_EPOCH"] ?? "") !== "";
  return {
    ...settings,
    ...{ workingDirectory: console.workingDirectory, cacheDirectory },
    ...(hasEpoch ? { sourceDateEpoch: epoch } : {}),
  };
}

/** The log has what the user sees too, and what plugins say in it. */
function logEvent(log: Logger, event: RunEvent): void {
  if (event.type === "log") {
    log(event.level, event.message, { step: event.step, ...event.fields });
    return;
  }
  if (event.type === "progress") return;
  const { type, seq, time, run, ...facts } = event;
  void [seq, time, run]; // the log has its own
  log("debug", type, facts);
}
