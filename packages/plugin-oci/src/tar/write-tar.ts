import type { TarEntry, TarEntryType } from "./tar-entry.js";

const typeFlags: Record<TarEntryType, string> = {
  file: "0",
  link: "1",
  symlink: "2",
  char: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};
const maxOctal11 = 0o77777777777;
const maxOctal7 = 0o7777777;

/** Two empty blocks: the end of an archive. */
export const tarTrailer: Buffer = Buffer.alloc(1024);

/** The zero bytes that follow `size` bytes of content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

/**
 * Gives the header blocks of an entry: POSIX ustar, preceded by a pax header where ustar cannot say it (long or non-ASCII
 * names, large numbers, extended attributes). Equal entries give equal bytes. The caller writes content and padding.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const path = entry.type === "directory" && entry.path !== "" ? `${entry.path}/` : entry.path || "./";
  const pax = new Map<string, Buffer>();
  const text = (value: string): Buffer => Buffer.from(value, "latin1");
  if (path.length > 100 || (!isAscii(path) && isUtf8(path))) pax.set("path", text(path));
  if (entry.linkTarget.length > 100 || (!isAscii(entry.linkTarget) && isUtf8(entry.linkTarget)))
    pax.set("linkpath", text(entry.linkTarget));
  if (entry.size > maxOctal11) pax.set("size", text(String(entry.size)));
  if (entry.uid > maxOctal7) pax.set("uid", text(String(entry.uid)));
  if (entry.gid > maxOctal7) pax.set("gid", text(String(entry.gid)));
  if (entry.mtime > maxOctal11 || entry.mtime < 0) pax.set("mtime", text(String(entry.mtime)));
  for (const [name, value] of entry.xattrs) pax.set(`SCHILY.xattr.${encodeAttributeName(name)}`, value);
  const main = ustarHeader(path, typeFlags[entry.type], entry);
  if (pax.size === 0) return main;
  const body = paxRecords(pax);
  const paxName = `PaxHeaders.0/${path.replace(/\/$/, "").split("/").at(-1) ?? ""}`.slice(0, 100);
  const head = ustarHeader(paxName, "x", {
    ...entry,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    mtime: 0,
    linkTarget: "",
    devMajor: 0,
    devMinor: 0,
  });
  return Buffer.concat([head, body, tarPadding(body.length), main]);
}

function ustarHeader(path: string, flag: string, entry: Omit<TarEntry, "path" | "type" | "xattrs">): Buffer {
  const header = Buffer.alloc(512);
  header.write(path.slice(0, 100), 0, "latin1");
  writeOctal(header, 100, 8, entry.mode);
  writeOctal(header, 108, 8, entry.uid > maxOctal7 ? 0 : entry.uid);
  writeOctal(header, 116, 8, entry.gid > maxOctal7 ? 0 : entry.gid);
  writeOctal(header, 124, 12, entry.size > maxOctal11 ? 0 : entry.size);
  writeOctal(header, 136, 12, entry.mtime > maxOctal11 || entry.mtime < 0 ? 0 : entry.mtime);
  header.write("        ", 148, "latin1");
  header.write(flag, 156, "latin1");
  header.write(entry.linkTarget.slice(0, 100), 157, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  writeOctal(header, 329, 8, entry.devMajor);
  writeOctal(header, 337, 8, entry.devMinor);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function writeOctal(header: Buffer, offset: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, "0")}\0`, offset, "latin1");
}

function paxRecords(records: ReadonlyMap<string, Buffer>): Buffer {
  const names = [...records.keys()].sort();
  const parts = names.map((name) => paxRecord(name, records.get(name) ?? Buffer.alloc(0)));
  return Buffer.concat(parts);
}

/** A record is "LENGTH KEY=VALUE\n", where LENGTH counts the whole record including its own digits. */
function paxRecord(name: string, value: Buffer): Buffer {
  const rest = Buffer.byteLength(name, "latin1") + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return Buffer.concat([Buffer.from(`${length} ${name}=`, "latin1"), value, Buffer.from("\n")]);
}

/** A pax keyword ends at "=", so GNU tar writes that one, and its own escape, as hexadecimal. */
function encodeAttributeName(name: string): string {
  return name.replace(/%/g, "%25").replace(/=/g, "%3D");
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}

function isUtf8(text: string): boolean {
  const bytes = Buffer.from(text, "latin1");
  return Buffer.from(bytes.toString("utf8"), "utf8").equals(bytes);
}
