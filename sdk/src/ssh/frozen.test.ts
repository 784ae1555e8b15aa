import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startRelay } from "./testing/proxies.js";
import { connectTest, execTest, optionsFor, type TestConnection } from "./testing/ssh-session.js";
import { startSshd, whyNoSshd, type TestSshd } from "./testing/start-sshd.js";

const describeSshd = whyNoSshd() === undefined ? describe : describe.skip;
const SIZE = 2 ** 40;

type Operation = (machine: TestConnection["machine"], dir: string, signal: AbortSignal) => Promise<unknown> | undefined;

const OPERATIONS: readonly { readonly name: string; readonly start: Operation }[] = [
  {
    name: "upload",
    start: (machine, dir, signal) => machine.upload({ path: join(dir, "file"), size: SIZE }, bytes(), { signal }),
  },
  {
    name: "upload of a folder",
    start: (machine, dir, signal) => machine.uploadDir?.(join(dir, "folder"), files(), { signal, exclude: [] }),
  },
  {
    name: "download",
    start: async (machine, dir, signal) => {
      const { content } = await machine.download(join(dir, "large"), { signal });
      for await (const chunk of content) void chunk;
    },
  },
  {
    name: "download of a folder",
    start: async (machine, dir, signal) => {
      const entries = machine.downloadDir?.(join(dir, "tree"), { signal, exclude: [] }) ?? [];
      for await (const { content } of entries) for await (const chunk of content ?? []) void chunk;
    },
  },
  { name: "command", start: (machine, _dir, signal) => execTest({ machine }, "sleep 5", { io: { signal } }) },
];

describeSshd.each(["sftp", "scp"])("a machine that has frozen, with %s", (method) => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
    mkdirSync(join(sshd.dir, "tree"));
    for (const name of ["large", "tree/large"]) execFileSync("truncate", ["-s", String(SIZE), join(sshd.dir, name)]);
  });
  afterAll(async () => {
    await sshd[Symbol.asyncDispose]();
  });

  describe.each(OPERATIONS)("$name", ({ start }) => {
    test.each([
      { name: "before it begins", startFirst: false },
      { name: "in the middle", startFirst: true },
    ])(
      "an abort ends it: $name",
      async ({ startFirst }) => {
        await using relay = await startRelay(sshd.port);
        const options = { ssh_file_transfer_method: method, ssh_port: relay.port };
        await using connection = await connectTest(optionsFor(sshd, options));
        await execTest(connection, "true");
        const controller = new AbortController();
        if (!startFirst) relay.freezeAll();
        const outcome = expect(start(connection.machine, sshd.dir, controller.signal)).rejects.toThrow("enough");
        await new Promise((resolve) => setTimeout(resolve, 300));
        relay.freezeAll();
        controller.abort(new Error("enough"));
        await outcome;
      },
      10_000,
    );
  });
});

async function* bytes(): AsyncGenerator<Buffer, void, undefined> {
  for (;;) {
    yield Buffer.alloc(65_536);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function* files(): AsyncGenerator<
  { path: string; kind: "file"; mode: number; size: number; content: AsyncIterable<Buffer> },
  void,
  undefined
> {
  for (let i = 0; ; i++) {
    yield { path: `file${i}`, kind: "file", mode: 0o644, size: SIZE, content: bytes() };
    await new Promise((resolve) => setImmediate(resolve));
  }
}
