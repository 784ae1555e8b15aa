import {
  fieldSize,
  FAILURE,
  SFTP,
  SftpReader,
  STATUS_EOF,
  STATUS_OK,
  writeField,
  type SftpField,
} from "./sftp-wire.js";
import { PacketWriter } from "./packet-writer.js";
import type { SshChannel } from "./ssh2.js";

/** The largest answer that is taken: OpenSSH sends up to 256 KiB. */
const MAX_ANSWER = 512 * 1024;
/** The largest request without its data that goes out in one piece. */
const MAX_REQUEST = 32 * 1024;

/** How much may wait here for the machine to take it. */
const MAX_QUEUE = 256 * 1024;

/** An answer: its type, its number, and a reader of its fields behind that. */
export interface SftpAnswer {
  readonly type: number;
  readonly fields: SftpReader;
}

/** A refused request, with SFTP's status. */
export class SftpStatusError extends Error {
  override readonly name = "SftpStatusError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (answer: SftpAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * SFTP's requests and answers on a channel. Many requests may be on their way; those made at one time leave in one packet, and
 * their answers mostly come in one. That, and doing without a stream for each file, is why we don't use the SFTP of ssh2.
 */
export class SftpChannel {
  readonly #channel: SshChannel;
  readonly #writer: PacketWriter;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #pieces: Buffer[] = [];
  #collected = 0;
  #onVersion: Waiting | undefined;
  #end: Error | undefined;
  readonly closed: Promise<void>;

  constructor(channel: SshChannel) {
    this.#channel = channel;
    this.#writer = new PacketWriter((packet, isBorrowed) => {
      if (channel.writable) channel.write(isBorrowed && !leavesAtOnce(channel, packet) ? Buffer.from(packet) : packet);
    });
    channel.stderr.resume();
    channel.on("data", (chunk: Buffer) => this.#receive(chunk));
    channel.on("error", () => {}); // it closes
    this.closed = new Promise((resolve) => {
      const end = (): void => {
        this.#fail(new Error("No response from server"));
        resolve();
      };
      channel.on("end", end);
      channel.on("close", end);
    });
  }

  /** True while the machine takes no more, so that requests wait here. */
  get isFull(): boolean {
    return this.#channel.writableLength > MAX_QUEUE;
  }

  /** True when no answer is awaited. */
  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Begins. What the server tells of itself is not looked at: all of it is optional. */
  async start(): Promise<void> {
    const version = new Promise<SftpAnswer>((resolve, reject) => (this.#onVersion = { resolve, reject }));
    const { into, at } = this.#writer.reserve(9);
    into.writeUInt32BE(3, into.writeUInt8(SFTP.init, into.writeUInt32BE(5, at)));
    await version;
  }

  /** Sends a request. Rejects with SftpStatusError when it is refused; OK is an answer. */
  request(type: number, ...fields: readonly SftpField[]): Promise<SftpAnswer> {
    return this.#send(type, fields, undefined);
  }

  /** Sends a request that ends with data. */
  requestWithData(type: number, data: Buffer, ...fields: readonly SftpField[]): Promise<SftpAnswer> {
    return this.#send(type, fields, data);
  }

  /** Ends the session. */
  close(): void {
    this.#writer.flush();
    this.#channel.end();
    this.#channel.close();
  }

  #send(type: number, fields: readonly SftpField[], data: Buffer | undefined): Promise<SftpAnswer> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    const id = this.#nextId;
    this.#nextId = (id + 1) >>> 0;
    let size = 9;
    for (const field of fields) size += fieldSize(field);
    if (data !== undefined) size += 4;
    if (size > MAX_REQUEST) return Promise.reject(new SftpStatusError(FAILURE, "the path is too long"));
    const { into, at } = this.#writer.reserve(size);
    into.writeUInt32BE(size - 4 + (data?.length ?? 0), at);
    into.writeUInt8(type, at + 4);
    let end = into.writeUInt32BE(id, at + 5);
    for (const field of fields) end = writeField(into, field, end);
    if (data !== undefined) {
      into.writeUInt32BE(data.length, end);
      this.#writer.append(data);
    }
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive(chunk: Buffer): void {
    let rest = chunk;
    if (this.#pieces.length > 0) {
      this.#pieces.push(chunk);
      this.#collected += chunk.length;
      if (this.#collected < this.#wanted()) return;
      rest = Buffer.concat(this.#pieces);
      this.#pieces = [];
    }
    let at = 0;
    while (rest.length - at >= 4) {
      const length = rest.readUInt32BE(at);
      if (length > MAX_ANSWER || length < 5) return this.#break();
      if (rest.length - at < 4 + length) break;
      this.#answer(rest.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    if (at === rest.length) return;
    this.#pieces = [rest.subarray(at)];
    this.#collected = rest.length - at;
  }

  /** How many bytes the answer takes whose beginning is there. */
  #wanted(): number {
    const [first] = this.#pieces;
    if (first === undefined || first.length < 4) return 4; // joined, and looked at again
    return 4 + Math.min(first.readUInt32BE(), MAX_ANSWER);
  }

  #answer(message: Buffer): void {
    const type = message.readUInt8();
    if (type === SFTP.version) {
      this.#onVersion?.resolve({ type, fields: new SftpReader(message, 1) });
      this.#onVersion = undefined;
      return;
    }
    const id = message.readUInt32BE(1);
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    const fields = new SftpReader(message, 5);
    if (type !== SFTP.status) return waiting.resolve({ type, fields });
    const code = fields.uint32();
    if (code === STATUS_OK) return waiting.resolve({ type, fields });
    const text = fields.isAtEnd ? "" : fields.text(); // version 3 has a text, old servers none
    waiting.reject(new SftpStatusError(code, text === "" ? `status ${code}` : text));
  }

  #break(): void {
    this.#fail(new Error("the machine's SFTP server sends what is not SFTP"));
    this.close();
  }

  #fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    const all = [...this.#waiting.values(), ...(this.#onVersion === undefined ? [] : [this.#onVersion])];
    this.#waiting.clear();
    this.#onVersion = undefined;
    for (const { reject } of all) reject(error);
  }
}

/** Tells whether a channel encrypts a packet now, so that its bytes may change afterwards. */
function leavesAtOnce(channel: SshChannel, packet: Buffer): boolean {
  const { outgoing } = channel as unknown as { readonly outgoing: { readonly window: number } }; // not public, hence the exact version of ssh2
  return channel.writableLength === 0 && outgoing.window >= packet.length;
}

/** Tells whether an error is the end of a file or a list. */
export function isEndOfFile(error: unknown): boolean {
  return error instanceof SftpStatusError && error.code === STATUS_EOF;
}
