import type { TextOutput } from "../console.js";
import { columnsOf, fitColumns } from "./text-width.js";
import { safeForTerminal } from "./safe-text.js";

const REDRAW_MS = 100;
/** Text waits so long at most, so that a flood of lines does not draw the view as often. */
const FLUSH_MS = 30;
const FLUSH_LENGTH = 64 * 1024;
const NO_WRAP = "\u001b[?7l";
const WRAP = "\u001b[?7h";
const RESET = "\u001b[0m";
const ERASE_BELOW = "\r\u001b[J";

/** One line of the view. The style does not count for its width. */
export interface LiveRow {
  readonly text: string;
  readonly style: (text: string) => string;
}

export interface LiveViewOptions {
  readonly terminal: TextOutput;
  /** Gives the rows for a terminal of this size; they are cut to its width. None: no view. */
  readonly rows: (size: { readonly columns: number; readonly rows: number }) => readonly LiveRow[];
  /** The terminal breaks what is too long when it gets narrower, as most do. Default: yes. */
  readonly reflows?: boolean;
}

/**
 * A few lines at the bottom of the terminal that tell where things stand. Everything else that goes to the terminal must be written through
 * `output`: it takes the lines away, writes, and puts them back. The cursor rests at the beginning of the last line: what the
 * terminal echoes there, such as ^C, never wraps, and its place is known after the terminal was resized.
 */
export class LiveView {
  /** Writes above the view, soon. */
  readonly output: TextOutput;
  readonly #options: LiveViewOptions;
  readonly #timer: NodeJS.Timeout;
  #flushTimer: NodeJS.Timeout | undefined;
  #waiting = "";
  /** The rows on the terminal as they were drawn, and their widths. */
  #drawn: readonly string[] = [];
  #widths: readonly number[] = [];
  #drawnColumns = 0;
  #paused = false;
  /** What was written last ended in the middle of a line, so the view has no place. */
  #isMidLine = false;

  constructor(options: LiveViewOptions) {
    const { terminal } = options;
    this.#options = options;
    this.output = {
      write: (text) => this.#writeAbove(text),
      isTerminal: terminal.isTerminal,
      get columns() {
        return terminal.columns;
      },
    };
    this.#timer = setInterval(() => this.#redraw(), REDRAW_MS);
    this.#timer.unref();
  }

  /** Takes the view away until `resume`, as while the user types an answer. What is written meanwhile comes then. */
  pause(): void {
    this.#flush();
    this.#write(this.#erasing());
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#flush();
    this.#redraw();
  }

  /** Takes the view away for so long as the work takes. */
  hideDuring(work: () => void): void {
    const wasPaused = this.#paused;
    this.pause();
    work();
    if (!wasPaused) this.resume();
  }

  /** Takes the view away for good, and writes what waits. */
  stop(): void {
    clearInterval(this.#timer);
    this.#paused = false;
    this.#flush();
    this.pause();
  }

  #writeAbove(text: string): void {
    if (text === "") return;
    this.#waiting += text;
    if (this.#waiting.length >= FLUSH_LENGTH) this.#flush();
    else this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  #flush(): void {
    clearTimeout(this.#flushTimer);
    this.#flushTimer = undefined;
    if (this.#waiting === "" || this.#paused) return;
    const text = safeForTerminal(this.#waiting);
    this.#waiting = "";
    const erasing = this.#erasing();
    this.#isMidLine = !text.endsWith("\n");
    this.#write(erasing + text + this.#drawing());
  }

  #redraw(): void {
    if (this.#waiting !== "") return this.#flush();
    if (this.#paused || this.#isMidLine) return;
    const rows = this.#rows();
    const isSame =
      this.#drawnColumns === this.#options.terminal.columns &&
      rows.length === this.#drawn.length &&
      rows.every(({ text }, at) => text === this.#drawn[at]);
    if (isSame) return;
    this.#write(this.#erasing() + this.#drawing(rows));
  }

  #rows(): readonly LiveRow[] {
    const { terminal, rows } = this.#options;
    // The last column stays free: some terminals wrap as soon as it is written to.
    const columns = Math.max(1, terminal.columns - 1);
    const shown = rows({ columns, rows: terminal.rows ?? 24 });
    return shown.map(({ text, style }) => ({ text: fitColumns(text, columns), style }));
  }

  /** What draws the rows, if they can be shown now; they count as shown then. */
  #drawing(rows = this.#paused || this.#isMidLine ? [] : this.#rows()): string {
    this.#drawn = rows.map(({ text }) => text);
    this.#widths = this.#drawn.map(columnsOf);
    this.#drawnColumns = this.#options.terminal.columns;
    if (rows.length === 0) return "";
    return `${RESET}${NO_WRAP}${rows.map(({ text, style }) => style(text)).join("\r\n")}\r${WRAP}`;
  }

  /** What takes the rows away, and leaves the cursor where they began. */
  #erasing(): string {
    if (this.#drawn.length === 0) return "";
    const { terminal, reflows = true } = this.#options;
    const columns = Math.max(1, terminal.columns);
    const above = this.#widths
      .slice(0, -1)
      .reduce((sum, width) => sum + (reflows ? Math.max(1, Math.ceil(width / columns)) : 1), 0);
    this.#drawn = [];
    this.#widths = [];
    return `${above === 0 ? "" : `\u001b[${above}A`}${ERASE_BELOW}`;
  }

  #write(text: string): void {
    if (text !== "") this.#options.terminal.write(text);
  }
}
