import { once } from "node:events";
import { onAbort, orAborted } from "@ingot/protocol";
import { sendSignal } from "./exec.js";
import { failureText } from "./run-quietly.js";
import { exitOf } from "./sessions.js";
import type { SshChannel } from "./ssh2.js";

const MAX_LINE = 16_384;
const NOT_INSTALLED =
  "SCP failed to start. This usually means that SCP is not\nproperly installed on the remote system.";

/** What the other side of `scp` reported. */
export class ScpError extends Error {
  override readonly name = "ScpError";
}

/** The channel of a remote `scp`, read and written in the pieces of its protocol. Close it. */
export class ScpStream {
  readonly #channel: SshChannel;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #closed: Promise<void>;
  readonly #signal: AbortSignal;
  /** Reading that is under way; whoever waits for more waits for it. */
  #reading: Promise<boolean> | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #stderr = "";

  constructor(channel: SshChannel, signal: AbortSignal) {
    this.#channel = channel;
    this.#signal = signal;
    this.#chunks = (channel as AsyncIterable<Buffer>)[Symbol.asyncIterator](); // no encoding was set
    channel.stderr.on("data", (chunk: Buffer) => {
      if (this.#stderr.length < 4_000) this.#stderr += chunk.toString();
    });
    channel.on("error", () => {});
    this.#closed = new Promise((resolve) => channel.on("close", resolve));
    const stopListening = onAbort(signal, () => {
      sendSignal(channel, "TERM");
      channel.close();
    });
    void this.#closed.then(stopListening);
  }

  /** Sends bytes. Gives false when the other side takes no more: reading tells why. Throws the signal's reason on abort. */
  async write(bytes: Uint8Array | string): Promise<boolean> {
    const channel = this.#channel;
    this.#signal.throwIfAborted();
    if (!channel.writable) return false;
    if (channel.write(bytes)) return true;
    const waiting = new AbortController();
    const drained = once(channel, "drain", { signal: waiting.signal }).then(() => true);
    drained.catch(() => {}); // nobody waits any more
    try {
      // That the other side has ended is known to those who read alone.
      while (this.#rest.length <= MAX_LINE) {
        const hasDrained = await Promise.race([drained, this.#more().then((isMore) => (isMore ? undefined : false))]);
        if (hasDrained !== undefined) return hasDrained;
      }
      return false;
    } finally {
      waiting.abort();
    }
  }

  /** Says that all is well. */
  async acknowledge(): Promise<void> {
    await this.write(Buffer.from([0]));
  }

  /** Waits for the other side to say that all is well. Throws ScpError with what it says instead. */
  async expectOk(): Promise<void> {
    const code = (await this.take(1))[0];
    if (code === 0) return;
    throw new ScpError((await this.line()).trim());
  }

  /** Reads the next record; undefined at the end. Throws ScpError when it reports trouble. */
  async record(): Promise<{ readonly kind: string; readonly text: string } | undefined> {
    if (this.#rest.length === 0 && !(await this.#more())) return undefined;
    const code = (await this.take(1))[0] ?? 0;
    const text = await this.line();
    if (code === 1 || code === 2) throw new ScpError(text.trim());
    return { kind: String.fromCharCode(code), text };
  }

  /** Reads up to a line feed. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf(10);
      if (end >= 0) return (await this.take(end + 1)).toString("utf8", 0, end);
      if (this.#rest.length > MAX_LINE) throw new ScpError("the other side of scp sends no lines");
      if (!(await this.#more())) throw await this.#endError();
    }
  }

  async take(size: number): Promise<Buffer> {
    while (this.#rest.length < size) if (!(await this.#more())) throw await this.#endError();
    const bytes = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    return bytes;
  }

  /** Gives exactly `size` bytes as they come. */
  async *body(size: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = size; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) throw await this.#endError();
      const bytes = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(bytes.length);
      left -= bytes.length;
      yield bytes;
    }
  }

  /** Ends the input and waits for the command. Throws when it failed. */
  async finish(): Promise<void> {
    this.#channel.end();
    while (await this.#more()) this.#rest = Buffer.alloc(0);
    await this.#closed;
    if (exitOf(this.#channel)?.status !== 0) throw await this.#endError();
  }

  close(): void {
    this.#channel.end();
    this.#channel.close();
    // What still comes has to be read, or ssh2 does not tell the end.
    void Promise.resolve(this.#chunks.return?.()).then(() => this.#channel.resume());
  }

  async #endError(): Promise<Error> {
    this.close();
    await this.#closed;
    const exit = exitOf(this.#channel);
    if (exit?.status === 127) return new ScpError(NOT_INSTALLED);
    const ended = exit === undefined ? { status: 0, disconnected: true } : { status: exit.status ?? 128 };
    return new ScpError(failureText(ended, this.#stderr));
  }

  /** Waits until there is more to read; gives false at the end. Throws the signal's reason on abort. */
  #more(): Promise<boolean> {
    return (this.#reading ??= this.#read().finally(() => (this.#reading = undefined)));
  }

  async #read(): Promise<boolean> {
    const next = await orAborted(this.#chunks.next(), this.#signal);
    if (next.done === true) return false;
    this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
    return true;
  }
}
