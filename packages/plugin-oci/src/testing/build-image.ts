import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ArtifactResult, BuilderContext, CommandExit, Machine, ResourceHandle, ResourceOptions } from "@ingot/sdk";
import { resourceKinds } from "../builder.js";
import { checkConfig } from "../check-config.js";
import type { OciConfig } from "../config.js";
import { removePartialFolder } from "../image-output.js";
import { runOciBuild } from "../run-build.js";
import { removeScratchFolder } from "../scratch-folder.js";

/** What a test builds. */
export interface TestBuild {
  readonly folder: string;
  readonly config: Partial<OciConfig> & Pick<OciConfig, "base">;
  readonly provision?: (machine: TestMachine) => Promise<void>;
  readonly force?: boolean;
  readonly sourceDateEpoch?: number;
  readonly signal?: AbortSignal;
  readonly fileAgent?: readonly string[];
}

/** What a test gets. */
export interface TestResult {
  readonly artifact: ArtifactResult;
  readonly lines: readonly string[];
}

/** A machine with what tests need most. */
export interface TestMachine {
  readonly machine: Machine;
  /** Runs a shell command and gives its output. Rejects when its status is not 0. */
  readonly sh: (command: string, env?: Record<string, string>) => Promise<string>;
  readonly exec: (
    command: string | readonly string[],
    options?: ExecOptions,
  ) => Promise<CommandExit & { output: string }>;
}

/** Options of `exec`. */
export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly onSignal?: (listener: (name: string) => void) => void;
}

/** Runs a build as the SDK would: prepare, run, and destruction of what was recorded and not released. */
export async function buildImage(options: TestBuild): Promise<TestResult> {
  const { folder, sourceDateEpoch } = options;
  const config: OciConfig = fill(options.config);
  const build = {
    name: "test",
    builderType: "oci",
    hostVersion: "0.1.0",
    debug: false,
    force: options.force ?? false,
    onError: "",
    sensitiveVariables: [],
    userVariables: {},
    templatePath: "",
    runId: "run",
    workingDirectory: folder,
    cacheDirectory: join(folder, "cache"),
    sourceDateEpoch,
  };
  const problems = await checkConfig(config, build);
  if (problems.length > 0) throw new Error(problems.map((problem) => Object.values(problem).join(": ")).join("\n"));
  await mkdir(folder, { recursive: true });
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  const ledger = new TestLedger();
  const controller = new AbortController();
  const signal =
    options.signal === undefined ? controller.signal : AbortSignal.any([options.signal, controller.signal]);
  const context: BuilderContext<OciConfig> = {
    config,
    build,
    signal,
    ui: { say, error: say },
    log: { debug: say, info: say, warn: (text) => say(`log: ${text}`), error: say } as BuilderContext<OciConfig>["log"],
    resources: ledger,
    runStep: async (_name, work) => await work(),
    provision: async (machine) => await options.provision?.(testMachine(machine)),
    progress: () => ({ update: () => undefined, finish: () => undefined }),
    ask: () => Promise.reject(new Error("nobody to ask")),
    warn: ({ summary }) => say(summary),
    secrets: () => undefined,
    step: { runId: "run", buildId: "build", stepId: "step" },
    provisionThrough: () => Promise.reject(new Error("not used")),
    resumeFrom: undefined,
  };
  try {
    return { artifact: await runOciBuild(context, options.fileAgent ?? builtFileAgent()), lines };
  } finally {
    controller.abort();
    const left = [
      ...ledger.open,
      ...[...ledger.paths].filter((path) => existsSync(path) && !ledger.released.has(path)),
    ];
    if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
  }
}

function builtFileAgent(): string[] {
  return [process.execPath, fileURLToPath(new URL("../../dist/main.js", import.meta.url)), "--file-agent"];
}

class TestLedger {
  readonly open = new Set<string>();
  readonly paths = new Set<string>();
  readonly released = new Set<string>();

  async create<T extends object>(
    kind: string,
    make: (id: string) => T | Promise<T>,
    { locator }: ResourceOptions = {},
  ): Promise<T & ResourceHandle> {
    const path = locator?.["path"] ?? "";
    let made: string | undefined;
    this.open.add(path);
    this.paths.add(path);
    const destroy = async (): Promise<void> => {
      if (!this.open.delete(path)) return;
      if (kind === resourceKinds.scratch) await removeScratchFolder(path, locator?.["ids"] ?? "");
      else await removePartialFolder(path, made);
    };
    try {
      const thing = await make(kind);
      made = (thing as { locator?: Record<string, string> }).locator?.["made"];
      const release = (): Promise<void> => {
        this.open.delete(path);
        this.released.add(path);
        return Promise.resolve();
      };
      return Object.assign(thing, { id: kind, release, [Symbol.asyncDispose]: destroy });
    } catch (error) {
      await destroy();
      throw error;
    }
  }
}

function testMachine(machine: Machine): TestMachine {
  const exec: TestMachine["exec"] = async (command, options = {}) => {
    const parts: Uint8Array[] = [];
    const collect = (chunk: Uint8Array): Promise<void> => {
      parts.push(chunk);
      return Promise.resolve();
    };
    const exit = await machine.exec(
      { command, env: options.env ?? {}, cwd: options.cwd, terminal: undefined },
      {
        stdin: options.stdin,
        stdout: collect,
        stderr: collect,
        signal: options.signal ?? new AbortController().signal,
        onSignal: options.onSignal ?? (() => undefined),
        onResize: () => undefined,
      },
    );
    return { ...exit, output: Buffer.concat(parts).toString() };
  };
  const sh: TestMachine["sh"] = async (command, env = {}) => {
    const { status, output } = await exec(command, { env });
    if (status !== 0) throw new Error(`${command}: status ${status}: ${output}`);
    return output;
  };
  return { machine, exec, sh };
}

function fill(config: TestBuild["config"]): OciConfig {
  const absent = Object.fromEntries(
    [
      ...["tags", "platform", "cmd", "entrypoint", "env", "labels", "user", "working_dir", "exposed_ports"],
      ...["volumes", "stop_signal", "username", "password", "ca_file"],
    ].map((name) => [name, undefined]),
  );
  return { ...absent, output: "out", network: "host", ...config } as OciConfig; // all fields are there
}
