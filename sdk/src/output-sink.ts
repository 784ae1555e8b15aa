import { once } from "node:events";
import { StringDecoder } from "node:string_decoder";
import type { OutputSink } from "./remote-machine.js";

/** Takes a command's output as bytes. */
export interface ByteSink {
  write(chunk: Uint8Array): Promise<void>;
  /** Hands on what is left. The sink's stream is not ended. */
  flush(): Promise<void>;
}

/** Longer lines are handed on in pieces. */
const MAX_LINE_LENGTH = 1024 * 1024;

/** Makes a byte sink of any kind of sink. */
export function toByteSink(sink: OutputSink | undefined): ByteSink {
  if (sink === undefined) return { write: () => Promise.resolve(), flush: () => Promise.resolve() };
  if (typeof sink === "function") return new LineSplitter(sink);
  return {
    write: async (chunk) => {
      if (!sink.write(chunk)) await once(sink, "drain");
    },
    flush: () => Promise.resolve(),
  };
}

/**
 * Splits output into lines as users see them: without trailing white space, and of a line that was overwritten with carriage
 * returns only what stayed. A last line without line feed is delivered by `flush`.
 */
export class LineSplitter implements ByteSink {
  readonly #onLine: (line: string) => unknown;
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  constructor(onLine: (line: string) => unknown) {
    this.#onLine = onLine;
  }

  async write(chunk: Uint8Array): Promise<void> {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE_LENGTH) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    for (const line of lines) await this.#onLine(visibleText(line));
  }

  async flush(): Promise<void> {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = "";
    if (rest !== "") await this.#onLine(visibleText(rest));
  }
}

function visibleText(line: string): string {
  const text = line.trimEnd();
  return text.slice(text.lastIndexOf("\r") + 1);
}
