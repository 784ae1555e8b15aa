import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type TLSSocket } from "node:tls";
import { expect, test } from "@jest/globals";
import { derToPem, makeSelfSignedCertificate } from "./certificate.js";

test("makes a certificate for localhost that signs itself", () => {
  const made = makeSelfSignedCertificate(new Date("2030-01-02T03:04:05Z"));
  const certificate = new X509Certificate(made.der);
  expect(certificate.subject).toBe("CN=localhost");
  expect(certificate.subjectAltName).toBe("DNS:localhost");
  expect(certificate.ca).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(new Date(certificate.validFrom).toISOString()).toBe("2030-01-02T03:03:05.000Z");
  expect(new Date(certificate.validTo).getUTCFullYear()).toBe(2059);
  expect(new X509Certificate(made.certificate).fingerprint256).toBe(certificate.fingerprint256);
  expect(new X509Certificate(derToPem(made.der)).fingerprint256).toBe(certificate.fingerprint256);
});

test("makes another one each time", () => {
  expect(makeSelfSignedCertificate().der.equals(makeSelfSignedCertificate().der)).toBe(false);
});

test("serves for mutual TLS in both roles, and lets in no other certificate", async () => {
  const [server, client, stranger] = [1, 2, 3].map(() => makeSelfSignedCertificate());
  if (server === undefined || client === undefined || stranger === undefined) throw new Error("bug");
  const listener = createServer({
    key: server.key,
    cert: server.certificate,
    ca: client.certificate,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: "TLSv1.2",
  });
  listener.on("tlsClientError", () => {});
  listener.on("secureConnection", (socket: TLSSocket) => socket.end("welcome"));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as { port: number };
  const greet = async (identity: { readonly key: string; readonly certificate: string }): Promise<string> => {
    const socket = connect({
      port,
      host: "127.0.0.1",
      servername: "localhost",
      ca: server.certificate,
      key: identity.key,
      cert: identity.certificate,
    });
    let text = "";
    for await (const chunk of socket) text += (chunk as Buffer).toString();
    return text;
  };
  expect(await greet(client)).toBe("welcome");
  expect(await greet(stranger).catch(() => "refused")).not.toBe("welcome");
  listener.close();
});
