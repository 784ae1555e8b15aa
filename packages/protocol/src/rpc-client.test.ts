import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http2 from "node:http2";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import { makeSelfSignedCertificate } from "./certificate.js";
import { PluginServiceService as plugins } from "./gen/ingot/plugin/v1/plugin.js";
import type { ExecRequest, UploadRequest } from "./gen/ingot/plugin/v1/communicator.js";
import { CommunicatorServiceService as machines } from "./gen/ingot/plugin/v1/communicator.js";
import { RpcError } from "./rpc-call.js";
import { bidi, clientStream, openClient, serverStream, unary } from "./rpc-client.js";
import { type RpcClient } from "./rpc-connection.js";
import { RPC_STATUS } from "./rpc-status.js";
import { startRpcServer, type ListenAddress, type RpcServer, type ServerTls } from "./rpc-server.js";

let folder = "";
const closers: (() => unknown)[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "rpc-"))));
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** What these servers use of a call of any kind. */
interface TestCall {
  readonly cancelled: boolean;
  on(event: "data", listener: (message: ExecRequest & UploadRequest) => void): TestCall;
  on(event: "drain" | "cancelled" | "end", listener: () => void): TestCall;
  once(event: "data", listener: () => void): TestCall;
  emit(event: "error", status: { readonly code: number; readonly details: string }): boolean;
  write(message: unknown): boolean;
  end(): void;
}

type Reply = (error: { readonly code: number; readonly details?: string } | null, response?: unknown) => void;

type Handlers = Readonly<Record<string, (call: TestCall, reply: Reply) => void>>;

function complete(definition: object, handlers: Handlers): UntypedServiceImplementation {
  const missing = (_: TestCall, reply?: Reply): void => reply?.({ code: RPC_STATUS.unimplemented });
  const all = Object.keys(definition).map((name) => [name, handlers[name] ?? missing]);
  return Object.fromEntries(all) as UntypedServiceImplementation; // TestCall is a part of each kind of call
}

async function serve(
  handlers: Handlers,
  listen: ListenAddress = { socketPath: join(folder, "s") },
  tls?: ServerTls,
): Promise<RpcServer> {
  const services = [plugins, machines].map((definition) => ({ definition, handlers: complete(definition, handlers) }));
  const server = await startRpcServer({ services, listen, ...(tls ? { tls } : {}) });
  closers.push(() => server.close());
  return server;
}

async function connect(handlers: Handlers): Promise<RpcClient> {
  const server = await serve(handlers);
  return keep(await openClient(`unix:${server.address}`));
}

