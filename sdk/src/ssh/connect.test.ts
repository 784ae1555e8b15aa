import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createKeyPair } from "./key-pair.js";
import { connectTest, execTest, optionsFor } from "./testing/ssh-session.js";
import { makeKey, startSshd, whyNoSshd, type TestSshd } from "./testing/start-sshd.js";

const run = promisify(execFile);
const describeSshd = whyNoSshd() === undefined ? describe : describe.skip;

describeSshd("logging in with keys", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd({ config: "PubkeyAcceptedAlgorithms +ssh-rsa" });
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  test("shows the reference's lines and gives the standard values", async () => {
    await using connection = await connectTest(optionsFor(sshd));
    expect(connection.ui).toEqual([
      "Using SSH communicator to connect: 127.0.0.1",
      "Waiting for SSH to become available...",
      "Connected to SSH!",
    ]);
    expect(connection.machine.generatedData).toMatchObject({
      Host: "127.0.0.1",
      Port: sshd.port,
      User: sshd.user,
      Password: "",
      ConnType: "ssh",
      SSHPrivateKeyFile: sshd.keyFile,
      SSHAgentAuth: false,
    });
    expect(await execTest(connection, "echo hello")).toEqual({ status: 0, stdout: "hello\n", stderr: "" });
  });

  test.each([
    { name: "RSA in OpenSSH's format", args: ["-t", "rsa", "-b", "2048"] },
    { name: "RSA as PKCS#1", args: ["-t", "rsa", "-b", "2048", "-m", "PEM"] },
    { name: "RSA as PKCS#8", args: ["-t", "rsa", "-b", "2048", "-m", "PKCS8"] },
    { name: "ECDSA 256 in OpenSSH's format", args: ["-t", "ecdsa", "-b", "256"] },
    { name: "ECDSA 384 as SEC 1", args: ["-t", "ecdsa", "-b", "384", "-m", "PEM"] },
    { name: "ECDSA 521 as PKCS#8", args: ["-t", "ecdsa", "-b", "521", "-m", "PKCS8"] },
    { name: "Ed25519, encrypted", args: ["-t", "ed25519", "-N", "secret words"], passphrase: "secret words" },
    {
      name: "RSA as PKCS#1, encrypted",
      args: ["-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "pass5"],
      passphrase: "pass5",
    },
    { name: "ECDSA as PKCS#8, encrypted", args: ["-t", "ecdsa", "-m", "PKCS8", "-N", "pass5"], passphrase: "pass5" },
  ])("$name", async ({ name, args, passphrase }) => {
    const file = join(sshd.dir, name.replace(/\W/g, "_"));
    await makeKey(file, args);
    await allow(`${file}.pub`);
    const options = optionsFor(sshd, { ssh_private_key_file: file, ssh_private_key_passphrase: passphrase });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test.each([
    { type: "rsa", bits: 2048, label: "BEGIN PRIVATE KEY" },
    { type: "ECDSA", bits: 0, label: "BEGIN PRIVATE KEY" },
    { type: "ecdsa", bits: 256, label: "BEGIN PRIVATE KEY" },
    { type: "ed25519", bits: 0, label: "BEGIN OPENSSH PRIVATE KEY" },
  ])("a temporary $type key of $bits bits", async ({ type, bits, label }) => {
    const pair = await createKeyPair({ type, bits });
    expect(pair.privateKey).toContain(label);
    expect(pair.publicKey).toMatch(/^\S+ \S+\n$/);
    await allow(pair.publicKey, true);
    const options = optionsFor(sshd, {
      ssh_private_key_file: undefined,
      ssh_private_key: Buffer.from(pair.privateKey),
    });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    const file = join(sshd.dir, `temporary-${type}-${bits}`);
    writeFileSync(file, pair.privateKey, { mode: 0o600 });
    const { stdout } = await run("ssh-keygen", ["-y", "-f", file]);
    expect(`${stdout.trim().split(" ").slice(0, 2).join(" ")}\n`).toBe(pair.publicKey);
  });

  test("a temporary DSA key is one that OpenSSL reads", async () => {
    const pair = await createKeyPair({ type: "dsa" });
    const file = join(sshd.dir, "dsa");
    writeFileSync(file, pair.privateKey);
    const { stdout } = await run("openssl", ["dsa", "-in", file, "-noout", "-text"]);
    expect(stdout).toContain("1024 bit");
    expect(pair.publicKey).toMatch(/^ssh-dss /);
  });

  test.each([
    { name: "Ed25519", args: ["-t", "ed25519"] },
    { name: "RSA", args: ["-t", "rsa", "-b", "2048"] },
    { name: "ECDSA", args: ["-t", "ecdsa", "-b", "384"] },
  ])("a certificate for a key of type $name", async ({ name, args }) => {
    const ca = join(sshd.dir, `ca-${name}`);
    await makeKey(ca);
    await using strict = await startSshd({ config: `TrustedUserCAKeys ${ca}.pub\nAuthorizedKeysFile none` });
    const file = join(strict.dir, "certified");
    await makeKey(file, args);
    await run("ssh-keygen", ["-q", "-s", ca, "-I", "test", "-n", strict.user, "-V", "+1h", `${file}.pub`]);
    const options = optionsFor(strict, { ssh_private_key_file: file, ssh_certificate_file: `${file}-cert.pub` });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    expect(strict.log()).toMatch(/Accepted certificate|Accepted publickey for .*-CERT/);
  });

  test("ends after the allowed number of refused logins, with the reference's text", async () => {
    const file = join(sshd.dir, "unknown");
    await makeKey(file);
    const options = optionsFor(sshd, { ssh_private_key_file: file, ssh_handshake_attempts: 1 });
    const refused = connectTest(options);
    const text =
      "Packer experienced an authentication error when trying to connect via SSH. This can happen if your username/password are wrong. " +
      "You may want to double-check your credentials as part of your debugging process. original error: " +
      "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain";
    await expect(refused).rejects.toMatchObject({
      message: text,
      ui: [
        "Using SSH communicator to connect: 127.0.0.1",
        "Waiting for SSH to become available...",
        `error: Error waiting for SSH: ${text}`,
      ],
    });
  });

  test("waits for a server that comes up later", async () => {
    await using late = await startSshd();
    await late.stop();
    const connecting = connectTest(optionsFor(late));
    await new Promise((resolve) => setTimeout(resolve, 600));
    await late.start();
    await using connection = await connecting;
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test("ends when the time is over", async () => {
    await using late = await startSshd();
    await late.stop();
    const connecting = connectTest(optionsFor(late, { ssh_timeout: 700 }));
    await expect(connecting).rejects.toMatchObject({
      message: "Timeout waiting for SSH.",
      ui: expect.arrayContaining(["error: Timeout waiting for SSH."]) as unknown,
    });
  });

  test("rejects with the reason of an abort, silently", async () => {
    await using late = await startSshd();
    await late.stop();
    const controller = new AbortController();
    const connecting = connectTest(optionsFor(late), { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("cancelled")), 100);
    await expect(connecting).rejects.toMatchObject({
      message: "cancelled",
      ui: ["Using SSH communicator to connect: 127.0.0.1", "Waiting for SSH to become available..."],
    });
  });

  test("connects twice with a pause between", async () => {
    await using connection = await connectTest(optionsFor(sshd, { pause_before_connecting: 50 }));
    expect(connection.ui).toEqual([
      "Using SSH communicator to connect: 127.0.0.1",
      "Waiting for SSH to become available...",
      "Connected to SSH!",
      "Pausing 50ms before connecting...",
      "Waiting for SSH to become available...",
      "Connected to SSH!",
    ]);
  });

  async function allow(publicKey: string, isText = false): Promise<void> {
    const { appendFileSync, readFileSync } = await import("node:fs");
    appendFileSync(join(sshd.dir, "authorized_keys"), isText ? publicKey : readFileSync(publicKey));
  }
});
