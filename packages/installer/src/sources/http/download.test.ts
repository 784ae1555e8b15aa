import { randomBytes } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { failureOf } from "../../testing/github-scene.js";
import { sha256 } from "../../testing/greet-release.js";
import { StaticServer } from "../../testing/static-server.js";
import { TestAuthority } from "../../testing/test-authority.js";
import type { Fault } from "../../testing/test-server.js";
import { makeTestFolder } from "../../testing/with-folder.js";
import { download, unexpectedStatus, type Download } from "./download.js";
import { HttpClient } from "./http-client.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const CONTENT = randomBytes(3_500_000);
const OTHER = randomBytes(2_500_000);

interface Scene extends AsyncDisposable {
  readonly server: StaticServer;
  readonly folder: string;
  readonly file: string;
  readonly fetch: (more?: Partial<Download>) => ReturnType<typeof download>;
  /** `Range STATUS` of each request. */
  readonly ranges: () => string[];
}

async function setUp({ idleMs = 5000 }: { idleMs?: number } = {}): Promise<Scene> {
  const server = await StaticServer.start({ authority });
  server.files.set("/a.zip", CONTENT);
  const folder = await makeTestFolder();
  const file = path.join(folder.path, "a.zip");
  const http = new HttpClient({
    version: "1",
    env: { SSL_CERT_FILE: authority.caFile },
    idleMs,
    retries: { attempts: 3, firstDelayMs: 1 },
  });
  return {
    server,
    folder: folder.path,
    file,
    fetch: async (more) =>
      await download(http, {
        url: new URL(`${server.url}/a.zip`),
        file,
        maxBytes: 10_000_000,
        signal: AbortSignal.timeout(60_000),
        refuse: unexpectedStatus,
        ...more,
      }),
    ranges: () => server.requests.map(({ headers, status }) => `${headers.range ?? "whole"} ${status}`),
    [Symbol.asyncDispose]: async () => {
      http[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("a file is hashed while it comes, private, and told of", async () => {
  await using scene = await setUp();
  const progress: [number, number | undefined][] = [];
  const fetched = await scene.fetch({ progress: (done, total) => void progress.push([done, total]) });
  expect(fetched).toEqual({ size: CONTENT.length, sha256: sha256(CONTENT) });
  expect((await readFile(scene.file)).equals(CONTENT)).toBe(true);
  expect((await stat(scene.file)).mode & 0o777).toBe(0o600);
  expect(progress[0]).toEqual([0, CONTENT.length]);
  expect(progress.at(-1)).toEqual([CONTENT.length, CONTENT.length]);
  expect(progress.length).toBeGreaterThan(3);
});

describe("a transfer that breaks off", () => {
  test.each<{ name: string; fault: Fault; idleMs?: number }>([
    { name: "by a cut connection", fault: { cutAfter: 2_000_000 } },
    { name: "by silence", fault: { stallAfter: 2_000_000 }, idleMs: 300 },
  ])("$name goes on from where it was", async ({ fault, idleMs = 5000 }) => {
    await using scene = await setUp({ idleMs });
    scene.server.fail(/./, fault);
    expect(await scene.fetch()).toEqual({ size: CONTENT.length, sha256: sha256(CONTENT) });
    expect((await readFile(scene.file)).equals(CONTENT)).toBe(true);
    const [first, second, ...more] = scene.ranges();
    expect([first, more]).toEqual(["whole 200", []]);
    const from = Number(/^bytes=(\d+)- 206$/.exec(second ?? "")?.[1]);
    expect(from).toBeGreaterThan(1_000_000);
    expect(from).toBeLessThanOrEqual(2_000_000);
    expect(scene.server.requests[1]?.headers["if-range"]).toBe(`"${sha256(CONTENT).slice(0, 32)}"`);
  });

  test("many times goes on as long as it gets on", async () => {
    await using scene = await setUp();
    scene.server.fail(/./, ...Array.from({ length: 3 }, () => ({ cutAfter: 1_100_000 })));
    expect((await scene.fetch()).sha256).toBe(sha256(CONTENT));
    expect(scene.ranges()).toHaveLength(4);
  });

  test("begins anew when the server ignores ranges", async () => {
    await using scene = await setUp();
    scene.server.fail(/./, { cutAfter: 2_000_000 }, { ignoreRange: true });
    expect((await scene.fetch()).sha256).toBe(sha256(CONTENT));
    expect((await readFile(scene.file)).equals(CONTENT)).toBe(true);
    expect(scene.ranges()).toEqual(["whole 200", expect.stringMatching(/^bytes=\d+- 200$/)]);
  });

  test("begins anew when the file is another one now", async () => {
    await using scene = await setUp();
    scene.server.fail(/./, { cutAfter: 2_000_000 });
    const notice = (): void => void scene.server.files.set("/a.zip", OTHER);
    expect(await scene.fetch({ notice })).toEqual({ size: OTHER.length, sha256: sha256(OTHER) });
    expect((await readFile(scene.file)).equals(OTHER)).toBe(true);
  });

  test.each([
    {
      name: "a part of another file",
      answer: { status: 206, headers: { "content-range": "bytes 1-2/3", etag: '"x"' }, body: "xx" },
    },
    { name: "that there is no such part", answer: { status: 416 } },
  ])("begins anew when the server gives $name", async ({ answer }) => {
    await using scene = await setUp();
    scene.server.fail(/./, { cutAfter: 2_000_000 }, { answer });
    expect((await scene.fetch()).sha256).toBe(sha256(CONTENT));
    expect(scene.ranges()).toEqual(["whole 200", expect.stringMatching(/^bytes=/), "whole 200"]);
  });

  test("for good is told, and leaves nothing", async () => {
    await using scene = await setUp();
    scene.server.fail(/./, ...Array.from({ length: 9 }, () => ({ cutAfter: 1000 })));
    expect(await failureOf(scene.fetch())).toMatch(
      /GET https:\/\/localhost:\d+\/a\.zip failed: the connection to localhost:\d+ broke off\.$/,
    );
    expect(scene.server.requests).toHaveLength(3);
    expect(await readdir(scene.folder)).toEqual([]);
  });
});

describe("nothing is left", () => {
  test("of a file that is larger than allowed", async () => {
    await using scene = await setUp();
    expect(await failureOf(scene.fetch({ maxBytes: CONTENT.length - 1 }))).toMatch(
      /is larger than the allowed 3499999 bytes/,
    );
    expect(await readdir(scene.folder)).toEqual([]);
  });

  test("of a file that is not there", async () => {
    await using scene = await setUp();
    const url = new URL(`${scene.server.url}/b.zip?token=secret`);
    expect(await failureOf(scene.fetch({ url }))).toMatch(
      /^InstallError: GET https:\/\/localhost:\d+\/b\.zip failed: the server answered 404\.$/,
    );
    expect(await readdir(scene.folder)).toEqual([]);
  });

  test("of a download that is cancelled", async () => {
    await using scene = await setUp();
    scene.server.fail(/./, { stallAfter: 2_000_000 });
    const abort = new AbortController();
    const reason = new Error("stop");
    const progress = (done: number): void => void (done > 1_000_000 && abort.abort(reason));
    await expect(scene.fetch({ signal: abort.signal, progress })).rejects.toBe(reason);
    expect(await readdir(scene.folder)).toEqual([]);
  });
});

test("a file that is there is not overwritten", async () => {
  await using scene = await setUp();
  await scene.fetch();
  await expect(scene.fetch()).rejects.toThrow("EEXIST");
  expect((await readFile(scene.file)).equals(CONTENT)).toBe(true);
});
