/**
 * Trouble that the user can do something about: a broken base image, a registry that refuses, a kernel without namespaces.
 * `attribute` names the option that the trouble belongs to, when there is one.
 */
export class OciError extends Error {
  readonly code: string;
  readonly attribute: string | undefined;

  constructor(code: string, message: string, options: { attribute?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "OciError";
    this.code = code;
    this.attribute = options.attribute;
  }
}

/** Gives the message of an unknown thrown value. */
export function messageOf(value: unknown): string {
  if (typeof value === "object" && value !== null && "message" in value) return String(value.message);
  return String(value);
}

/** Gives the `code` of a system error such as "ENOENT", or undefined. */
export function errorCode(value: unknown): string | undefined {
  if (typeof value === "object" && value !== null && "code" in value && typeof value.code === "string")
    return value.code;
  return undefined;
}
