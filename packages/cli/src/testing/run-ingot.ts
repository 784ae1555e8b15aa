import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("../../bin/ingot.js", import.meta.url));
export const TEST_PLUGINS = fileURLToPath(new URL("../../testdata/plugins", import.meta.url));

/** What a run of the program gave. */
export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when the standard output contains the text, or contains it so many times. */
  readonly said: (text: string, times?: number) => Promise<void>;
  readonly finished: Promise<Finished>;
}

/** A folder to work in, with a home of its own. Everything that is started in it can be found. */
export class Workplace implements AsyncDisposable {
  readonly folder: string;
  readonly #id = randomUUID();

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes a folder with these files. */
  static async make(files: Readonly<Record<string, string>> = {}): Promise<Workplace> {
    const place = new Workplace(await mkdtemp(path.join(tmpdir(), "ingot-cli-")));
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(place.folder, name), text);
    return place;
  }

  /** Runs the real program to its end. */
  async run(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    command?: readonly string[],
  ): Promise<Finished> {
    return await this.start(args, env, command).finished;
  }

  /** Starts the real program, or another command. */
  start(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    command: readonly string[] = [process.execPath, PROGRAM],
  ): Running {
    const [file = "", ...first] = command;
    const child = spawn(file, [...first, ...args], { cwd: this.folder, env: { ...this.#environment(), ...env } });
    let [stdout, stderr] = ["", ""];
    const listeners = new Set<() => void>();
    child.stdout.on("data", (data: Buffer) => {
      stdout += data.toString();
      listeners.forEach((listener) => listener());
    });
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status, signal) => resolve({ status, signal, stdout, stderr }));
    });
    const said = (text: string, times = 1): Promise<void> =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (stdout.split(text).length > times) resolve();
        };
        listeners.add(check);
        check();
        void finished.then(() => reject(new Error(`ended without saying ${text}: ${stdout}${stderr}`)), reject); // the promise is settled then
      });
    return { child, said, finished };
  }

  /** The command line to start the program from a shell. */
  static get command(): string {
    return `${process.execPath} ${PROGRAM}`;
  }

  async read(name: string): Promise<string> {
    return await readFile(path.join(this.folder, name), "utf8");
  }

  /** The names of the files in the folder, without the home. */
  async files(): Promise<readonly string[]> {
    return (await readdir(this.folder)).filter((name) => name !== "home" && name !== "tmp").sort();
  }

  /** The journal of the only run. */
  async journal(): Promise<readonly string[]> {
    const runs = path.join(this.folder, "home", "state", "runs");
    const [run = ""] = await readdir(runs);
    return (await readFile(path.join(runs, run, "journal.jsonl"), "utf8")).trimEnd().split("\n");
  }

  /** Command lines of processes that were started from here and still run. */
  async processes(): Promise<readonly string[]> {
    return (await this.processTable()).map(({ command }) => command);
  }

  async processTable(): Promise<readonly { readonly pid: number; readonly command: string }[]> {
    const found: { pid: number; command: string }[] = [];
    for (const pid of await readdir("/proc")) {
      if (!/^\d+$/.test(pid)) continue;
      const environment = await readFile(`/proc/${pid}/environ`, "utf8").catch(() => "");
      if (!environment.includes(`INGOT_TEST_ID=${this.#id}`)) continue;
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      found.push({ pid: Number(pid), command: command.replaceAll("\0", " ").trim() });
    }
    // A process that has ended and that nobody has waited for has no command line.
    return found.filter(({ command }) => command !== "");
  }

  /** Waits until nothing runs any more; gives what is left after the time. */
  async processesAfter(timeoutMs: number): Promise<readonly string[]> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const left = await this.processes();
      if (left.length === 0 || Date.now() > deadline) return left;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  #environment(): Readonly<Record<string, string>> {
    const home = path.join(this.folder, "home");
    return {
      PATH: process.env["PATH"] ?? "",
      ...{ HOME: home, INGOT_STATE_DIR: path.join(home, "state"), INGOT_CACHE_DIR: path.join(home, "cache") },
      ...{ INGOT_PLUGIN_PATH: TEST_PLUGINS, INGOT_TEST_ID: this.#id },
    };
  }
}

/** Text with what differs from run to run replaced: durations and temporary scripts. */
export function normalised(text: string): string {
  return text
    .replaceAll(/(\d+ (?:minute|second|millisecond|microsecond)s? ?)+/g, "DURATION")
    .replaceAll(/\/tmp\/packer-shell\d+/g, "SCRIPT");
}
