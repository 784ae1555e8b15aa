/** Before each message: a byte that is 1 when it is compressed, and its length in four. */
const PREFIX_BYTES = 5;

/** Puts the prefix before a message. */
export function frameMessage(message: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + message.length);
  frame[0] = 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, PREFIX_BYTES);
  return frame;
}

/** Takes messages out of the bytes of a stream. They share memory with what came in. */
export class MessageReader {
  #chunks: Buffer[] = [];
  #sizeBytes = 0;
  #wantedBytes = PREFIX_BYTES;

  /** Gives the messages that are complete with this chunk. Throws for a compressed one: nobody asked for it. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#sizeBytes += chunk.length;
    if (this.#sizeBytes < this.#wantedBytes) return [];
    const messages: Buffer[] = [];
    let rest = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks, this.#sizeBytes);
    this.#wantedBytes = PREFIX_BYTES;
    while (rest.length >= PREFIX_BYTES) {
      if (rest[0] !== 0) throw new Error("a message is compressed, which was not agreed on");
      const endsAt = PREFIX_BYTES + rest.readUInt32BE(1);
      if (rest.length < endsAt) {
        this.#wantedBytes = endsAt;
        break;
      }
      messages.push(rest.subarray(PREFIX_BYTES, endsAt));
      rest = rest.subarray(endsAt);
    }
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#sizeBytes = rest.length;
    return messages;
  }
}
