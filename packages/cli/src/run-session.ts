import path from "node:path";
import { Run, SecretSet, type OnError, type RequirePlugins, type RunEvent, type RunSettings } from "@ingot/engine";
import { createPluginHost, type PluginHost } from "@ingot/host";
import { CleanupStack, isError } from "@ingot/diag";
import type { Console } from "./console.js";
import { findDirectories } from "./directories.js";
import { setUpLog, type Logger } from "./logging/logger.js";
import { openRenderers } from "./render/open-renderers.js";
import { RunView, targetedText } from "./render/run-view.js";
import { askTerminal } from "./terminal/ask-terminal.js";
import { sessionPlugins, type SessionPlugins } from "./plugins/session-plugins.js";
import { pruneRuns } from "./prune-runs.js";
import { listenForInterrupts } from "./terminal/interrupts.js";
import { openShell } from "./terminal/open-shell.js";
import type { SecretMask } from "./secret-mask.js";
import type { StartedEarly } from "./start-early.js";
import { pluginEnvironment } from "./settings.js";
import type { Ui } from "./ui.js";
import { VERSION } from "./version.js";
import { writableState } from "./writable-state.js";

export interface RunSessionOptions {
  readonly console: Console;
  readonly command: "build" | "validate";
  readonly early?: StartedEarly | undefined;
  readonly output: OutputOptions;
  readonly settings: Pick<RunSettings, "debug" | "force" | "parallelBuilds" | "validateOnly" | "failFast"> & {
    readonly onError: OnError;
  };
  /** What must not be shown. Gets what is found out later. */
  readonly secrets?: SecretSet;
  /** Plugins of pre-release versions don't count. */
  readonly ignoresPrereleases?: boolean;
  /** After this time the run is cancelled. Zero or absent: it may take as long as it wants. */
  readonly timeoutMs?: number;
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
  /** How long each step took. Undefined: on a terminal. */
  readonly showsDurations?: boolean | undefined;
  readonly cleansUpFirst?: boolean;
}

/** A run of the engine with everything around it: plugins, renderers, log, signals. */
export interface RunSession extends AsyncDisposable {
  readonly run: Run;
  /** Speaks to the user, outside of events. Silent with -json. */
  readonly ui: Ui;
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  readonly mask: SecretMask;
  /** Makes plugins those that a template requires, for commands that evaluate it themselves. */
  readonly requirePlugins: RequirePlugins;
}

/** Starts a session. Disposing it ends plugins, files and listeners. Throws when a log or event file can't be made. */
export function openRunSession(options: RunSessionOptions): RunSession {
  const { console, command, output } = options;
  const cleanup = new CleanupStack();
  const { secrets = new SecretSet() } = options;
  const mask = (text: string): string => secrets.mask(text);
  const logging = setUpLog({
    env: console.env,
    stderr: console.stderr,
    masks: { mask, maskPiece: pieceMask(secrets) },
    goesOn: console.hasLog ?? false,
  });
  cleanup.defer(logging.close);
  const directories = findDirectories(console);
  const controller = new AbortController();
  const interrupted = new AbortController();
  const cancel = (reason: string): void => {
    interrupted.abort(); // leaves the line of a question
    run.reportCancel(reason);
    controller.abort(new Error("interrupted"));
  };
  if (console.whenUnread !== undefined) cleanup.defer(console.whenUnread(() => cancel("broken pipe")));
  cleanup.defer(
    listenForInterrupts({
      first: cancel,
      second: () => {
        host.killAll();
        renderers.close();
        logging.close();
        process.exit(1); // the user doesn't want to wait any more
      },
    }),
  );
  options.early?.stopListening();
  const { timeoutMs = 0 } = options;
  if (timeoutMs > 0)
    cleanup.defer(
      startTimeout(timeoutMs, () => {
        run.reportCancel("timeout");
        controller.abort(new Error("timeout"));
      }),
    );
  const { ignoresPrereleases: releasesOnly = false } = options;
  const installed = sessionPlugins({ console, releasesOnly, signal: controller.signal });
  const host = startHost(options, { directories, log: logging.log, installed });
  cleanup.use(host);
  const view = new RunView();
  const renderers = openRenderers({
    ...{ console, output, view, mask, logUi: logging.isOn ? logging.logUi : undefined },
    readSource: (filename) => run.source(filename) ?? installed.readSource(filename),
    hasLiveView: !(logging.usesStandardError && console.stderr.isTerminal),
  });
  cleanup.defer(renderers.close);
  const requirePlugins = installed.requireFor(host);
  const state = command === "build" ? writableState(directories.state, console.env) : undefined;
  const run = new Run({
    ...{ plugins: host, command, productVersion: VERSION, secrets },
    settings: runSettings(options, directories.cache),
    requirePlugins,
    ...(state === undefined ? {} : { stateDirectory: state }),
    ...(output.machineReadable ? {} : { openShell }),
    ask: (question, { signal, build }) => {
      if (output.machineReadable) return Promise.reject(new Error("machine-readable UI can't ask"));
      return askTerminal(mask(targetedText(view.target(build === undefined ? {} : { build }), question)), {
        signal: AbortSignal.any([signal, interrupted.signal]),
      });
    },
  });
  cleanup.use(run);
  if (state !== undefined) pruneRuns(state, { keep: run.id });
  run.subscribe((event) => {
    view.note(event);
    if (logging.isOn) logEvent(logging.log, event);
    renderers.render(event);
  });
  return {
    ...{ run, ui: renderers.ui, signal: controller.signal, mask, requirePlugins },
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
    maskError(error, session.mask);
    throw error;
  }
}

/** Masks what an error and its causes say: it is reported where the secrets are not known. */
function maskError(error: unknown, mask: SecretMask): void {
  for (let at = error; isError(at); at = at.cause) {
    at.message = mask(at.message);
    if (at.stack !== undefined) at.stack = mask(at.stack);
  }
}

/** Masks text that may come in pieces, each source by itself. */
function pieceMask(secrets: SecretSet): (source: string, text: string) => string {
  const open = new Map<string, string>();
  return (source, piece) => {
    const masked = secrets.maskPiece(piece, open.get(source) ?? "");
    open.set(source, masked.open);
    return masked.text;
  };
}

/** Node's timers end after 24.8 days at the latest; nobody waits longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

function startTimeout(timeoutMs: number, onTimeout: () => void): () => void {
  const timer = setTimeout(onTimeout, Math.min(timeoutMs, LONGEST_TIMER_MS));
  return () => clearTimeout(timer);
}

function startHost(
  { console, early }: RunSessionOptions,
  {
    directories,
    log,
    installed,
  }: {
    readonly directories: ReturnType<typeof findDirectories>;
    readonly log: Logger;
    readonly installed: SessionPlugins;
  },
): PluginHost {
  return createPluginHost({
    hostVersion: VERSION,
    env: { ...pluginEnvironment(console.env) },
    userPluginDir: directories.plugins,
    builtinPluginDir: directories.builtinPlugins,
    cacheDir: path.join(directories.cache, "descriptions"),
    early,
    findInstalled: installed.findInstalled,
    log: ({ plugin, level, message, fields }) => log(level, message, fields, plugin),
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

/** The log has what happens, and what plugins say in it. What the user sees comes another way. */
function logEvent(log: Logger, event: RunEvent): void {
  if (event.type === "log") {
    log(event.level, event.message, { step: event.step, ...event.fields });
    return;
  }
  if (event.type === "progress" || event.type === "ui") return;
  const { type, seq, time, run, ...facts } = event;
  void [seq, time, run]; // the log has its own
  log("debug", type, facts);
}
