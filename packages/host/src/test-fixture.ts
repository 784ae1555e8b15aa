import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import type {
  BuilderHandlers,
  BuildFacts,
  ComponentKind,
  PrepareRequest,
  SessionHandlers,
  StepContext,
} from "@ingot/engine";
import { objectValue, stringValue } from "@ingot/hcl";
import type { PluginLogRecord } from "./log-sink.js";
import { createPluginHost, type PluginHost } from "./plugin-host.js";
import type { PluginHostOptions } from "./plugin-host-options.js";

/** Helpers of this package's tests. */

export const NEVER: AbortSignal = new AbortController().signal;

export const STEP: StepContext = { runId: "run", buildId: "build", stepId: "step" };

export const FACTS: BuildFacts = {
  buildName: "test",
  builderType: "nasty",
  debug: false,
  force: false,
  onError: "",
  sensitiveVariables: [],
  runId: "run",
  workingDirectory: "/",
  cacheDirectory: "/",
};

/** The path of a file under `testdata/plugins`. */
export function testPlugin(fileName: string): string {
  return fileURLToPath(new URL(`../testdata/plugins/${fileName}`, import.meta.url));
}

export function request(kind: ComponentKind, name: string, mode = "", validateOnly = false): PrepareRequest {
  const config = objectValue({ mode: stringValue(mode) });
  return { component: { kind, name }, config, build: FACTS, validateOnly };
}

/** A test that floods the log must not keep all of it. */
const MAX_RECORDS = 10_000;

export interface Fixture extends AsyncDisposable {
  readonly host: PluginHost;
  readonly log: readonly PluginLogRecord[];
  readonly tempDir: string;
  /** The processes that were started, by the numbers that the log gives. */
  pids(): readonly number[];
  /** Ends the host and gives what is left: processes, sockets, folders. Empty when all is well. */
  leftovers(): Promise<readonly string[]>;
}

/** Makes a host whose plugins are the given files of `testdata/plugins`, with a folder of its own for sockets. */
export function makeFixture(
  files: readonly string[],
  { env = {}, ...options }: Partial<PluginHostOptions> = {},
): Fixture {
  const tempDir = mkdtempSync(join(tmpdir(), "h-"));
  const log: PluginLogRecord[] = [];
  let host: PluginHost;
  try {
    host = createPluginHost({
      hostVersion: "0.1.0",
      tempDir,
      log: (record) => void (log.length < MAX_RECORDS && log.push(record)),
      env: { PATH: process.env["PATH"], INGOT_PLUGIN_PATH: files.map(testPlugin).join(delimiter), ...env },
      ...options,
    });
  } catch (error) {
    rmSync(tempDir, { recursive: true });
    throw error;
  }
  const pids = (): readonly number[] => log.flatMap(({ fields }) => (fields["pid"] ? [Number(fields["pid"])] : []));
  return {
    host,
    log,
    tempDir,
    pids,
    leftovers: async () => {
      await host[Symbol.asyncDispose]();
      const deadlineMs = Date.now() + 1_000;
      while (pids().some((pid) => groupMembers(pid).length > 0) && Date.now() < deadlineMs) await sleep(10);
      const processes = pids().flatMap((pid) => groupMembers(pid).map((member) => `process ${member}`));
      const files = existsSync(tempDir) ? readdirSync(tempDir) : [];
      rmSync(tempDir, { recursive: true, force: true });
      return [...processes, ...files];
    },
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      rmSync(tempDir, { recursive: true, force: true });
    },
  };
}

/** The processes of a group that run. */
export function groupMembers(group: number): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [state, , pgrp] = readFileSync(`/proc/${pid}/stat`, "utf8")
          .replace(/^.*\) /s, "")
          .split(" ");
        return Number(pgrp) === group && state !== "Z" && state !== "X";
      } catch {
        return false;
      }
    })
    .map(Number);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until the condition holds; throws when it doesn't in time. */
export async function until(condition: () => boolean, what: string, timeoutMs = 5_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadlineMs) throw new Error(`not in time: ${what}`);
    await sleep(10);
  }
}

/** Handlers that write down what they get. */
export function recordingHandlers(
  overrides: Partial<BuilderHandlers> = {},
): BuilderHandlers & { readonly seen: unknown[][] } {
  const seen: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: readonly unknown[]): void => {
      seen.push([name, ...values]);
    };
  const handlers: SessionHandlers = {
    ui: note("ui"),
    log: note("log"),
    progress: note("progress"),
    ask: () => Promise.reject(new Error("no available tty")),
    resource: (record) => Promise.resolve(note("resource")(record)),
    warning: note("warning"),
    secrets: note("secrets"),
  };
  return { seen, ...handlers, provision: () => Promise.resolve({ diagnostics: [] }), ...overrides };
}

/** Gives what a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<{ code?: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not reject");
}
