import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DirectMachine } from "./direct-machine.js";
import { localMachine } from "./local-machine.js";
import { connectMachine } from "./machine-client.js";
import type { Machine } from "./machine.js";
import { noOpMachine } from "./none-machine.js";
import type { RemoteMachine } from "./remote-machine.js";
import { serveMachine } from "./testing/served-machine.js";

let dir: string;
let root: string;
const closing: AsyncDisposable[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ingot-transfer-"));
  root = join(dir, "root");
  mkdirSync(root);
});
afterEach(async () => {
  for (const item of closing.splice(0).reverse()) await item[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

type Connect = (machine: Machine) => Promise<RemoteMachine>;

/** Uses a machine of this process. */
function inProcess(machine: Machine): Promise<RemoteMachine> {
  const access = { machine, signal: new AbortController().signal };
  return Promise.resolve(new DirectMachine(access, { signal: new AbortController().signal }));
}

/** Serves a machine and connects to it, through a real socket. */
async function overSocket(machine: Machine): Promise<RemoteMachine> {
  const served = await serveMachine(machine);
  const client = await connectMachine(served.ref, { signal: new AbortController().signal });
  closing.push(served, client);
  return client;
}

/** A machine that leaves folder transfers to the SDK. */
function plainMachine(): Machine {
  const machine = localMachine();
  delete machine.uploadDir;
  delete machine.downloadDir;
  return machine;
}

function makeTree(): string {
  const source = join(dir, "source");
  mkdirSync(join(source, "sub", "empty"), { recursive: true });
  writeFileSync(join(source, "a.txt"), "alpha");
  writeFileSync(join(source, "sub", "run.sh"), "#!/bin/sh\n");
  chmodSync(join(source, "sub", "run.sh"), 0o755);
  symlinkSync("../a.txt", join(source, "sub", "link"));
  writeFileSync(join(source, "big"), Buffer.alloc(3_000_000, "b"));
  return source;
}

function expectTree(at: string): void {
  expect(readFileSync(join(at, "a.txt"), "utf8")).toBe("alpha");
  expect(statSync(join(at, "sub", "run.sh")).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(at, "sub", "link"))).toBe("../a.txt");
  expect(statSync(join(at, "sub", "empty")).isDirectory()).toBe(true);
  expect(statSync(join(at, "big")).size).toBe(3_000_000);
}

const ways: readonly { readonly name: string; readonly connect: Connect }[] = [
  { name: "through a socket", connect: overSocket },
  { name: "in one process", connect: inProcess },
];

describe.each(ways)("$name", ({ connect }) => {
  describe("files", () => {
    test("are uploaded with their mode, and downloaded again", async () => {
      const machine = await connect(localMachine({ root }));
      const local = join(dir, "tool");
      writeFileSync(local, Buffer.alloc(2_500_000, "x"));
      chmodSync(local, 0o750);
      const seen: number[] = [];
      await machine.upload(local, "/tool", { onProgress: (bytes) => seen.push(bytes) });
      expect(statSync(join(root, "tool")).mode & 0o777).toBe(0o750);
      expect(seen.at(-1)).toBe(2_500_000);
      await machine.download("/tool", join(dir, "back"));
      expect(readFileSync(join(dir, "back")).equals(readFileSync(local))).toBe(true);
    });

    test("are uploaded from bytes, and downloaded into a stream", async () => {
      const machine = await connect(localMachine({ root }));
      await machine.upload(Buffer.from("text"), "/note", { mode: 0o600 });
      expect(statSync(join(root, "note")).mode & 0o777).toBe(0o600);
      let text = "";
      const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => ((text += chunk.toString()), done()) });
      await machine.download("/note", sink);
      expect(text).toBe("text");
    });

    test("that are not there are an error, and leave no local file", async () => {
      const machine = await connect(localMachine({ root }));
      await expect(machine.download("/nothing", join(dir, "back"))).rejects.toThrow("ENOENT");
      expect(existsSync(join(dir, "back"))).toBe(false);
    });

    test("that cannot be written or read here are an error", async () => {
      const machine = await connect(localMachine({ root }));
      writeFileSync(join(root, "note"), "text");
      await expect(machine.download("/note", join(dir, "no", "such", "folder"))).rejects.toThrow("ENOENT");
      await expect(machine.upload(join(dir, "nothing"), "/x")).rejects.toThrow("ENOENT");
      await expect(machine.upload(dir, "/x")).rejects.toThrow("EISDIR");
    });

    test("are closed on the machine's side when the caller goes away", async () => {
      let isClosed = false;
      const machine = await connect({
        ...noOpMachine(),
        download: (path) =>
          Promise.resolve({
            file: { path },
            content: (async function* () {
              try {
                for (;;) yield Buffer.alloc(65_536);
              } finally {
                isClosed = true;
              }
            })(),
          }),
      });
      const controller = new AbortController();
      const stuck = new Writable({ highWaterMark: 1, write: () => controller.abort(new Error("gone")) });
      await expect(
        Promise.race([
          machine.download("/x", stuck, { signal: controller.signal }),
          new Promise((_resolve, reject) => {
            controller.signal.addEventListener("abort", () => reject(controller.signal.reason as Error));
          }),
        ]),
      ).rejects.toThrow("gone");
      for (let i = 0; i < 200 && !isClosed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(isClosed).toBe(true);
    });

    test("stop when they are aborted", async () => {
      const machine = await connect(localMachine({ root }));
      const controller = new AbortController();
      const endless = (async function* () {
        for (;;) {
          yield Buffer.alloc(65_536);
          if (!controller.signal.aborted) controller.abort(new Error("enough"));
        }
      })();
      await expect(machine.upload(endless, "/endless", { signal: controller.signal })).rejects.toThrow("enough");
    });
  });

  describe("folders", () => {
    const machines = [
      { name: "a local machine", make: () => localMachine() },
      { name: "a machine without folder transfers of its own", make: plainMachine },
    ];

    test.each(machines)("go up as themselves or as their content to $name", async ({ make }) => {
      const machine = await connect(make());
      const source = makeTree();
      await machine.uploadDir(source, join(dir, "as-folder"));
      expectTree(join(dir, "as-folder", "source"));
      await machine.uploadDir(`${source}/`, join(dir, "as-content"), { exclude: ["sub/empty"] });
      expect(existsSync(join(dir, "as-content", "sub", "empty"))).toBe(false);
      expect(readFileSync(join(dir, "as-content", "a.txt"), "utf8")).toBe("alpha");
    });

    test.each(machines)("come down as themselves or as their content from $name", async ({ make }) => {
      const machine = await connect(make());
      const source = makeTree();
      mkdirSync(join(dir, "down"));
      await machine.downloadDir(source, join(dir, "down"));
      expectTree(join(dir, "down", "source"));
      mkdirSync(join(dir, "flat"));
      await machine.downloadDir(`${source}/`, join(dir, "flat"), { exclude: ["big"] });
      expect(readFileSync(join(dir, "flat", "a.txt"), "utf8")).toBe("alpha");
      expect(existsSync(join(dir, "flat", "big"))).toBe(false);
    });

    test("of a machine that lies cannot write outside the destination", async () => {
      const evil: Machine = {
        ...noOpMachine(),
        async *downloadDir() {
          yield { kind: "symlink", path: "out", linkTarget: dir };
          yield { kind: "file", path: "out/stolen", content: [Buffer.from("x")] as unknown as AsyncIterable<Buffer> };
        },
      };
      const machine = await connect(evil);
      mkdirSync(join(dir, "down"));
      await machine.downloadDir("/x/", join(dir, "down")).catch(() => {});
      expect(existsSync(join(dir, "stolen"))).toBe(false);
      const climbing: Machine = {
        ...noOpMachine(),
        async *downloadDir() {
          yield { kind: "file", path: "../stolen", content: [Buffer.from("x")] as unknown as AsyncIterable<Buffer> };
        },
      };
      const climber = await connect(climbing);
      await expect(climber.downloadDir("/x/", join(dir, "down"))).rejects.toThrow("leads out of the folder");
      expect(existsSync(join(dir, "stolen"))).toBe(false);
    });
  });

  describe("a machine with a root folder", () => {
    test("follows links as a process with that root would", async () => {
      const machine = await connect(localMachine({ root }));
      mkdirSync(join(root, "run"));
      mkdirSync(join(root, "var"));
      symlinkSync("/run", join(root, "var", "run"));
      await machine.upload(Buffer.from("1"), "/var/run/pid");
      expect(readFileSync(join(root, "run", "pid"), "utf8")).toBe("1");
      symlinkSync("/etc/passwd", join(root, "passwd"));
      await expect(machine.download("/passwd", join(dir, "back"))).rejects.toThrow("ENOENT");
      symlinkSync("../../../../../../etc", join(root, "up"));
      await expect(machine.download("/up/passwd", join(dir, "back"))).rejects.toThrow("ENOENT");
      symlinkSync("loop", join(root, "loop"));
      await expect(machine.download("/loop", join(dir, "back"))).rejects.toThrow("ELOOP");
    });

    test("writes a link over a file and not through it", async () => {
      const machine = await connect(localMachine({ root }));
      const source = join(dir, "source");
      mkdirSync(source);
      symlinkSync("/etc/passwd", join(source, "link"));
      await machine.uploadDir(`${source}/`, "/target");
      expect(lstatSync(join(root, "target", "link")).isSymbolicLink()).toBe(true);
      await machine.uploadDir(`${source}/`, "/target");
    });
  });

  describe("commands", () => {
    test("have standard input, environment, folder and a status", async () => {
      const machine = await connect(localMachine());
      const lines: string[] = [];
      const exit = await machine.run('read line; echo "$line $WHO $(pwd)"; echo bad >&2; exit 7', {
        stdin: "hello\n",
        env: { WHO: "you" },
        cwd: root,
        stdout: (line) => lines.push(`out ${line}`),
        stderr: (line) => lines.push(`err ${line}`),
      });
      expect(exit).toEqual({ status: 7 });
      expect(lines.sort()).toEqual(["err bad", `out hello you ${root}`]);
    });

    test("may leave their standard input alone", async () => {
      const machine = await connect(localMachine());
      const endless = (async function* () {
        for (;;) yield Buffer.alloc(65_536);
      })();
      expect(await machine.run("exit 0", { stdin: endless })).toEqual({ status: 0 });
    });

    test("show only what stayed of overwritten lines", async () => {
      const machine = await connect(localMachine());
      const lines: string[] = [];
      await machine.run(String.raw`printf '10%%\r100%%  \nlast'`, { stdout: (line) => lines.push(line) });
      expect(lines).toEqual(["100%", "last"]);
    });

    test("tell the signal that ended them", async () => {
      const machine = await connect(localMachine());
      expect(await machine.run("kill -9 $$")).toEqual({ status: 137, signal: "KILL" });
    });

    test("that cannot be started are an error", async () => {
      const machine = await connect(localMachine());
      await expect(machine.run(["/no/such/program"])).rejects.toThrow("ENOENT");
    });

    test("run behind a prefix, in a folder behind it", async () => {
      const machine = await connect(localMachine({ spawnPrefix: ["env", "PREFIXED=yes"] }));
      const lines: string[] = [];
      await machine.run(["sh", "-c", "echo $PREFIXED; pwd"], { cwd: root, stdout: (line) => lines.push(line) });
      expect(lines).toEqual(["yes", root]);
    });
  });
});

describe.each([
  { how: "in the same process", connect: inProcess },
  { how: "over a socket", connect: overSocket },
] as const)("exact modes and removing $how", ({ connect }) => {
  test("go to a machine that has quick ways for them", async () => {
    const calls: unknown[] = [];
    const quick: Machine = {
      ...localMachine(),
      upload: (file, _content, { exactMode }) => {
        calls.push([file.path, exactMode]);
        return Promise.resolve({ isModeSet: exactMode !== undefined });
      },
      removeFile: (path) => {
        calls.push(path);
        return Promise.resolve(path === "/there");
      },
    };
    const machine = await connect(quick);
    expect(await machine.upload(Buffer.from("x"), "/a", { exactMode: 0o755 })).toEqual({ isModeSet: true });
    expect(await machine.upload(Buffer.from("x"), "/b")).toEqual({ isModeSet: false });
    expect(await machine.removeFile("/there")).toBe(true);
    expect(await machine.removeFile("/busy")).toBe(false);
    expect(calls).toEqual([["/a", 0o755], ["/b", undefined], "/there", "/busy"]);
  });

  test("are left to commands where there are none", async () => {
    const machine = await connect(localMachine());
    const path = join(root, "file");
    expect(await machine.upload(Buffer.from("x"), path, { exactMode: 0o755 })).toEqual({ isModeSet: false });
    expect(await machine.removeFile(path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  });
});

test("a machine whose plugin knows nothing of removing leaves it to commands", async () => {
  const served = await serveMachine(localMachine(), { without: ["removeFile"] });
  const client = await connectMachine(served.ref, { signal: new AbortController().signal });
  closing.push(served, client);
  expect(await client.removeFile("/tmp/x")).toBe(false);
});
