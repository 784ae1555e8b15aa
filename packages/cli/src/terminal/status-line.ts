import type { TextOutput } from "../console.js";
import { fitColumns } from "./text-width.js";

const REDRAW_MS = 100;
const ERASE_LINE = "\r\u001b[2K";

/**
 * A line at the bottom of the terminal that tells where things stand. Everything else that goes to the terminal must be written
 * through `output`: it takes the line away, writes, and puts the line back.
 */
export class StatusLine {
  /** Writes above the line. */
  readonly output: TextOutput;
  readonly #terminal: TextOutput;
  readonly #describe: () => string;
  readonly #timer: NodeJS.Timeout;
  #shown = false;
  #paused = false;
  /** What was written last ended in the middle of a line, so the status line has no place. */
  #isMidLine = false;

  /** `describe` gives the text; empty for no line. It may be as long as it likes. */
  constructor(terminal: TextOutput, describe: () => string) {
    this.#terminal = terminal;
    this.#describe = describe;
    this.output = {
      write: (text) => this.#writeAbove(text),
      isTerminal: terminal.isTerminal,
      get columns() {
        return terminal.columns;
      },
    };
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
    this.#timer.unref();
  }

  /** Takes the line away until `resume`, as while the user types an answer. */
  pause(): void {
    this.#erase();
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#draw();
  }

  /** Takes the line away for good. */
  stop(): void {
    clearInterval(this.#timer);
    this.pause();
  }

  #writeAbove(text: string): void {
    if (text === "") return;
    const erase = this.#shown ? ERASE_LINE : "";
    this.#shown = false;
    this.#isMidLine = !text.endsWith("\n");
    this.#terminal.write(erase + text + this.#line());
  }

  #draw(): void {
    const erase = this.#shown ? ERASE_LINE : "";
    this.#shown = false;
    const line = this.#line();
    if (erase + line !== "") this.#terminal.write(erase + line);
  }

  #erase(): void {
    if (this.#shown) this.#terminal.write(ERASE_LINE);
    this.#shown = false;
  }

  /** The line's text, if it can be shown now; it counts as shown then. */
  #line(): string {
    if (this.#paused || this.#isMidLine) return "";
    const text = this.#describe();
    this.#shown = text !== "";
    // The last column stays free: some terminals wrap as soon as it is written to.
    return fitColumns(text, this.#terminal.columns - 1);
  }
}
