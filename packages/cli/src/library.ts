import path from "node:path";
import { fileURLToPath } from "node:url";
import { CleanupStack, type Diagnostic } from "@ingot/diag";
import { Run, SecretSet, type ArtifactSummary, type OnError, type RunEvent } from "@ingot/engine";
import { createPluginHost } from "@ingot/host";
import { fileWorld } from "./commands/file-world.js";
import { resolveTemplatePath } from "./commands/template-path.js";
import type { Console } from "./console.js";
import { findDirectories } from "./directories.js";
import { sessionPlugins } from "./plugins/session-plugins.js";
import { diagnosticsText, type ReadSource } from "./render/diagnostic-text.js";
import { stylesFor } from "./render/styles.js";
import { pluginEnvironment } from "./settings.js";
import { VERSION } from "./version.js";
import { writableState } from "./writable-state.js";

/** Which template, with which values, and how its builds will run. All but the path may be absent. */
export interface OpenTemplateOptions {
  /** Relative paths in the template start here. Default: the process's. */
  readonly workingDirectory?: string;
  /** The language of a file whose name doesn't end in `.pkr.hcl` or `.pkr.json`. Default: as for the command, Packer's old JSON. */
  readonly language?: "hcl2" | "json";
  readonly variables?: Readonly<Record<string, string>>;
  readonly variableFiles?: readonly string[];
  /** Globs of build names. */
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly force?: boolean;
  readonly parallelBuilds?: number;
  readonly onError?: Exclude<OnError, "ask">;
  readonly failFast?: boolean;
  /** Where plugins, caches and journals are, as for the command. Default: the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

export interface BuildOptions {
  readonly signal?: AbortSignal;
}

/** How one build ended. */
export interface BuildReport {
  readonly name: string;
  readonly durationMs: number;
  /** What was made; empty after a failure. */
  readonly artifacts: readonly ArtifactSummary[];
  /** Absent: it succeeded. */
  readonly error?: string;
}

/** A template that is loaded and whose builds are not run yet. Dispose it: plugins run until then. */
export interface OpenedTemplate extends AsyncDisposable {
  /** Names of the builds that were chosen, in order. */
  readonly builds: readonly string[];
  /** What was noticed without being wrong. */
  readonly warnings: readonly Diagnostic[];
  /** All events from the call on: docs/events.md. Ends when this is disposed. */
  events(): AsyncIterable<RunEvent>;
  /**
   * Runs the builds, once. Resolves when all have ended and cleaned up, also after failures and when the signal is aborted. Rejects with
   * TemplateError when no build can be prepared.
   */
  build(options?: BuildOptions): Promise<readonly BuildReport[]>;
}

/** The template is wrong. The message is what the command prints; the diagnostics say the same as data. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.diagnostics = diagnostics;
  }
}

/**
 * Loads a template, a file of any of the languages or a folder of HCL, and evaluates it: data sources run. Rejects with TemplateError when it is wrong, and with the
 * signal's reason.
 */
export async function openTemplate(template: string, options: OpenTemplateOptions = {}): Promise<OpenedTemplate> {
  const cleanup = new CleanupStack();
  try {
    return await openWith(cleanup, template, options);
  } catch (error) {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  }
}

async function openWith(
  cleanup: CleanupStack,
  template: string,
  options: OpenTemplateOptions,
): Promise<OpenedTemplate> {
  const signal = options.signal ?? new AbortController().signal;
  const place = placeOf(options);
  const { workingDirectory } = place;
  const language = resolveTemplatePath(template, { configType: options.language ?? "json", workingDirectory });
  if (language.kind === "missing") throw new TemplateError(language.message, []);
  const directories = findDirectories(place);
  const installed = sessionPlugins({ console: place, releasesOnly: false, signal });
  const host = createPluginHost({
    hostVersion: VERSION,
    env: { ...pluginEnvironment(place.env) },
    findInstalled: installed.findInstalled,
    userPluginDir: directories.plugins,
    builtinPluginDir: directories.builtinPlugins,
    cacheDir: path.join(directories.cache, "descriptions"),
  });
  cleanup.use(host);
  const secrets = new SecretSet();
  const run = new Run({
    ...{ plugins: host, command: "build", productVersion: VERSION, secrets },
    requirePlugins: installed.requireFor(host),
    stateDirectory: writableState(directories.state, place.env),
    settings: {
      ...{ workingDirectory: place.workingDirectory, cacheDirectory: directories.cache },
      ...{ debug: false, force: options.force ?? false, onError: options.onError ?? "", validateOnly: false },
      ...{ parallelBuilds: options.parallelBuilds ?? 0, failFast: options.failFast ?? false },
    },
  });
  cleanup.use(run);
  const readSource: ReadSource = (filename) => run.source(filename) ?? installed.readSource(filename);
  const seen = new Observer(run, { secrets, readSource });
  const loaded = await run.load(
    {
      ...{
        path: template,
        language: language.kind,
        world: fileWorld(place),
        variableFiles: options.variableFiles ?? [],
      },
      variables: Object.entries(options.variables ?? {}).map(([name, text]) => ({ name, text })),
      ...{ warnUndeclared: true, executeDataSources: true },
      ...{ only: options.only ?? [], except: options.except ?? [] },
    },
    { signal },
  );
  if (loaded === undefined) throw seen.error();
  return {
    builds: loaded.builds.map(({ name }) => name),
    get warnings() {
      return seen.diagnostics.filter(({ severity }) => severity === "warning");
    },
    events: () => run.events(),
    build: async ({ signal: buildSignal = signal } = {}) => {
      const plan = await run.plan(loaded, { signal: buildSignal });
      if (plan.builds.length === 0) throw seen.error();
      await run.execute(plan, { signal: buildSignal });
      return seen.reports;
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** Keeps what the events tell. */
class Observer {
  readonly diagnostics: Diagnostic[] = [];
  readonly reports: BuildReport[] = [];
  readonly #looks: { readonly secrets: SecretSet; readonly readSource: ReadSource };

  constructor(run: Run, looks: { readonly secrets: SecretSet; readonly readSource: ReadSource }) {
    this.#looks = looks;
    run.subscribe((event) => {
      if (event.type === "diagnostics") this.diagnostics.push(...event.diagnostics);
      if (event.type !== "build-finished" && event.type !== "build-failed") return;
      const { name, durationMs } = event;
      if (event.type === "build-failed") this.reports.push({ name, durationMs, artifacts: [], error: event.error });
      else this.reports.push({ name, durationMs, artifacts: event.artifacts ?? [] });
    });
  }

  error(): TemplateError {
    const errors = this.diagnostics.filter(({ severity }) => severity === "error");
    const { secrets, readSource } = this.#looks;
    const mask = (plain: string): string => secrets.mask(plain);
    const text = diagnosticsText(errors, { readSource, styles: stylesFor(false), mask });
    return new TemplateError(text.trimEnd(), errors);
  }
}

/** The part of a console that says where things are. Nothing is written to it. */
function placeOf({ env = process.env, workingDirectory = process.cwd() }: OpenTemplateOptions): Console {
  const silent = { write: () => undefined, isTerminal: false, columns: 80 };
  return {
    ...{ env, workingDirectory: path.resolve(workingDirectory) },
    installFolder: fileURLToPath(new URL("bundle/", import.meta.url)),
    ...{ stdout: silent, stderr: silent, readInput: () => Promise.resolve(new Uint8Array()) },
  };
}
