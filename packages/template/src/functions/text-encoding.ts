import { isError } from "@ingot/diag";
import { FunctionError } from "@ingot/hcl";

/** Names of the web's decoders that are no IANA names. */
const NOT_IANA = new Set([
  "utf8",
  "unicode-1-1-utf-8",
  "sjis",
  "x-sjis",
  "dos-874",
  "korean",
  "x-x-big5",
  "cp1252",
  "x-cp1252",
]);

interface Charset {
  decode(bytes: Uint8Array): string | undefined;
  encode(text: string): Uint8Array | undefined;
}

const UTF16_SUFFIX = /^utf-?16(be|le)?$/;

const LATIN1 = ["iso-8859-1", "iso_8859-1", "latin1", "l1", "ibm819", "cp819", "iso_8859-1:1987", "iso-ir-100"];

/** The name of a charset in the registry, as far as it is not the usual one. */
function properName(name: string): string {
  return LATIN1.includes(name.toLowerCase()) ? "ISO_8859-1:1987" : name;
}

function charsetOf(name: string): Charset {
  const key = name.toLowerCase();
  const sixteen = UTF16_SUFFIX.exec(key);
  if (sixteen && key.includes("-")) return utf16(sixteen[1]);
  if (LATIN1.includes(key)) return latin1(256);
  if (["us-ascii", "ascii", "iso646-us", "us", "ibm367", "cp367"].includes(key)) return latin1(128);
  if (NOT_IANA.has(key)) throw unsupported(name);
  try {
    return byDecoder(key);
  } catch (error) {
    if (isError(error) && error.name === "RangeError") throw unsupported(name);
    throw error;
  }
}

function unsupported(name: string): FunctionError {
  return new FunctionError(`${JSON.stringify(name)} is not a supported IANA encoding name or alias`, 1);
}

function latin1(size: number): Charset {
  const fits = (codes: readonly number[]): boolean => codes.every((code) => code < size);
  return {
    decode: (bytes) => (fits([...bytes]) ? String.fromCharCode(...bytes) : undefined),
    encode: (text) => {
      const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
      return fits(codes) ? Uint8Array.from(codes) : undefined;
    },
  };
}

function utf16(order: string | undefined): Charset {
  const isLittle = order === "le";
  return {
    decode: (bytes) => decodeWith(isLittle ? "utf-16le" : "utf-16be", bytes),
    encode: (text) => {
      const bytes = Buffer.from(order === undefined ? `\ufeff${text}` : text, "utf16le");
      return isLittle ? bytes : bytes.swap16();
    },
  };
}

function decodeWith(label: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Any other charset: what JavaScript decodes, turned around for encoding. */
function byDecoder(label: string): Charset {
  const { encoding } = new TextDecoder(label);
  return {
    decode: (bytes) => decodeWith(encoding, bytes),
    encode: (text) => (encoding === "utf-8" ? new TextEncoder().encode(text) : encodeByTable(encoding, text)),
  };
}

function encodeByTable(encoding: string, text: string): Uint8Array | undefined {
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const add = (...bytes: number[]): void => {
    try {
      const character = decoder.decode(Uint8Array.from(bytes));
      if ([...character].length === 1 && !table.has(character)) table.set(character, bytes);
    } catch {
      // This byte sequence stands for nothing.
    }
  };
  for (let byte = 0; byte < 256; byte++) add(byte);
  const isMultiByte = /^(?:gb|big5|euc|shift)/.test(encoding);
  if (isMultiByte)
    for (let lead = 0x81; lead < 0xff; lead++) for (let trail = 0x40; trail < 0xff; trail++) add(lead, trail);
  const bytes: number[] = [];
  for (const character of text) {
    const found = table.get(character);
    if (found === undefined) return undefined;
    bytes.push(...found);
  }
  return Uint8Array.from(bytes);
}

/** Encodes a text in a charset given by its IANA name. Throws FunctionError. */
export function encodeText(text: string, name: string): Uint8Array {
  const bytes = charsetOf(name).encode(text);
  if (bytes === undefined)
    throw new FunctionError(
      `the given string contains characters that cannot be represented in ${properName(name)}`,
      0,
    );
  return bytes;
}

/** Decodes bytes in a charset given by its IANA name. Throws FunctionError. */
export function decodeText(bytes: Uint8Array, name: string): string {
  const text = charsetOf(name).decode(bytes);
  if (text === undefined)
    throw new FunctionError(`the given string contains symbols that are not defined for ${properName(name)}`, 0);
  return text;
}
