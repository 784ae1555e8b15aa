const SYMBOL = /^[A-Za-z0-9+/]$/;

/** Decodes standard base64 with padding; line breaks are skipped. For bad input gives the offset of the first wrong symbol. */
export function decodeBase64(text: string): Uint8Array | number {
  const symbols: string[] = [];
  let padding = 0;
  for (let at = 0; at < text.length; at++) {
    const symbol = text.charAt(at);
    if (symbol === "\n" || symbol === "\r") continue;
    if (symbol === "=" && symbols.length % 4 >= 2 && symbols.length + padding < Math.ceil(symbols.length / 4) * 4) {
      padding++;
    } else if (padding > 0 || !SYMBOL.test(symbol)) {
      return at;
    } else {
      symbols.push(symbol);
    }
  }
  if ((symbols.length + padding) % 4 !== 0) return text.length - ((symbols.length + padding) % 4);
  return Buffer.from(symbols.join(""), "base64");
}

/** Decodes UTF-8 strictly; `undefined` when the bytes are not valid. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
