import { describe, expect, test } from "@jest/globals";
import { makeSelfSignedCertificate } from "@ingot/protocol";
import { HandshakeProblem, parseHandshake } from "./parse-handshake.js";

describe("a handshake line", () => {
  const own = makeSelfSignedCertificate();
  const unpadded = own.der.toString("base64").replace(/=+$/, "");

  test.each([
    { line: "1|1|unix|/tmp/x|grpc|", want: { network: "unix", endpoint: "unix:/tmp/x", protocolVersion: 1 } },
    { line: "1|1|unix|/tmp/x|grpc\r", want: { network: "unix", endpoint: "unix:/tmp/x", protocolVersion: 1 } },
    {
      line: "1|2|tcp|127.0.0.1:10001|grpc||true",
      want: { network: "tcp", endpoint: "tcp:127.0.0.1:10001", protocolVersion: 2 },
    },
    { line: "1|1|tcp|[::1]:99|grpc|short", want: { network: "tcp", endpoint: "tcp:[::1]:99", protocolVersion: 1 } },
    {
      line: `1|1|unix|/tmp/x|grpc|${unpadded}`,
      want: { network: "unix", endpoint: "unix:/tmp/x", protocolVersion: 1, serverCertificate: own.certificate },
    },
  ])("$line", ({ line, want }) => expect(parseHandshake(line, [2, 1])).toEqual(want));

  test.each([
    { line: "", code: "handshake", says: 'printed something else than its handshake: ""' },
    { line: "Traceback (most recent call last):", code: "handshake", says: "Traceback" },
    { line: "v2|5|unix|/tmp/x", code: "handshake", says: "printed something else" },
    { line: "1|1|unix", code: "handshake", says: "printed something else" },
    { line: "1|one|unix|/tmp/x|grpc", code: "handshake", says: 'announces "one" as its protocol version' },
    { line: "1|1|unix|/tmp/x", code: "handshake", says: 'speaks "netrpc", not gRPC' },
    { line: "1|1|unix|x|grpc", code: "handshake", says: "no absolute path" },
    { line: "1|1|npipe|x|grpc", code: "handshake", says: 'unknown kind of network, "npipe"' },
    { line: "1|1|tcp|0.0.0.0:1|grpc", code: "handshake", says: "no port of the loopback interface" },
    { line: "1|1|tcp|127.0.0.1:0|grpc", code: "handshake", says: "no port of the loopback interface" },
    { line: "1|1|tcp|127.0.0.1.example.com:80|grpc", code: "handshake", says: "no port of the loopback interface" },
    {
      line: "1|0|unix|/x|grpc",
      code: "version",
      says: "speaks version 0 of the plugin protocol; this Ingot speaks 2, 1",
    },
    {
      line: "1|3|unix|/x|grpc",
      code: "version",
      says: "speaks version 3 of the plugin protocol; this Ingot speaks 2, 1",
    },
    { line: "2|1|unix|/x|grpc", code: "version", says: "speaks version 2 of the handshake; this Ingot speaks 1" },
  ])("that is wrong is refused: $line", ({ line, code, says }) => {
    try {
      parseHandshake(line, [2, 1]);
    } catch (error) {
      expect(error).toBeInstanceOf(HandshakeProblem);
      expect(error).toMatchObject({ code });
      expect((error as HandshakeProblem).message).toContain(says);
      return;
    }
    throw new Error("it was taken");
  });
});
