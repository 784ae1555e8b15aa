import { extname } from "node:path";

const BY_SUFFIX: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".gif": "image/gif",
  ".htm": "text/html; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".xml": "text/xml; charset=utf-8",
};

const SIGNATURES: readonly (readonly [pattern: RegExp, type: string])[] = [
  [
    /^[\t\n\f\r ]*<(?:!doctype html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|!--)[ >]/i,
    "text/html; charset=utf-8",
  ],
  [/^[\t\n\f\r ]*<\?xml/, "text/xml; charset=utf-8"],
  [/^%PDF-/, "application/pdf"],
  [/^\x1f\x8b\x08/, "application/x-gzip"],
  [/^PK\x03\x04/, "application/zip"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^\xef\xbb\xbf/, "text/plain; charset=utf-8"],
];

/** The media type of a file, by its name or else by how it begins. */
export function contentType(name: string, start: Uint8Array): string {
  return BY_SUFFIX[extname(name).toLowerCase()] ?? sniffedType(start);
}

/** The media type of data by how it begins. */
export function sniffedType(start: Uint8Array): string {
  const text = Buffer.from(start.subarray(0, 512)).toString("latin1");
  const known = SIGNATURES.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return known[1];
  const isBinary = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/.test(text);
  return isBinary ? "application/octet-stream" : "text/plain; charset=utf-8";
}
