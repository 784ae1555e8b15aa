import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { execFileSync } from "node:child_process";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startFileServer, type FileServer, type Treatment } from "../testing/file-server.js";
import { makeFolder, partContext } from "../testing/part-session.js";
import { testWithTools } from "../testing/tools.js";
import { downloadFile, type FileDownload } from "./download-file.js";

const CONTENT = Buffer.alloc(300_000, "some bytes of an installation medium ");
const digest = (data: Buffer, type = "sha256"): string => createHash(type).update(data).digest("hex");
const CHECKSUM = `sha256:${digest(CONTENT)}`;
const NAME = `${createHash("sha1").update(CHECKSUM).digest("hex")}.iso`;

let folder: ReturnType<typeof makeFolder>;
let server: FileServer;
beforeEach(async () => {
  folder = makeFolder();
  server = await startFileServer(CONTENT);
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

type Options = Partial<FileDownload> & { readonly signal?: AbortSignal };

function get({ signal, ...options }: Options = {}) {
  const context = partContext({ folder: folder.path, ...(signal && { signal }) });
  const download = {
    ...{ description: "ISO", urls: [`${server.origin}/x.iso`], checksum: CHECKSUM, targetExtension: "iso" },
    ...{ retryDelayMs: 1, idleMs: 10_000 },
    ...options,
  };
  return { context, result: downloadFile(download, context) };
}

/** The requests. How much of what was sent before a cut arrived is not for sure. */
const asked = (): string[] => server.requests.map((request) => request.replace(/bytes=[1-9]\d*-$/, "rest"));

const cache = (): string[] =>
  existsSync(join(folder.path, "cache")) ? readdirSync(join(folder.path, "cache")).sort() : [];

test("is downloaded into the cache once, with the lines for the user and progress", async () => {
  const { context, result } = get();
  const { path, url } = await result;
  expect([path, url]).toEqual([join(folder.path, "cache", NAME), `${server.origin}/x.iso`]);
  expect(readFileSync(path).equals(CONTENT)).toBe(true);
  const shown = `${server.origin}/x.iso?checksum=${encodeURIComponent(CHECKSUM)}`;
  expect(context.said).toEqual([
    "Retrieving ISO",
    `Trying ${server.origin}/x.iso`,
    `Trying ${shown}`,
    `${shown} => ${path}`,
  ]);
  expect(context.progressed).toEqual([{ label: "Downloading ISO", total: 300_000, done: 300_000, finished: true }]);
  expect(server.received[0]?.headers).toMatchObject({ "accept-encoding": "identity" });
  expect(cache()).toEqual([NAME]);
  await get().result;
  expect(server.requests).toEqual(["GET /x.iso"]);
  writeFileSync(path, "damaged");
  expect(readFileSync((await get().result).path).equals(CONTENT)).toBe(true);
});

describe("trouble on the way", () => {
  const cut = (bytes: number): Treatment => ({ cutAfter: bytes });
  test.each<{ name: string; treatments: Treatment[]; requests: string[]; tries?: number }>([
    {
      name: "cut connections: it goes on where it was",
      treatments: [cut(100_000), cut(0), cut(50_000)],
      requests: ["", " rest", " rest", " rest"],
    },
    {
      name: "a server without ranges: from the start",
      treatments: [cut(100_000), { ignoresRange: true }],
      requests: ["", " rest"],
    },
    {
      name: "a body that is too short",
      treatments: [{ announcesMore: 10 }],
      requests: ["", " rest"],
    },
    {
      name: "another part than was asked for: from the start",
      treatments: [cut(100_000), { shift: 10 }],
      requests: ["", " rest", ""],
    },
    {
      name: "a busy server",
      treatments: [{ status: 503 }, { status: 429 }, { status: 500 }],
      requests: ["", "", "", ""],
    },
    { name: "a server that stalls", treatments: [{ stallAfter: 70_000 }], requests: ["", " rest"] },
    {
      name: "a server that asks to come back later",
      treatments: [{ status: 503, headers: { "retry-after": "0" } }],
      requests: ["", ""],
    },
    {
      name: "no length: the end of the body is the end",
      treatments: [{ headers: { "content-length": undefined } }],
      requests: [""],
    },
  ])("$name", async ({ treatments, requests }) => {
    server.treatments.push(...treatments);
    const { path } = await get({ idleMs: 300 }).result;
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(asked()).toEqual(requests.map((range) => `GET /x.iso${range}`));
    expect(cache()).toEqual([NAME]);
  });

  test("is given up after some failures without progress; what is there serves the next time", async () => {
    server.treatments.push(cut(100_000), cut(0), cut(0));
    const { context, result } = get({ tries: 3 });
    const problem = "the connection was closed after \\d+ bytes of 300000";
    await expect(result).rejects.toThrow(new RegExp(`^error downloading ISO: \\[${problem}\\]$`));
    expect(context.said.at(-1)).toMatch(new RegExp(`^Download failed ${problem}$`));
    expect(cache()).toEqual([`${NAME}.part`, `${NAME}.part.json`]);
    server.requests.length = 0;
    const { path } = await get().result;
    expect(asked()).toEqual(["GET /x.iso rest"]);
    expect(server.received.at(-1)?.headers["if-range"]).toBe('"1"');
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(cache()).toEqual([NAME]);
  });

  test.each([404, 403, 410])("status %i is final, and the next URL is tried", async (status) => {
    server.treatments.push({ status });
    const urls = [`${server.origin}/a.iso`, `${server.origin}/b.iso`];
    const { context, result } = get({ urls });
    expect((await result).url).toBe(urls[1]);
    expect(context.said).toContain(`Download failed bad response code: ${status}`);
    expect(server.requests).toEqual(["GET /a.iso", "GET /b.iso"]);
  });

  test("all failures are listed", async () => {
    server.treatments.push({ status: 404 }, { status: 403 });
    const { result } = get({ urls: [`${server.origin}/a`, `${server.origin}/b`, "nowhere.iso", "s3::x"] });
    await expect(result).rejects.toThrow(
      "error downloading ISO: [bad response code: 404 bad response code: 403 stat nowhere.iso: no such file or directory " +
        "download not supported for scheme 's3': use http, https, file, or a path]",
    );
    expect(cache()).toEqual([]);
  });

  test("nobody listens", async () => {
    const { port } = server;
    await server[Symbol.asyncDispose]();
    const { result } = get({ urls: [`http://127.0.0.1:${port}/x`], tries: 2 });
    await expect(result).rejects.toThrow(/ECONNREFUSED/);
    server = await startFileServer(CONTENT);
  });
});

describe("the wrong bytes", () => {
  test("are removed, and the next URL is tried", async () => {
    server.content = Buffer.alloc(10);
    const { context, result } = get();
    await expect(result).rejects.toThrow("Checksums did not match for");
    expect(context.said.at(-1)).toBe(`Checksum did not match, removing ${join(folder.path, "cache", NAME)}`);
    expect(cache()).toEqual([]);
    expect(server.requests).toEqual(["GET /x.iso"]);
  });

  test.each([
    { name: "with a validator", etag: '"2"', treatment: {}, checksum: CHECKSUM, requests: 2 },
    {
      name: "where the server ignores it",
      etag: '"2"',
      treatment: { ignoresCondition: true },
      checksum: CHECKSUM,
      requests: 3,
    },
    { name: "without one, by the checksum", etag: undefined, treatment: {}, checksum: CHECKSUM, requests: 3 },
    { name: "without one and without a checksum", etag: undefined, treatment: {}, checksum: "none", requests: 2 },
  ])("never mix with those of a file that was replaced, $name", async ({ etag, treatment, checksum, requests }) => {
    server.content = Buffer.alloc(200_000, "old");
    if (etag === undefined) [server.etag, server.modified] = [undefined, undefined];
    server.treatments.push({ stallAfter: 100_000 });
    await expect(get({ tries: 1, checksum, idleMs: 300 }).result).rejects.toThrow("the server sent nothing");
    [server.content, server.etag] = [CONTENT, etag];
    server.treatments.push(treatment);
    const { path } = await get({ checksum }).result;
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(server.requests).toHaveLength(requests);
  });

  test("of a wrong checksum are asked for again once, not for ever", async () => {
    server.treatments.push({ stallAfter: 1_000 }, {}, { stallAfter: 1_000 });
    await expect(get({ checksum: `sha256:${"0".repeat(64)}`, idleMs: 300 }).result).rejects.toThrow(
      "Checksums did not match for",
    );
    expect(server.requests).toHaveLength(4);
    expect(cache()).toEqual([]);
  });
});

test("without a checksum the server is asked whether the file has changed", async () => {
  const options = { checksum: "none" };
  const { path } = await get(options).result;
  expect(basename(path)).toBe(`${createHash("sha1").update(`${server.origin}/x.iso`).digest("hex")}.iso`);
  await get(options).result;
  expect(server.requests.filter((request) => request.startsWith("GET"))).toHaveLength(1);
  server.content = Buffer.from("new");
  await get(options).result;
  expect(readFileSync(path, "utf8")).toBe("new");
  server.modified = new Date(Date.now() + 60_000).toUTCString();
  server.content = Buffer.from("neu");
  await get(options).result;
  expect(readFileSync(path, "utf8")).toBe("neu");
});

test("redirects are followed, and a login stays with its host", async () => {
  await using other = await startFileServer(CONTENT);
  server.handle = (request, response) => {
    const to = { "/x.iso": "/y?z=1", "/y?z=1": `${other.origin}/final`, "/loop": "/loop", "/ftp": "ftp://x/" }[
      request.url ?? ""
    ];
    if (to !== undefined) response.writeHead(302, { location: to }).end();
    return to !== undefined;
  };
  const { context, result } = get({ urls: [`http://me:s%40cret@127.0.0.1:${server.port}/x.iso`] });
  await result;
  const login = `Basic ${Buffer.from("me:s@cret").toString("base64")}`;
  expect(server.received.map(({ headers }) => headers.authorization)).toEqual([login, login]);
  expect(other.received.map(({ url, headers }) => [url, headers.authorization])).toEqual([["/final", undefined]]);
  expect(context.masked).toContain("s@cret");
  const checksum = "none";
  await expect(get({ checksum, urls: [`${server.origin}/loop`], tries: 1 }).result).rejects.toThrow(
    "stopped after 10 redirects",
  );
  await expect(get({ checksum, urls: [`${server.origin}/ftp`], tries: 1 }).result).rejects.toThrow("of the kind ftp:");
});

test("cancelling ends it at once and keeps what is there", async () => {
  server.treatments.push({ stallAfter: 50_000 });
  const stop = new AbortController();
  const { result, context } = get({ signal: stop.signal });
  while ((context.progressed[0]?.done ?? 0) < 50_000) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort(new Error("enough"));
  await expect(result).rejects.toThrow("enough");
  expect(cache()).toEqual([`${NAME}.part`, `${NAME}.part.json`]);
  expect(statSync(join(folder.path, "cache", `${NAME}.part`)).size).toBe(50_000);
});

describe("the target", () => {
  test.each([
    { targetPath: "sub/my.img", want: "sub/my.img" },
    { targetPath: "sub/dir", want: `sub/dir/${NAME}` },
    { targetPath: undefined, want: `cache/${NAME}` },
  ])("$targetPath is $want", async ({ targetPath, want }) => {
    const { path } = await get({ targetPath }).result;
    expect(path).toBe(join(folder.path, want));
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
  });
});

describe("a local file", () => {
  beforeEach(() => {
    mkdirSync(join(folder.path, "d"));
    writeFileSync(join(folder.path, "d", "a b.iso"), CONTENT);
  });
  const urls = [
    (path: string) => path,
    () => "d/a b.iso",
    () => "./d/../d/a b.iso",
    (path: string) => pathToFileURL(path).href,
    () => "file://d/a%20b.iso",
    (path: string) => `${pathToFileURL(path).href}?checksum=md5:${digest(CONTENT, "md5")}`,
  ];
  test.each(urls)("is used where it is (%#)", async (make) => {
    const url = make(join(folder.path, "d", "a b.iso"));
    expect((await get({ urls: [url] }).result).path).toBe(join(folder.path, "d", "a b.iso"));
    expect(cache()).toEqual([]);
  });

  test("must have its checksum, and is never removed", async () => {
    writeFileSync(join(folder.path, "d", "a b.iso"), "other");
    await expect(get({ urls: ["d/a b.iso"] }).result).rejects.toThrow("Checksums did not match for");
    expect(existsSync(join(folder.path, "d", "a b.iso"))).toBe(true);
  });
});

describe("an archive", () => {
  const options = { targetExtension: "img" };
  test("of gzip is unpacked; its checksum is that of the archive", async () => {
    const packed = (server.content = gzipSync(CONTENT));
    server.treatments.push({ cutAfter: 500 });
    const { path } = await get({ ...options, urls: [`${server.origin}/x.img.gz`], checksum: digest(packed) }).result;
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    expect(cache()).toEqual([basename(path)]);
    const asItIs = `${server.origin}/x.img.gz?archive=false`;
    const kept = await get({ targetExtension: "gz", urls: [asItIs], checksum: digest(packed) }).result;
    expect(readFileSync(kept.path).equals(packed)).toBe(true);
  });

  test("that is none is an error", async () => {
    const { result } = get({ ...options, urls: [`${server.origin}/x.img.gz`] });
    await expect(result).rejects.toThrow("incorrect header check");
    expect(cache()).toEqual([]);
  });

  const pack = (program: string, ...args: string[]): Buffer => {
    const input = program === "tar" ? "" : CONTENT;
    return execFileSync(program, args, { cwd: folder.path, input, maxBuffer: 2 ** 24 });
  };
  for (const [program, suffix] of [
    ["xz", "xz"],
    ["bzip2", "bz2"],
    ["zstd", "zst"],
  ] as const) {
    testWithTools([program], `of ${program} is unpacked`, async () => {
      server.content = pack(program, "-c");
      const { path } = await get({ ...options, urls: [`${server.origin}/x.${suffix}`], checksum: "none" }).result;
      expect(readFileSync(path).equals(CONTENT)).toBe(true);
    });
  }
  testWithTools(["tar", "gzip"], "of tar must have one file", async () => {
    writeFileSync(join(folder.path, "disk.img"), CONTENT);
    server.content = pack("tar", "-czf", "-", "disk.img");
    const local = join(folder.path, "x.tgz");
    writeFileSync(local, server.content);
    const { path } = await get({ ...options, urls: [local], checksum: digest(server.content, "sha512") }).result;
    expect(readFileSync(path).equals(CONTENT)).toBe(true);
    writeFileSync(join(folder.path, "more"), "");
    server.content = pack("tar", "-czf", "-", "disk.img", "more");
    const { result } = get({ ...options, urls: [`${server.origin}/x.tar.gz`], checksum: "none" });
    await expect(result).rejects.toThrow("expected a single file: the archive has 2");
  });
});

test("PACKER_GETTER_READ_TIMEOUT limits how long nothing may arrive", async () => {
  process.env["PACKER_GETTER_READ_TIMEOUT"] = "100ms";
  try {
    server.treatments.push({ stallAfter: 0 });
    await expect(get({ idleMs: undefined, tries: 1 }).result).rejects.toThrow(
      "the server sent nothing for 0.1 seconds",
    );
  } finally {
    delete process.env["PACKER_GETTER_READ_TIMEOUT"];
  }
});
