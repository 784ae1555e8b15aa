import { entriesOf, objectValue, stringValue, type Value } from "@ingot/hcl";

/** The language has no bytes. In artifact state they are an object with this one attribute: base64 text. */
const ATTRIBUTE = "$bytes";

/** Gives the value that stands for bytes; it survives being written as JSON. */
export function bytesValue(bytes: Uint8Array): Value {
  return objectValue({ [ATTRIBUTE]: stringValue(Buffer.from(bytes).toString("base64")) });
}

/** Gives the bytes that a known object stands for; undefined for any other object. */
export function bytesOf(value: Value): Buffer | undefined {
  const entries = entriesOf(value);
  if (entries.size !== 1) return undefined;
  const text = entries.get(ATTRIBUTE)?.raw;
  return typeof text === "string" ? Buffer.from(text, "base64") : undefined;
}