function keep(client: RpcClient): RpcClient {
  closers.push(() => client.close());
  return client;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const textOf = (message: { readonly value: unknown } | undefined): string => (message?.value as Buffer).toString();

const describeRequest = { hostVersion: "1", capabilities: [] };
const describeReply = { name: "x", version: "1", capabilities: [], components: [] };
const download = { access: undefined, path: "/x" };
const chunk = (text: string) => ({ message: { $case: "chunk", value: Buffer.from(text) } }) as const;

describe("unary", () => {
  test("gives the response", async () => {
    const client = await connect({ describe: (_, reply) => reply(null, describeReply) });
    expect(await unary(client, plugins.describe, describeRequest)).toEqual(describeReply);
  });

  test("rejects with status and details", async () => {
    const client = await connect({ describe: (_, reply) => reply({ code: 13, details: "broken" }) });
    const error: unknown = await unary(client, plugins.describe, describeRequest).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RpcError);
    expect(error).toMatchObject({ code: RPC_STATUS.internal, message: "broken", method: plugins.describe.path });
  });

  test("needs a request", async () => {
    const client = await connect({ describe: (_, reply) => reply(null, describeReply) });
    await expect(clientStream(client, plugins.describe, [])).rejects.toMatchObject({ code: RPC_STATUS.internal });
  });

  test("of a method that nobody serves is unimplemented", async () => {
    const client = await connect({});
    const method = { ...plugins.describe, path: "/x.Y/Z" };
    await expect(unary(client, method, describeRequest)).rejects.toMatchObject({
      code: RPC_STATUS.unimplemented,
      message: "there is no method /x.Y/Z",
    });
  });

  test.each([
    { kind: "one response", path: "/ingot.plugin.v1.PluginService/Describe", handler: "describe" },
    { kind: "a stream", path: "/ingot.plugin.v1.CommunicatorService/Exec", handler: "exec" },
  ])("is cancelled on the server when the deadline of the caller is over: $kind", async ({ path, handler }) => {
    let cancelled = (): void => {};
    const isCancelled = new Promise<void>((resolve) => (cancelled = resolve));
    const { address } = await serve({
      [handler]: (call, reply) =>
        call.on("cancelled", () => {
          cancelled();
          // What comes too late changes nothing.
          if (handler === "describe") reply(null, describeReply);
          else call.write({ message: undefined });
          call.emit("error", { code: RPC_STATUS.internal, details: "too late" });
        }),
    });
    const session = http2.connect("http://localhost", { createConnection: () => createConnection(address) });
    closers.push(() => session.destroy());
    const stream = session.request({ ":method": "POST", ":path": path, te: "trailers", "grpc-timeout": "100m" });
    stream.write(Buffer.alloc(5)); // an empty message
    const [trailers] = (await Promise.race([once(stream, "response"), once(stream, "trailers")])) as unknown[];
    await isCancelled;
    expect(trailers).toMatchObject({ "grpc-status": String(RPC_STATUS.deadlineExceeded) });
  });

  test("has a deadline when it is given one", async () => {
    const client = await connect({ describe: () => {} });
    const call = unary(client, plugins.describe, describeRequest, { timeoutMs: 50 });
    await expect(call).rejects.toMatchObject({ code: RPC_STATUS.deadlineExceeded });
  });

  test("rejects with the reason of its signal, and tells the server", async () => {
    let isCancelled = false;
    const controller = new AbortController();
    const client = await connect({
      describe: (call) => {
        call.on("cancelled", () => (isCancelled = true));
        controller.abort(new Error("enough"));
      },
    });
    const call = unary(client, plugins.describe, describeRequest, { signal: controller.signal });
    await expect(call).rejects.toThrow("enough");
    await expect(unary(client, plugins.describe, describeRequest, { signal: controller.signal })).rejects.toThrow(
      "enough",
    );
    for (let i = 0; i < 100 && !isCancelled; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isCancelled).toBe(true);
  });

  test("rejects as unavailable when nobody listens", async () => {
    const client = keep(await openClient(`unix:${join(folder, "nobody")}`));
    await expect(unary(client, plugins.describe, describeRequest)).rejects.toMatchObject({
      code: RPC_STATUS.unavailable,
    });
  });

  test("over TCP takes the one certificate that it was given, and no other", async () => {
    const server = makeSelfSignedCertificate();
    const own = makeSelfSignedCertificate();
    const tls = { certificate: server.certificate, key: server.key, clientCertificate: own.certificate };
    const { address } = await serve(
      { describe: (_, reply) => reply(null, describeReply) },
      { minPort: 0, maxPort: 0 },
      tls,
    );
    const open = async (serverCertificate: string, clientCertificate = own.certificate, clientKey = own.key) =>
      keep(await openClient(`tcp:${address}`, { serverCertificate, clientCertificate, clientKey }));
    expect(await unary(await open(server.certificate), plugins.describe, describeRequest)).toEqual(describeReply);
    const other = makeSelfSignedCertificate();
    const refused = { code: RPC_STATUS.unavailable };
    await expect(unary(await open(other.certificate), plugins.describe, describeRequest)).rejects.toMatchObject(
      refused,
    );
    const stranger = await open(server.certificate, other.certificate, other.key);
    await expect(unary(stranger, plugins.describe, describeRequest)).rejects.toMatchObject(refused);
  });
});

test("many calls share a signal without a warning", async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on("warning", onWarning);
  const controller = new AbortController();
  const client = await connect({ describe: () => {}, exec: () => {} });
  const { signal } = controller;
  const calls = Array.from({ length: 30 }, () => unary(client, plugins.describe, describeRequest, { signal }));
  const streams = Array.from({ length: 30 }, () => collect(bidi(client, machines.exec, { signal })));
  await new Promise((resolve) => setTimeout(resolve, 50));
  controller.abort(new Error("enough"));
  for (const result of await Promise.allSettled([...calls, ...streams])) expect(result.status).toBe("rejected");
  process.off("warning", onWarning);
  expect(warnings).toEqual([]);
});

describe("serverStream", () => {
  test("gives what arrived before an error, then throws it", async () => {
    const client = await connect({
      download: (call) => {
        call.write(chunk("a"));
        call.write(chunk("b"));
        call.emit("error", { code: 13, details: "disk broke" });
      },
    });
    const seen: string[] = [];
    const read = async () => {
      for await (const { message } of serverStream(client, machines.download, download)) {
        if (message?.$case === "chunk") seen.push(message.value.toString());
      }
    };
    await expect(read()).rejects.toMatchObject({ message: "disk broke" });
    expect(seen).toEqual(["a", "b"]);
  });

  test("is cancelled when the loop is left, and holds the server back until then", async () => {
    let sent = 0;
    let onCancelled = () => {};
    const cancelled = new Promise<void>((resolve) => (onCancelled = resolve));
    const big = { message: { $case: "chunk", value: Buffer.alloc(1024 * 1024) } };
    const client = await connect({
      download: (call) => {
        const pump = () => {
          while (!call.cancelled && call.write(big)) sent++;
        };
        call.on("drain", pump).on("cancelled", onCancelled);
        pump();
      },
    });
    for await (const { message } of serverStream(client, machines.download, download)) {
      expect(message?.$case).toBe("chunk");
      await new Promise((resolve) => setTimeout(resolve, 300)); // the server could send gigabytes meanwhile
      break;
    }
    await cancelled;
    expect(sent).toBeLessThan(100);
  });
});

