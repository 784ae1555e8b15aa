import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readLocalDir } from "../local-dir.js";
import { openConnection, type SshConnection } from "./connection.js";
import { openSftp, type Sftp } from "./sftp-session.js";
import { readSettings } from "./settings.js";
import { connectTest, optionsFor, type TestConnection } from "./testing/ssh-session.js";
import { startSshd, whyNoSshd, type TestSshd } from "./testing/start-sshd.js";

const { signal } = new AbortController();
const noLog = (): void => {};
const log = { trace: noLog, debug: noLog, info: noLog, warn: noLog, error: noLog };

(whyNoSshd() === undefined ? describe : describe.skip)("SFTP", () => {
  let sshd: TestSshd;
  let connection: SshConnection;
  let sftp: Sftp;
  let machine: TestConnection;
  beforeAll(async () => {
    sshd = await startSshd();
    const settings = readSettings(optionsFor(sshd), { host: "127.0.0.1", port: sshd.port });
    connection = await openConnection(settings, { signal, log, ask: () => Promise.resolve("") });
    sftp = await openSftp(connection);
    machine = await connectTest(optionsFor(sshd));
  });
  afterAll(async () => {
    await connection.close();
    await machine[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  test("writes and reads far behind 4 GiB", async () => {
    const path = join(sshd.dir, "sparse");
    const at = 2 ** 33 + 7;
    const handle = await sftp.open(path, "w", 0o600);
    await sftp.write(handle, Buffer.from("far away"), at, path);
    expect((await sftp.fstat(handle, path)).size).toBe(at + 8);
    await sftp.close(handle, path);
    const again = await sftp.open(path, "r");
    expect((await sftp.read(again, at + 4, path)).toString()).toBe("away");
    expect((await sftp.read(again, at + 8, path)).length).toBe(0);
    await sftp.close(again, path);
    expect(statSync(path).size).toBe(at + 8);
  });

  test("requests made at one time are each answered", async () => {
    const paths = Array.from({ length: 300 }, (_, i) => join(sshd.dir, `many-${i}-${"x".repeat(i % 200)}`));
    const handles = await Promise.all(paths.map((path) => sftp.open(path, "w")));
    const sizes = paths.map((_, i) => (i * 997) % 40_000);
    await Promise.all(
      handles.map((handle, i) => sftp.write(handle, Buffer.alloc(sizes[i] ?? 0, i), 0, paths[i] ?? "")),
    );
    await Promise.all(handles.map((handle, i) => sftp.close(handle, paths[i] ?? "")));
    expect(sftp.isIdle).toBe(true);
    for (const [i, path] of paths.entries()) {
      expect(readFileSync(path).equals(Buffer.alloc(sizes[i] ?? 0, i))).toBe(true);
    }
    const names = (await sftp.readdir(sshd.dir)).map(({ filename }) => filename);
    expect(names.filter((name) => name.startsWith("many-"))).toHaveLength(300);
  });

  test("a buffer may be used again as soon as the next one is asked for", async () => {
    const buffer = Buffer.alloc(256 * 1024);
    const content = (async function* () {
      for (let i = 0; i < 40; i++) {
        await Promise.resolve();
        yield buffer.fill(i);
      }
    })();
    const path = join(sshd.dir, "reused");
    await machine.machine.upload({ path }, content, { signal });
    const found = readFileSync(path);
    expect(found.length).toBe(40 * buffer.length);
    for (let i = 0; i < 40; i++) {
      const part = found.subarray(i * buffer.length, (i + 1) * buffer.length);
      expect(part.equals(Buffer.alloc(buffer.length, i))).toBe(true);
    }
  });

  test("an exact mode is set also on a file that is there, and the answer says so", async () => {
    const path = join(sshd.dir, "script");
    writeFileSync(path, "old and longer", { mode: 0o600 });
    const content = (async function* () {
      yield Buffer.from(await Promise.resolve("new"));
    })();
    const result = await machine.machine.upload({ path }, content, { signal, exactMode: 0o755 });
    expect(result).toEqual({ isModeSet: true });
    expect(readFileSync(path, "utf8")).toBe("new");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("755");
    expect(await machine.machine.removeFile?.(path, { signal })).toBe(true);
    expect(existsSync(path)).toBe(false);
    expect(await machine.machine.removeFile?.(path, { signal })).toBe(true);
    expect(await machine.machine.removeFile?.(sshd.dir, { signal })).toBe(false);
  });

  test.each([
    { name: "a server that can have few files open", limit: "40" },
    { name: "a server without such a limit", limit: "1024" },
  ])("many small files arrive at $name", async ({ limit }) => {
    await using own = await startSshd();
    execFileSync("prlimit", [
      `--nofile=${limit}:${limit}`,
      "--pid",
      readFileSync(join(own.dir, "sshd.pid"), "utf8").trim(),
    ]);
    await using session = await connectTest(optionsFor(own));
    const source = join(own.dir, "source");
    mkdirSync(join(source, "inner"), { recursive: true });
    for (let i = 0; i < 700; i++)
      writeFileSync(join(source, i % 3 === 0 ? "inner" : "", `file-${i}`), `${i}\n`.repeat(i));
    const target = join(own.dir, "target");
    await session.machine.uploadDir?.(target, readLocalDir(source), { signal, exclude: [] });
    expect(readdirSync(target, { recursive: true })).toHaveLength(701);
    for (const path of readdirSync(source, { recursive: true, encoding: "utf8" })) {
      if (path !== "inner")
        expect(readFileSync(join(target, path)).equals(readFileSync(join(source, path)))).toBe(true);
    }
  });

  test("a small file that cannot be written ends the upload of its folder", async () => {
    const source = join(sshd.dir, "refused");
    const target = join(sshd.dir, "refusing");
    mkdirSync(source);
    for (let i = 0; i < 5; i++) writeFileSync(join(source, `file-${i}`), "text");
    mkdirSync(join(target, "file-3"), { recursive: true });
    const upload = machine.machine.uploadDir?.(target, readLocalDir(source), { signal, exclude: [] });
    await expect(upload).rejects.toThrow(`Cannot write "${join(target, "file-3")}" on the machine`);
    expect(readFileSync(join(target, "file-4"), "utf8")).toBe("text");
  });

  test("a server that cannot start its SFTP gets files by scp", async () => {
    await using broken = await startSshd({ withoutSftp: true, config: "Subsystem sftp /no/such/sftp-server" });
    await using own = await connectTest(optionsFor(broken));
    const path = join(broken.dir, "by-scp");
    const content = (async function* () {
      yield Buffer.from(await Promise.resolve("text"));
    })();
    expect(await own.machine.upload({ path, size: 4 }, content, { signal })).toEqual({ isModeSet: false });
    expect(readFileSync(path, "utf8")).toBe("text");
    expect(await own.machine.removeFile?.(path, { signal })).toBe(false);
  });

  test("what is under way when the connection is lost fails", async () => {
    await using own = await startSshd();
    const settings = readSettings(optionsFor(own), { host: "127.0.0.1", port: own.port });
    const lost = await openConnection(settings, { signal, log, ask: () => Promise.resolve("") });
    const session = await openSftp(lost);
    const handle = await session.open(join(own.dir, "file"), "w");
    const writing = Array.from({ length: 100 }, (_, i) =>
      session.write(handle, Buffer.alloc(100_000), i * 100_000, "file"),
    );
    const ended = Promise.allSettled(writing);
    await own.stop();
    expect((await ended).at(-1)?.status).toBe("rejected");
    await expect(session.stat("/")).rejects.toThrow("No response from server");
    await lost.close();
  });
});
