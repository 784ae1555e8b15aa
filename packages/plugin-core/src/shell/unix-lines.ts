/** Gives text with `\n` at the end of each line: `\r\n` becomes `\n`, a missing last one is added, an empty file stays empty. */
export function unixLines(text: Buffer): Buffer {
  if (text.length === 0) return text;
  const converted = text.includes("\r\n")
    ? Buffer.from(text.toString("latin1").replaceAll("\r\n", "\n"), "latin1")
    : text;
  return converted.at(-1) === 0x0a ? converted : Buffer.concat([converted, Buffer.from("\n")]);
}