describe("clientStream", () => {
  const upload = (text: string): UploadRequest => ({ message: { $case: "chunk", value: Buffer.from(text) } });

  test("sends all and gives the response", async () => {
    const client = await connect({
      upload: (call, reply) => {
        let text = "";
        call.on("data", ({ message }) => (text += textOf(message)));
        call.on("end", () => reply(null, { diagnostics: [{ severity: 2, summary: text, detail: "", path: [] }] }));
      },
    });
    const { diagnostics } = await clientStream(client, machines.upload, ["a", "b", "c"].map(upload));
    expect(diagnostics[0]?.summary).toBe("abc");
  });

  test("stops taking from its source when the response comes early", async () => {
    let taken = 0;
    let isClosed = false;
    async function* source() {
      try {
        for (;;) {
          taken++;
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield upload("x");
        }
      } finally {
        isClosed = true;
      }
    }
    const client = await connect({
      upload: (call, reply) => call.once("data", () => reply(null, { diagnostics: [] })),
    });
    expect(await clientStream(client, machines.upload, source())).toEqual({ diagnostics: [], exactModeSet: false });
    for (let i = 0; i < 100 && !isClosed; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(isClosed).toBe(true);
    expect(taken).toBeLessThan(1000);
  });

  test("rejects with the error of its source", async () => {
    async function* source() {
      yield upload("x");
      await Promise.resolve();
      throw new Error("file vanished");
    }
    const client = await connect({ upload: () => {} });
    await expect(clientStream(client, machines.upload, source())).rejects.toThrow("file vanished");
  });
});

describe("bidi", () => {
  const stdin = (text: string): ExecRequest => ({ message: { $case: "stdin", value: Buffer.from(text) } });

  test("carries both directions at once", async () => {
    const client = await connect({
      exec: (call) => {
        call.on("data", ({ message }) => call.write({ message: { $case: "stdout", value: message?.value } }));
        call.on("end", () => call.end());
      },
    });
    const call = bidi(client, machines.exec);
    const reading = collect(call);
    for (const text of ["a", "b"]) await call.write(stdin(text));
    call.end();
    expect((await reading).map(({ message }) => textOf(message))).toEqual(["a", "b"]);
    await call.write(stdin("late")); // does nothing
  });

  test("carries more in both directions at once than the system's buffers hold", async () => {
    const client = await connect({
      exec: (call) => {
        call.on("data", ({ message }) => call.write({ message: { $case: "stdout", value: message?.value } }));
        call.on("end", () => call.end());
      },
    });
    const call = bidi(client, machines.exec);
    const reading = collect(call);
    const big: ExecRequest = { message: { $case: "stdin", value: Buffer.alloc(1024 * 1024) } };
    for (let i = 0; i < 16; i++) await call.write(big);
    call.end();
    expect(await reading).toHaveLength(16);
  });

  test("an error that comes before anybody reads is not lost", async () => {
    const client = await connect({ exec: (call) => call.emit("error", { code: 7, details: "no" }) });
    const call = bidi(client, machines.exec);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(collect(call)).rejects.toMatchObject({ code: RPC_STATUS.permissionDenied });
  });

  test("an aborted signal ends the reading with its reason", async () => {
    const controller = new AbortController();
    const client = await connect({ exec: () => controller.abort(new Error("enough")) });
    await expect(collect(bidi(client, machines.exec, { signal: controller.signal }))).rejects.toThrow("enough");
  });

  test("a writer that waits is let go when the call ends", async () => {
    const client = await connect({
      exec: (call) => setTimeout(() => call.emit("error", { code: 13, details: "gone" }), 100),
    });
    const call = bidi(client, machines.exec);
    const reading = collect(call).catch((error: unknown) => error);
    const big: ExecRequest = { message: { $case: "stdin", value: Buffer.alloc(1024 * 1024) } };
    for (let i = 0; i < 64; i++) await call.write(big);
    expect(await reading).toMatchObject({ message: "gone" });
  });
});
