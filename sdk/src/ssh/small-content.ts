/** Joins a content to one buffer. */
export async function collect(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(Buffer.from(chunk)); // it is used later
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

/** Gives a buffer as content. */
export async function* one(bytes: Buffer): AsyncGenerator<Buffer, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

/** The content of a file without any: an empty one. */
export async function* noContent(): AsyncGenerator<never, void, undefined> {
  // nothing
}
