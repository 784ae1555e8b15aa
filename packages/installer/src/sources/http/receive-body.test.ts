import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { TestAuthority } from "../../testing/test-authority.js";
import { TestServer } from "../../testing/test-server.js";
import type { ByteSink } from "./byte-sink.js";
import { HttpClient } from "./http-client.js";
import { receiveBody } from "./receive-body.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const CONTENT = randomBytes(3_000_000);

/** Takes bytes by small rooms; is busy for a moment after each, when it is slow. */
class ListSink implements ByteSink {
  readonly #busyMs: number;
  readonly #rooms: Uint8Array[] = [];
  #room = Buffer.alloc(9000);
  #filled = 0;
  #isBusy = false;
  #busy: Promise<void> | undefined;
  #early = 0;
  /** The most bytes that were brought while it was busy. */
  mostEarly = 0;

  constructor({ busyMs }: { readonly busyMs: number }) {
    this.#busyMs = busyMs;
  }

  get bytes(): Buffer {
    return Buffer.concat([...this.#rooms, this.#room.subarray(0, this.#filled)]);
  }

  room(): Uint8Array {
    return this.#room.subarray(this.#filled);
  }

  taken(count: number): Promise<void> | undefined {
    this.#filled += count;
    this.#early = this.#isBusy ? this.#early + count : 0;
    this.mostEarly = Math.max(this.mostEarly, this.#early);
    if (this.#filled < this.#room.length) return undefined;
    this.#rooms.push(this.#room);
    this.#room = Buffer.alloc(9000);
    this.#filled = 0;
    if (this.#busyMs > 0 && !this.#isBusy) this.#busy = this.#beBusy();
    return this.#isBusy ? this.#busy : undefined;
  }

  async #beBusy(): Promise<void> {
    this.#isBusy = true;
    await setTimeout(this.#busyMs);
    this.#isBusy = false;
  }
}

async function receive(answer: (response: ServerResponse) => void, sink: ByteSink): Promise<void> {
  await using server = await TestServer.start({
    ...{ authority, name: "static" },
    handler: (_request, response) => answer(response),
  });
  using http = new HttpClient({ version: "1", env: { SSL_CERT_FILE: authority.caFile } });
  const { body } = await http.get(new URL(server.url), { signal: AbortSignal.timeout(20_000) });
  await receiveBody(body, sink);
}

const withLength = { "content-length": String(CONTENT.length) };
const ANSWERS: { name: string; want: Buffer; answer: (response: ServerResponse) => void }[] = [
  { name: "of known length", want: CONTENT, answer: (response) => response.writeHead(200, withLength).end(CONTENT) },
  { name: "in chunks", want: CONTENT, answer: (response) => response.writeHead(200).end(CONTENT) },
  {
    name: "up to the end of the connection",
    want: CONTENT,
    answer: (response) => response.writeHead(200, { connection: "close" }).end(CONTENT),
  },
  {
    name: "that comes with the headers",
    want: CONTENT.subarray(0, 100),
    answer: (response) => response.end(CONTENT.subarray(0, 100)),
  },
  { name: "that is empty", want: Buffer.alloc(0), answer: (response) => response.end() },
  {
    name: "that begins with the headers and goes on later",
    want: CONTENT.subarray(0, 100_000),
    answer: (response) => {
      response.writeHead(200, { "content-length": "100000" }).write(CONTENT.subarray(0, 10));
      void setTimeout(50).then(() => response.end(CONTENT.subarray(10, 100_000)));
    },
  },
  {
    name: "with more after its end",
    want: CONTENT.subarray(0, 100_000),
    answer: (response) => {
      response.writeHead(200, { "content-length": "100000" }).flushHeaders();
      response.socket?.write(CONTENT.subarray(0, 150_000));
    },
  },
];

test.each(ANSWERS)("a body $name is received whole", async ({ answer, want }) => {
  const sink = new ListSink({ busyMs: 0 });
  await receive(answer, sink);
  expect(sink.bytes.equals(want)).toBe(true);
});

test.each(ANSWERS)("a body $name comes no faster than it is taken", async ({ answer, want }) => {
  const sink = new ListSink({ busyMs: 3 });
  await receive(answer, sink);
  expect(sink.bytes.equals(want)).toBe(true);
  expect(sink.mostEarly).toBeLessThan(200_000);
});

test.each([
  { name: "of known length", headers: withLength },
  { name: "in chunks", headers: {} },
])("a body $name that is cut is told of, and what came was given", async ({ headers }) => {
  const sink = new ListSink({ busyMs: 0 });
  const cut = (response: ServerResponse): void => {
    response.writeHead(200, headers).write(CONTENT.subarray(0, 1_000_000), () => {
      void setTimeout(50).then(() => response.destroy());
    });
  };
  await expect(receive(cut, sink)).rejects.toMatchObject({ code: "ECONNRESET" });
  expect(sink.bytes.equals(CONTENT.subarray(0, sink.bytes.length))).toBe(true);
  expect(sink.bytes.length).toBeGreaterThan(500_000);
});

test.each([
  { name: "of known length", headers: withLength },
  { name: "in chunks", headers: {} },
])("a sink that fails ends a body $name", async ({ headers }) => {
  const room = Buffer.alloc(20_000);
  const taken = (): Promise<void> => Promise.reject(new Error("the disk is full"));
  await expect(
    receive((response) => void response.writeHead(200, headers).end(CONTENT), { room: () => room, taken }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|PREMATURE_CLOSE/) });
});
