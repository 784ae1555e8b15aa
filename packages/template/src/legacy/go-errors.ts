/** Something that is wrong with a legacy template, in the words that its users know. */
export class LegacyError extends Error {
  override readonly name = "LegacyError";
}

/** Joins errors of one kind as the reference does: a count and an indented list. Undefined without errors. */
export function joinErrors(errors: readonly string[]): LegacyError | undefined {
  if (errors.length === 0) return undefined;
  const head = errors.length === 1 ? "1 error occurred:" : `${errors.length} errors occurred:`;
  return new LegacyError(`${head}\n${errors.map((error) => `\t* ${error}\n`).join("")}\n`);
}

/** Joins errors of decoding: sorted, without indent. */
export function joinDecodingErrors(errors: readonly string[]): LegacyError | undefined {
  if (errors.length === 0) return undefined;
  const sorted = [...errors].sort();
  return new LegacyError(`${errors.length} error(s) decoding:\n\n${sorted.map((error) => `* ${error}`).join("\n")}`);
}
