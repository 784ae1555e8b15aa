/** What one packet of SSH carries: OpenSSH's limit, and that of ssh2. */
const PACKET_BYTES = 32 * 1024;
const BUFFER_BYTES = 2 * PACKET_BYTES;

/**
 * Joins small pieces of a stream to packets, and cuts large ones without copying most of them. What is put together at one time
 * leaves together.
 */
export class PacketWriter {
  readonly #write: (packet: Buffer, isBorrowed: boolean) => void;
  #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  /** The packet that is being filled, in the buffer. What is before it has been sent, and must stay as it is. */
  #start = 0;
  #end = 0;
  #isScheduled = false;

  /** Packets that are borrowed are a part of what was appended, whose owner may change it later. */
  constructor(write: (packet: Buffer, isBorrowed: boolean) => void) {
    this.#write = write;
  }

  /** Gives room for a piece of at most a packet's size, to be filled at once: a buffer and where the piece begins in it. */
  reserve(size: number): { readonly into: Buffer; readonly at: number } {
    if (size > this.#room) this.flush();
    if (size > this.#room) this.#replace();
    const at = this.#end;
    this.#end += size;
    this.#schedule();
    return { into: this.#buffer, at };
  }

  /** Appends bytes. */
  append(bytes: Buffer): void {
    let at = Math.min(bytes.length, this.#room);
    bytes.copy(this.#buffer, this.#end, 0, at);
    this.#end += at;
    if (at < bytes.length) this.flush();
    for (; bytes.length - at >= PACKET_BYTES; at += PACKET_BYTES)
      this.#write(bytes.subarray(at, at + PACKET_BYTES), true);
    const rest = bytes.length - at;
    if (rest > 0) {
      const room = this.reserve(rest);
      bytes.copy(room.into, room.at, at);
    } else this.#schedule();
  }

  readonly flush = (): void => {
    this.#isScheduled = false;
    if (this.#end === this.#start) return;
    const packet = this.#buffer.subarray(this.#start, this.#end);
    this.#start = this.#end;
    if (this.#room < PACKET_BYTES / 4) this.#replace();
    this.#write(packet, false);
  };

  get #room(): number {
    return Math.min(this.#start + PACKET_BYTES, BUFFER_BYTES) - this.#end;
  }

  #replace(): void {
    this.#buffer = Buffer.allocUnsafe(BUFFER_BYTES);
    this.#start = 0;
    this.#end = 0;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(this.flush);
  }
}
