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
/** A request's length, type and number. */
const HEAD_BYTES = 9;

/** How many bytes the fields of a request take, with the length of its data, and its data. */
export interface RequestSize {
  readonly size: number;
  readonly dataSize?: number;
}

/** A request's number, and where its fields go. */
export interface RequestPlace {
  readonly id: number;
  readonly into: Buffer;
  readonly at: number;
}

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

/** Who is waiting for the answer to a request. */
export interface SftpTaker {
  /** Takes the answer: its fields begin at a place of the message. Those that refuse come to `refuse`. */
  take(id: number, type: number, fields: SftpReader): void;
  /** Takes the reason why there is no answer, or a bad one. */
  refuse(id: number, error: Error): void;
}

class PromiseTaker implements SftpTaker {
  readonly #resolve: (answer: SftpAnswer) => void;
  readonly #reject: (error: Error) => void;

  constructor(resolve: (answer: SftpAnswer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  take(_id: number, type: number, fields: SftpReader): void {
    this.#resolve({ type, fields });
  }

  refuse(_id: number, error: Error): void {
    this.#reject(error);
  }
}

/**
 * SFTP's requests and answers on a channel. Many requests may be on their way; those made at one time leave in one packet, and
 * their answers mostly come in one. That, and doing without a stream for each file, is why we don't use the SFTP of ssh2.
 */
export class SftpChannel {
  readonly #channel: SshChannel;
  readonly #writer: PacketWriter;
  readonly #waiting = new Map<number, SftpTaker>();
  #nextId = 1;
  #pieces: Buffer[] = [];
  #collected = 0;
  #onVersion: SftpTaker | undefined;
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
    const version = new Promise((resolve, reject) => (this.#onVersion = new PromiseTaker(resolve, reject)));
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

  /**
   * Sends the beginning of a request, whose fields are written at once where it says, and data appended. Gives undefined when
   * the session has ended; the taker is told.
   */
  begin(type: number, { size, dataSize = 0 }: RequestSize, taker: SftpTaker): RequestPlace | undefined {
    const id = this.#nextId;
    if (this.#end !== undefined) {
      taker.refuse(id, this.#end);
      return undefined;
    }
    this.#nextId = (id + 1) >>> 0;
    this.#waiting.set(id, taker);
    const { into, at } = this.#writer.reserve(HEAD_BYTES + size);
    into.writeUInt32BE(HEAD_BYTES - 4 + size + dataSize, at);
    into[at + 4] = type;
    into.writeUInt32BE(id, at + 5);
    return { id, into, at: at + HEAD_BYTES };
  }

  /** Appends the data of the request that was begun last. */
  append(data: Buffer): void {
    this.#writer.append(data);
  }

  #send(type: number, fields: readonly SftpField[], data: Buffer | undefined): Promise<SftpAnswer> {
    let size = 0;
    for (const field of fields) size += fieldSize(field);
    if (data !== undefined) size += 4;
    if (size > MAX_REQUEST) return Promise.reject(new SftpStatusError(FAILURE, "the path is too long"));
    return new Promise((resolve, reject) => {
      const place = this.begin(type, { size, dataSize: data?.length ?? 0 }, new PromiseTaker(resolve, reject));
      if (place === undefined) return;
      let { at } = place;
      for (const field of fields) at = writeField(place.into, field, at);
      if (data === undefined) return;
      place.into.writeUInt32BE(data.length, at);
      this.append(data);
    });
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
      this.#answer(rest, at + 4, at + 4 + length);
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

  #answer(data: Buffer, at: number, end: number): void {
    const type = data.readUInt8(at);
    if (type === SFTP.version) {
      this.#onVersion?.take(0, type, new SftpReader(data, at + 1, end));
      this.#onVersion = undefined;
      return;
    }
    const id = data.readUInt32BE(at + 1);
    const taker = this.#waiting.get(id);
    if (taker === undefined) return;
    this.#waiting.delete(id);
    const fields = new SftpReader(data, at + 5, end);
    if (type !== SFTP.status) return taker.take(id, type, fields);
    const code = fields.uint32();
    if (code === STATUS_OK) return taker.take(id, type, fields);
    const text = fields.isAtEnd ? "" : fields.text(); // version 3 has a text, old servers none
    taker.refuse(id, new SftpStatusError(code, text === "" ? `status ${code}` : text));
  }

  #break(): void {
    this.#fail(new Error("the machine's SFTP server sends what is not SFTP"));
    this.close();
  }

  #fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    const all = [...this.#waiting];
    const onVersion = this.#onVersion;
    this.#waiting.clear();
    this.#onVersion = undefined;
    onVersion?.refuse(0, error);
    for (const [id, taker] of all) taker.refuse(id, error);
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
