import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** How long one block may take: the first one that needs the example plugins builds them. */
const TIMEOUT_MS = 360_000;
const WORKSPACE = fileURLToPath(new URL("../../../..", import.meta.url));

/**
 * A folder like a fresh checkout in which `npm ci` was run, and a shell in it. Like a reader's terminal, it remembers its working
 * directory, exported variables and functions from one command block to the next.
 */
export class DocumentShell implements Disposable {
  readonly #root = mkdtempSync(path.join(tmpdir(), "doc-"));
  readonly #checkout = path.join(this.#root, "ingot");
  readonly #groups: number[] = [];
  readonly #state = path.join(this.#root, "state");

  constructor() {
    for (const folder of [this.#checkout, path.join(this.#root, "home"), path.join(this.#root, "t")]) mkdirSync(folder);
    for (const name of ["node_modules", "scripts", "docs", "proto", "sdk", "packages"]) this.#link(name);
    cpSync(path.join(WORKSPACE, "examples"), path.join(this.#checkout, "examples"), {
      recursive: true,
      filter: (file) => path.relative(WORKSPACE, file) !== path.join("examples", "plugins"),
    });
    this.#link("examples/plugins");
  }

  /** The shell's working directory. */
  get folder(): string {
    return existsSync(`${this.#state}.folder`) ? readFileSync(`${this.#state}.folder`, "utf8").trim() : this.#checkout;
  }

  /** Writes a file of the document. */
  write(name: string, content: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /**
   * Runs commands until one fails. `npm ci` is taken as done. A line that ends in `# fails` must fail. Gives what was printed, both
   * streams together in this order.
   */
  async run(commands: string): Promise<{ readonly status: number | null; readonly output: string }> {
    const { folder } = this;
    const installed = path.join(folder, "node_modules");
    if (existsSync(path.join(folder, "package.json")) && !existsSync(installed)) {
      symlinkSync(path.join(WORKSPACE, "node_modules"), installed); // as `npm install` would have done
    }
    const script = [
      existsSync(this.#state) ? `. ${this.#state}` : "",
      ...commands
        .replace(/^npm ci(?: && |$)/gm, "")
        .split("\n")
        .map(mayFail),
      `pwd > ${this.#state}.folder; { export -p; declare -f; } > ${this.#state}`,
    ];
    const child = spawn("bash", ["--norc", "-eu", "-c", script.join("\n")], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true, // a process group of its own, so that all of it can be ended
      env: {
        ...{ PATH: process.env["PATH"], HOME: path.join(this.#root, "home"), TMPDIR: path.join(this.#root, "t") },
        ...{ LANG: "C.UTF-8", npm_config_offline: "true", npm_config_update_notifier: "false" },
      },
    });
    const group = child.pid;
    if (group === undefined) throw new Error("bash can't be started");
    this.#groups.push(group);
    const timer = setTimeout(() => endGroup(group), TIMEOUT_MS);
    const status = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    clearTimeout(timer);
    return { status: await status, output: stdout + stderr };
  }

  [Symbol.dispose](): void {
    for (const group of this.#groups) endGroup(group);
    rmSync(this.#root, { recursive: true, force: true });
  }

  #link(name: string): void {
    symlinkSync(path.join(WORKSPACE, name), path.join(this.#checkout, name));
  }
}

/** Ends what a block has left in the background. */
function endGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // nothing is left of it
  }
}

function mayFail(line: string): string {
  const command = /^(.*?)\s*# fails$/.exec(line)?.[1];
  return command === undefined ? line : `if ${command}; then echo "this should have failed"; exit 99; fi`;
}
