import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startFileServer, type FileServer } from "../testing/file-server.js";
import { makeFolder, partContext } from "../testing/part-session.js";
import { checksumText } from "./checksum.js";
import { checkIsoChecksum, resolveChecksum } from "./resolve-checksum.js";

const SHA256 = "0123456789abcdef".repeat(4);

let folder: ReturnType<typeof makeFolder>;
let server: FileServer;
beforeEach(async () => {
  folder = makeFolder();
  server = await startFileServer(Buffer.from(`${"f".repeat(64)}  y.iso\n${SHA256}  x.iso`));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const resolve = async (text: string, url = "http://h/d/x.iso") => {
  const checksum = await resolveChecksum(text, url, partContext({ folder: folder.path }), { retryDelayMs: 1 });
  return checksum && checksumText(checksum);
};

test("of a list on a server, also when that is busy at first", async () => {
  server.treatments.push({ status: 503 }, { cutAfter: 70 });
  expect(await resolve(`file:${server.origin}/SUMS`)).toBe(`sha256:${SHA256}`);
  expect(server.requests).toEqual(["GET /SUMS", "GET /SUMS", "GET /SUMS"]);
});

test("of local lists, by all ways to write a path", async () => {
  mkdirSync(join(folder.path, "d"));
  writeFileSync(join(folder.path, "d", "SUMS"), `SHA256 (sub/x.iso) = ${SHA256}\n`);
  const absolute = join(folder.path, "d", "SUMS");
  for (const location of ["d/SUMS", "./d/SUMS", absolute, `file://${absolute}`]) {
    expect(await resolve(`file:${location}`, "d/sub/x.iso")).toBe(`sha256:${SHA256}`);
  }
});

test("none and nothing give none", async () => {
  expect([await resolve("none"), await resolve("")]).toEqual([undefined, undefined]);
});

test("problems are told with the option's text", async () => {
  const [missing, absent] = [`file:${server.origin}/SUMS`, "file:nowhere"];
  await expect(resolve(missing, "http://h/z.iso")).rejects.toThrow(
    `no checksum found in: ${server.origin}/SUMS in "${missing}"`,
  );
  await expect(resolve(absent)).rejects.toThrow(
    `Error downloading checksum file: open nowhere: no such file or directory in "${absent}"`,
  );
  server.treatments.push({ status: 404 });
  await expect(resolve(missing)).rejects.toThrow(
    `Error downloading checksum file: bad response code: 404 in "${missing}"`,
  );
  await expect(resolve("sha256:xyz")).rejects.toThrow(
    'invalid checksum: encoding/hex: invalid byte: "x" in "sha256:xyz"',
  );
});

test("prepare reports them at the option", async () => {
  const config = { urls: ["z.iso"], targetPath: undefined, targetExtension: "iso" };
  const context = partContext({ folder: folder.path });
  expect(await checkIsoChecksum({ ...config, checksum: "none" }, context)).toBeUndefined();
  expect(await checkIsoChecksum({ ...config, checksum: `file:${server.origin}/S` }, context)).toMatchObject({
    summary: expect.stringContaining("no checksum found in: "),
    path: ["iso_checksum"],
  });
});
