import { CleanupStack } from "@ingot/diag";
import {
  currentPlatform,
  isInstallError,
  openPluginStore,
  type InstallContext,
  type InstallReporter,
  type PlanContext,
  type PluginStore,
} from "@ingot/installer";
import type { CommandContext } from "../commands/registry.js";
import { listenForInterrupts } from "../terminal/interrupts.js";
import { mirrorPlace, readPluginSettings, type PluginSettings } from "./plugin-settings.js";
import type { OpenedSources, OpenOptions } from "./open-sources.js";
import { openPluginUi, type PluginUi } from "./plugin-ui.js";

/** What a command about plugins works with. */
export interface PluginSession {
  readonly ui: PluginUi;
  readonly settings: PluginSettings;
  readonly store: PluginStore;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  readonly planContext: PlanContext;
  /** Opens the sources of plugins, at the first call. */
  readonly openContext: () => Promise<InstallContext>;
}

export interface PluginSessionOptions {
  readonly isJson: boolean;
  /** -mirror: comes before the environment and the configuration file. */
  readonly mirror?: string;
}

/**
 * Does the work of a command about plugins and gives its exit status. Troubles of the world are told; Ctrl-C ends the work, the second one
 * at once.
 */
export async function withPluginSession(
  context: CommandContext,
  options: PluginSessionOptions,
  work: (session: PluginSession) => Promise<number>,
): Promise<number> {
  const { console, machineReadable } = context;
  await using cleanup = new CleanupStack();
  const ui = openPluginUi({ console, machineReadable, isJson: options.isJson });
  cleanup.defer(() => ui[Symbol.dispose]());
  const controller = new AbortController();
  const interrupted = new Error("interrupted");
  cleanup.defer(
    listenForInterrupts({
      first: (reason) => {
        ui.error(`Cancelled after receiving ${reason}`);
        controller.abort(interrupted);
      },
      second: () => {
        ui[Symbol.dispose]();
        process.exit(1); // the user doesn't want to wait any more
      },
    }),
  );
  try {
    const settings = await readSettings(context, options);
    ui.diagnostics(settings.warnings, () => settings.configuration?.bytes);
    const store = openPluginStore({ ...settings.folders, cacheFolder: settings.cacheFolder });
    const { signal } = controller;
    const planContext: PlanContext = { ...{ store, signal }, platform: currentPlatform(), report: reporter(ui) };
    let opening: Promise<OpenedSources> | undefined;
    cleanup.defer(async () => (await opening?.catch(() => undefined))?.[Symbol.dispose]()); // whoever opened it has the error
    const openContext = async (): Promise<InstallContext> => {
      opening ??= openSources({ console, settings, planContext });
      return (await opening).context;
    };
    return await work({ ui, settings, store, signal, planContext, openContext });
  } catch (error) {
    if (error === interrupted) {
      ui.document({});
      return 1;
    }
    if (!isInstallError(error)) throw error;
    ui.error(ui.isJson ? error.message : `Error: ${error.message}`);
    ui.document({});
    return 1;
  }
}

async function readSettings({ console }: CommandContext, { mirror }: PluginSessionOptions): Promise<PluginSettings> {
  const settings = await readPluginSettings(console);
  return mirror === undefined || mirror === ""
    ? settings
    : { ...settings, mirror: mirrorPlace(mirror, console.workingDirectory) };
}

function reporter(ui: PluginUi): InstallReporter {
  return {
    notice: (_address, text) => ui.say(text),
    warning: (_address, text) => ui.warning(text),
    progress: (address, done, total) => ui.downloads.note(address, done, total),
  };
}

async function openSources(parts: OpenOptions): Promise<OpenedSources> {
  const { openInstallContext } = await import("./open-sources.js"); // a command that downloads nothing needs none of it
  return openInstallContext(parts);
}
