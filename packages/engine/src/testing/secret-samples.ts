import { createHash } from "node:crypto";

/** Numbers between 0 and 1 that are the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
  "'\"\\`$\n\r\t ab1",
  ".*+?^${}()|[]\\ab",
  "äöüßéñ漢字かなкириллица🔑🙂",
  "%20%41+&;\\n\\u0041",
];

/** Secrets of all kinds: quotes, line feeds, other scripts, characters of regular expressions, and starts of one another. */
export function makeSecrets(count: number, random: () => number): readonly string[] {
  const secrets = new Set<string>();
  for (let serial = 0; secrets.size < count; serial++) {
    const alphabet = [...(ALPHABETS[serial % ALPHABETS.length] ?? "")];
    const length = 6 + Math.floor(random() * 40);
    // A core of its own keeps secrets of few characters from standing in ordinary text.
    let secret = createHash("sha256").update(`secret ${serial}`).digest("base64url").slice(0, 8);
    for (let at = 0; at < length; at++) secret += alphabet[Math.floor(random() * alphabet.length)] ?? "";
    secret = secret.replaceAll(/(^|[\r\n])[^\r\n]{1,3}(?=[\r\n]|$)/g, "$1").trim();
    if (serial % 10 === 0) secret = [...secret].slice(0, 12).join("").trim();
    if (secret.length < 8) continue;
    secrets.add(secret);
    if (serial % 7 === 0 && secrets.size < count) secrets.add(`${secret}-and-more`);
  }
  return [...secrets];
}

/** The ways in which a secret may be written. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  "as they are": (secret) => secret,
  "in base64": (secret) => Buffer.from(secret).toString("base64"),
  "in base64 after one byte": (secret) => Buffer.from(`:${secret}`).toString("base64"),
  "in base64 after two bytes": (secret) => Buffer.from(`::${secret}`).toString("base64"),
  "in URL-safe base64": (secret) => Buffer.from(secret).toString("base64url"),
  hexadecimal: (secret) => Buffer.from(secret).toString("hex"),
  "URL-encoded": (secret) => encodeURIComponent(secret),
  "URL-encoded as a form": (secret) => new URLSearchParams({ x: secret }).toString().slice(2),
  "a JSON string": (secret) => JSON.stringify(secret),
  "a JSON string in ASCII": (secret) =>
    JSON.stringify(secret).replaceAll(
      /[<>&\u0080-\uffff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  "quoted for a shell": (secret) => `'${secret.replaceAll("'", "'\\''")}'`,
  "escaped for a shell": (secret) => secret.replaceAll(/[^\w\n]/gu, "\\$&"),
};

/** Texts that only resemble secrets. */
export const disguises: Readonly<Record<string, string>> = {
  "half a secret": "correct hors",
  "percent signs": "100% of 43%, %zz %4",
  backslashes: "C:\\temp\\new \\",
  quotes: `it's "so" ''`,
};

/** A text cut at random places, into pieces of so many characters at most. */
export function randomPieces(text: string, random: () => number, longest = 30): readonly string[] {
  const pieces: string[] = [];
  const characters = [...text];
  for (let at = 0; at < characters.length;) {
    const end = at + 1 + Math.floor(random() * longest);
    pieces.push(characters.slice(at, end).join(""));
    at = end;
  }
  return pieces;
}
