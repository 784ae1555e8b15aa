/** Something that keeps a plugin from being packed. The message is for its author: what, where, what to do. */
export class PackError extends Error {
  override readonly name = "PackError";
}
