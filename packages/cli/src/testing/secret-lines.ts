import { createHash } from "node:crypto";

/** Characters of all kinds that secrets may have. */
const ALPHABETS = [
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
  "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
  "'\"\\`$abcdefghij",
  ".*+?^${}()|[]\\abcdef",
  "äöüßéñ漢字かなкириллица🔑🙂",
  "%20%41+&;\\n\\u0041",
];

/** Secrets that each begin with eight characters of their own; some are the start of another, some have several lines. */
export function makeSampleSecrets(count: number): readonly string[] {
  const secrets: string[] = [];
  for (let serial = 0; secrets.length < count; serial++) {
    const digest = createHash("sha256").update(`sample ${serial}`).digest();
    const alphabet = [...(ALPHABETS[serial % ALPHABETS.length] ?? "")];
    let secret = digest.toString("base64url").slice(0, 12);
    for (const byte of digest.subarray(0, 8 + (serial % 20))) secret += alphabet[byte % alphabet.length] ?? "";
    if (serial % 9 === 0) secret += `\nsecond-${digest.toString("hex").slice(0, 12)}`;
    secrets.push(secret);
    if (serial % 7 === 0 && secrets.length < count) secrets.push(`${secret}-and-more`);
  }
  return secrets;
}

/** One way to write a secret, and eight characters near its start that nothing else has. */
interface DisguisedForm {
  readonly form: string;
  readonly start: string;
}

/** The secret in ten encodings. */
export function disguisedForms(secret: string): readonly DisguisedForm[] {
  const base64 = (before: string): string => Buffer.from(before + secret).toString("base64");
  const forms: readonly (readonly [string, number])[] = [
    [secret, 0],
    [base64(""), 0],
    [base64(":"), 4],
    [base64("::"), 4],
    [Buffer.from(secret).toString("base64url"), 0],
    [Buffer.from(secret).toString("hex"), 0],
    [encodeURIComponent(secret), 0],
    [new URLSearchParams({ x: secret }).toString().slice(2), 0],
    [JSON.stringify(secret), 1],
    [`'${secret.replaceAll("'", "'\\''")}'`, 1],
  ];
  return forms.map(([form, at]) => ({ form, start: form.slice(at, at + 8) }));
}

/** A program that prints all of samples.json in chunks of random sizes, to both streams, and fails. */
export function emitterScript(): string {
  return `
import { readFileSync, writeSync } from "node:fs";
const samples = JSON.parse(readFileSync("samples.json", "utf8"));
const bytes = Buffer.from(samples.map(({ form }) => "sample [ " + form + " ] sample-end\\n").join(""));
let state = 7;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
let turn = 0;
for (let at = 0; at < bytes.length; turn++) {
  const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 2000));
  for (let from = at; from < end; ) {
    try {
      from += writeSync(1, bytes, from, end - from);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
  at = end;
}
for (const { form } of samples.slice(0, 500)) console.error("error sample [ " + form + " ]");
process.exitCode = 3;
`;
}
