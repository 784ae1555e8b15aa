/**
 * Tells whether an unknown value is an error. `instanceof Error` is false for errors of another realm (Node's core under
 * Jest), and abort reasons are DOMExceptions.
 */
export function isError(value: unknown): value is Error {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object Error]" || tag === "[object DOMException]";
}

/** Gives the message of an unknown thrown value. */
export function messageOf(value: unknown): string {
  return isError(value) ? value.message : String(value);
}
