import { createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { failureOf } from "../../testing/github-scene.js";
import { TestAuthority } from "../../testing/test-authority.js";
import { explainFailure } from "./explain-failure.js";
import { HttpClient } from "./http-client.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const url = new URL("https://plugins.example/a");
const failure = (code: string, message: string): string =>
  explainFailure(Object.assign(new Error(message), { code }), { url, proxy: undefined });

describe("certificates that are valid at another time", () => {
  test.each([
    { code: "CERT_NOT_YET_VALID", message: "certificate is not yet valid" },
    { code: "CERT_HAS_EXPIRED", message: "certificate has expired" },
  ])("$code: the clock may be wrong", ({ code, message }) => {
    expect(failure(code, message)).toMatch(
      /is not valid: certificate (?:is not yet valid|has expired)\. Check the clock of this computer too: it says \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/,
    );
  });
});

describe("servers that don't speak HTTPS", () => {
  const ask = async (server: Server): Promise<string> => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo; // it listens on TCP
    using http = new HttpClient({ version: "0", env: { SSL_CERT_FILE: authority.caFile } });
    const signal = AbortSignal.timeout(20_000);
    const told = await failureOf(http.read(new URL(`https://localhost:${port}/a`), { signal, maxBytes: 1000 }));
    server.close();
    return told;
  };

  test("plain HTTP", async () => {
    const answer = (socket: Socket): void => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    expect(await ask(createServer(answer))).toMatch(
      /failed: no TLS connection to localhost:\d+ came about \(wrong version number\)\. It may speak plain HTTP on this port\.$/,
    );
  });

  test("TLS without a certificate", async () => {
    expect(await ask(createTlsServer({}))).toMatch(
      /failed: no TLS connection to localhost:\d+ came about \(sslv3 alert handshake failure\)\.$/,
    );
  });

  test("something else over TLS", async () => {
    const server = createTlsServer(await authority.certificateFor());
    server.on("secureConnection", (socket: Socket) => void socket.end("SSH-2.0-OpenSSH_9\r\n"));
    expect(await ask(server)).toMatch(
      /failed: the answer of localhost:\d+ is not HTTP, or too large \(Parse Error: .*\)\.$/,
    );
  });
});
