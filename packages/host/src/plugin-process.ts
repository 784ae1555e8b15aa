import { spawn, type ChildProcess } from "node:child_process";
import { basename } from "node:path";
import { killStrays } from "./kill-strays.js";
import { LineSplitter, LineTail } from "./line-splitter.js";
import { hostRecord, type LogSink } from "./log-sink.js";
import { createLogLineParser, type ParsedLogLine } from "./parse-log-line.js";
import { commandOf, type PluginExecutable } from "./plugin-executable.js";
import { exitText, type ProcessExit } from "./plugin-error.js";
import { removeSocketFolder } from "./socket-folder.js";

/** How long the last output of a process that ended may take to arrive; a child of it may hold the pipe open. */
const FLUSH_MS = 200;

export interface ProcessOptions {
  readonly executable: PluginExecutable;
  readonly env: NodeJS.ProcessEnv;
  /** The folder of its sockets; removed when the process is gone. */
  readonly socketFolder: string;
  readonly log: LogSink | undefined;
}

/**
 * A plugin's process with its output. It leads a process group of its own, so that Ctrl-C in the terminal doesn't reach it and
 * so that nothing that it started stays behind. Its standard input is a pipe that stays open: the end of it tells the plugin
 * that the host is gone.
 */
export class PluginProcess {
  readonly name: string;
  readonly socketFolder: string;
  /** The first line on standard output; rejects when the process ends before it. */
  readonly firstLine: Promise<string>;
  /** Resolves when the process has ended and its output has arrived. Never rejects. */
  readonly ended: Promise<ProcessExit>;
  readonly #child: ChildProcess;
  readonly #tail = new LineTail();
  readonly #log: LogSink | undefined;
  #exit: ProcessExit | undefined;
  #spawnError: Error | undefined;
  #isReaped = false;

  constructor({ executable, env, socketFolder, log }: ProcessOptions) {
    this.name = executable.name;
    this.socketFolder = socketFolder;
    this.#log = log;
    const [command, ...args] = commandOf(executable);
    const child = spawn(command, args, {
      env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    this.#child = child;
    child.stdin?.on("error", () => {}); // the process is gone; `ended` tells
    const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
    this.ended = new Promise<ProcessExit>((resolve) => {
      child.once("exit", (code, signal) => {
        void this.#settle({ code, signal }, closed).then(resolve); // never rejects
      });
      child.once("error", (error) => {
        if (child.pid !== undefined) return; // a signal could not be sent
        this.#spawnError = error;
        void this.#settle({ code: null, signal: null }, Promise.resolve()).then(resolve); // never rejects
      });
    });
    this.firstLine = this.#readOutput();
    this.firstLine.catch(() => {}); // whoever waits for it gets the error
  }

  /** Why the process could not be run at all; undefined when it could. */
  get spawnError(): Error | undefined {
    return this.#spawnError;
  }

  /** How it ended; undefined while it runs. */
  get exit(): ProcessExit | undefined {
    return this.#exit;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get logTail(): readonly string[] {
    return this.#tail.lines;
  }

  /** Closes its standard input: a plugin takes that as the end of the host. */
  closeInput(): void {
    this.#child.stdin?.end();
  }

  /** Adds text that the plugin sent another way to its log. */
  logLine(line: string): void {
    this.#tail.push(line);
    this.#log?.(hostRecord(this.name, "info", line));
  }

  /** Kills the process and everything that it started. Synchronous, safe to call at any time. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isReaped) return; // the number may belong to somebody else by now
    try {
      if (process.platform === "win32") this.#child.kill("SIGKILL");
      else process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody is left in the group.
    }
  }

  /** Kills what it started in process groups of their own. For a plugin that could not end these itself. */
  killStrays(): void {
    if (this.#child.pid !== undefined) killStrays(basename(this.socketFolder));
  }

  /** Removes the folder of its sockets. Happens by itself when the process has ended. */
  removeSocketFolder(): void {
    removeSocketFolder(this.socketFolder);
  }

  async #settle(exit: ProcessExit, closed: Promise<void>): Promise<ProcessExit> {
    this.#exit = exit;
    if (this.#spawnError === undefined) {
      this.#log?.(hostRecord(this.name, "debug", "plugin process ended", { how: exitText(exit) }));
    }
    this.kill(); // what it left behind
    if (exit.signal !== null || exit.code !== 0) this.killStrays();
    this.#isReaped = true;
    await raceTimeout(closed, FLUSH_MS);
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.removeSocketFolder();
    return exit;
  }

  #readOutput(): Promise<string> {
    const { stdout, stderr } = this.#child;
    const parse = createLogLineParser();
    const errors = new LineSplitter((line) => {
      const parsed = parse(line);
      this.#tail.push(line.startsWith("{") ? logText(parsed) : line);
      this.#log?.({ plugin: this.name, timeMs: Date.now(), ...parsed });
    });
    stderr?.on("data", (chunk: Buffer) => errors.push(chunk));
    stderr?.once("end", () => errors.end());
    return new Promise<string>((resolve, reject) => {
      let isFirst = true;
      const lines = new LineSplitter((line) => {
        if (isFirst) resolve(line);
        else this.#log?.(hostRecord(this.name, "debug", line, { stream: "stdout" }));
        isFirst = false;
      });
      stdout?.on("data", (chunk: Buffer) => lines.push(chunk));
      stdout?.once("end", () => lines.end());
      void this.ended.then(() => reject(new Error("ended"))); // never rejects
    });
  }
}

/** Writes a structured record as one line for people. */
function logText({ message, fields }: ParsedLogLine): string {
  return [message, ...Object.entries(fields).map(([name, value]) => `${name}=${value}`)].join(" ");
}

/** Waits for a promise, but not longer than `ms`. Tells whether it settled in time. */
export async function raceTimeout(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
