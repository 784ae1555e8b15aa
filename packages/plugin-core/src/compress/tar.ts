import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename } from "node:path";
import { failedCall } from "../system-error.js";

const BLOCK = 512;

/**
 * Writes files as a GNU tar archive: base names only, with mode, owner and group, all dated 1970-01-01 so that equal files give
 * equal archives. Rejects for what is not a file.
 */
export async function* tar(files: readonly string[]): AsyncGenerator<Uint8Array, void, undefined> {
  const [users, groups] = await Promise.all([namesIn("/etc/passwd"), namesIn("/etc/group")]);
  for (const path of files) {
    const info = await stat(path).catch(failedCall(`Unable to read file ${path}: `, "open", path));
    if (info.isDirectory()) throw new Error(`Failed to copy ${path} data to archive: read ${path}: is a directory`);
    if (!info.isFile()) throw new Error(`Failed to copy ${path} data to archive: it is not a regular file`);
    const name = Buffer.from(basename(path));
    if (name.length > 100) yield* longName(name);
    yield header({
      name,
      mode: info.mode & 0o777,
      uid: info.uid,
      gid: info.gid,
      size: info.size,
      type: "0",
      user: users.get(info.uid) ?? "",
      group: groups.get(info.gid) ?? "",
    });
    let written = 0;
    if (info.size > 0) {
      const content = createReadStream(path, { end: info.size - 1, highWaterMark: 1 << 18 });
      content.once("error", () => {}); // it comes by the loop
      try {
        for await (const chunk of content) {
          written += (chunk as Buffer).length;
          yield chunk as Buffer;
        }
      } catch (error) {
        failedCall(`Unable to read file ${path}: `, "open", path)(error);
      }
    }
    if (written !== info.size) throw new Error(`Failed to copy ${path} data to archive: it became shorter meanwhile`);
    yield padding(info.size);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** GNU's entry for a name that has no room in the header. */
function* longName(name: Buffer): Generator<Buffer, void, undefined> {
  const size = name.length + 1;
  yield header({ name: Buffer.from("././@LongLink"), mode: 0, uid: 0, gid: 0, size, type: "L", user: "", group: "" });
  yield Buffer.concat([name, Buffer.alloc(1)]);
  yield padding(size);
}

interface Entry {
  readonly name: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly type: string;
  readonly user: string;
  readonly group: string;
}

function header({ name, mode, uid, gid, size, type, user, group }: Entry): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0, 0, 100);
  writeNumber(block, mode, { at: 100, width: 8 });
  writeNumber(block, uid, { at: 108, width: 8 });
  writeNumber(block, gid, { at: 116, width: 8 });
  writeNumber(block, size, { at: 124, width: 12 });
  writeNumber(block, 0, { at: 136, width: 12 });
  block.write(type, 156);
  block.write("ustar  ", 257);
  Buffer.from(user).copy(block, 265, 0, 31);
  Buffer.from(group).copy(block, 297, 0, 31);
  writeNumber(block, 0, { at: 329, width: 8 });
  writeNumber(block, 0, { at: 337, width: 8 });
  block.fill(" ", 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

/** Octal digits; what has no room becomes GNU's binary form. */
function writeNumber(
  block: Buffer,
  value: number,
  { at, width }: { readonly at: number; readonly width: number },
): void {
  const digits = value.toString(8).padStart(width - 1, "0");
  if (digits.length < width) {
    block.write(digits, at);
    return;
  }
  block[at] = 0x80;
  for (let index = width - 1, rest = value; index > 0; index -= 1, rest = Math.floor(rest / 256)) {
    block[at + index] = rest % 256;
  }
}

function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Names by number of a file like /etc/passwd. Empty where there is none. */
async function namesIn(file: string): Promise<ReadonlyMap<number, string>> {
  const text = await readFile(file, "utf8").catch(() => "");
  const entries = text.split("\n").map((line) => line.split(":"));
  return new Map(entries.reverse().map(([name = "", , id = ""]) => [Number(id), name]));
}
