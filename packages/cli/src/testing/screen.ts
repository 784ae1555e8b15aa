import { execFile, execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How long what runs in a terminal may take to end with it. */
const END_MS = 20_000;

/** A terminal of tmux in which a command runs: what it shows can be read, as a user sees it. */
export class Screen implements AsyncDisposable {
  readonly #server = `ingot-test-${randomUUID()}`;

  private constructor() {
    // made by open()
  }

  /** Starts a shell command. Its environment is this one and nothing else. */
  static async open(
    command: string,
    options: {
      readonly columns: number;
      readonly rows: number;
      readonly folder: string;
      readonly env: Readonly<Record<string, string>>;
    },
  ): Promise<Screen> {
    const screen = new Screen();
    const { columns, rows, folder } = options;
    const env = { ...options.env, TERM: "xterm-256color", LANG: "C.UTF-8", LC_ALL: "C.UTF-8" };
    const size = ["-x", String(columns), "-y", String(rows)];
    const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const start = ["new-session", "-d", ...size, "-c", folder, "env", "-i", ...assignments, "sh", "-c", command];
    await run("tmux", ["-L", screen.#server, "-f", "/dev/null", ...start, ";", "set", "-g", "remain-on-exit", "on"], {
      env,
    });
    return screen;
  }

  /** Types text; names of keys such as `Enter`, `Tab` and `C-c` stand for them. */
  async type(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", "--", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen, and above it as far as `history` goes back. */
  async text(history = 0): Promise<string> {
    return (await this.#tmux("capture-pane", "-p", "-S", String(-history))).trimEnd();
  }

  /** Waits until the screen shows what is wanted, and gives it. */
  async shows(wanted: RegExp, timeoutMs = 20_000): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const text = await this.text(200);
      if (wanted.test(text)) return text;
      if (Date.now() > deadline) throw new Error(`the screen does not show ${String(wanted)}:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("tmux", ["-L", this.#server, ...args]);
    return stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const session = (await this.#tmux("display-message", "-p", "#{pane_pid}")).trim();
    await this.#tmux("kill-server");
    // A shell writes its history, and a build cleans up, before they end.
    const deadline = Date.now() + END_MS;
    while (await hasProcesses(session)) {
      if (Date.now() > deadline) throw new Error(`processes of the terminal's session ${session} have not ended`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

function hasProcesses(session: string): Promise<boolean> {
  return run("pgrep", ["-s", session]).then(
    () => true,
    () => false,
  );
}

/** Whether a program is installed here. */
export function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
