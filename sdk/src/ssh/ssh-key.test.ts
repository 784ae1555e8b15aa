import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { clearAuthorizedKeys, prepareSshKey, saveDebugKey } from "./ssh-key.js";
import { connectTest, DEFAULTS, execTest, optionsFor } from "./testing/ssh-session.js";
import { makeKey, startSshd, whyNoPasswords, whyNoSshd, type TestSshd } from "./testing/start-sshd.js";

const run = promisify(execFile);

/** What a builder gives of itself, and what it was told. */
function sessionContext() {
  const [said, secret]: [string[], string[]] = [[], []];
  const say = (text: string): void => void said.push(text);
  const secrets = (values: readonly string[]): void => void secret.push(...values);
  return { said, secret, ui: { say, error: say }, secrets, signal: new AbortController().signal };
}

(whyNoSshd() === undefined ? describe : describe.skip)("keys of a machine", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  test.each([
    { type: undefined, bits: 2048, line: "RSA", key: /^ssh-rsa \S+\n$/ },
    { type: "", bits: 2048, line: "RSA", key: /^ssh-rsa \S+\n$/ },
    { type: "ecdsa", bits: 0, line: "ECDSA", key: /^ecdsa-sha2-nistp521 \S+\n$/ },
    { type: "ed25519", bits: 0, line: "ED25519", key: /^ssh-ed25519 \S+\n$/ },
  ])("a temporary key of type $line opens the machine", async ({ type, bits, line, key }) => {
    const context = sessionContext();
    const config = { ...DEFAULTS, temporary_key_pair_type: type, temporary_key_pair_bits: bits };
    const pair = await prepareSshKey(config, context);
    expect(context.said).toEqual([`Creating temporary ${line} SSH key for instance...`]);
    expect(context.secret).toEqual([pair.privateKey]);
    expect(pair.publicKey).toMatch(key);
    writeFileSync(join(sshd.dir, "authorized_keys"), pair.publicKey, { flag: "a" });
    const options = optionsFor(sshd, {
      ssh_private_key_file: undefined,
      ssh_private_key: pair.config.ssh_private_key,
    });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test("the user's own key is used, encrypted too", async () => {
    const file = join(sshd.dir, "own");
    await makeKey(file, ["-t", "ecdsa", "-N", "secret words"]);
    const context = sessionContext();
    const config = { ...DEFAULTS, ssh_private_key_file: file, ssh_private_key_passphrase: "secret words" };
    const pair = await prepareSshKey(config, context);
    expect(context.said).toEqual(["Using existing SSH private key"]);
    const { stdout } = await run("ssh-keygen", ["-y", "-P", "secret words", "-f", file]);
    expect(pair.publicKey).toBe(`${stdout.split(" ").slice(0, 2).join(" ").trim()}\n`);
  });

  test.each([
    {
      type: "rsa",
      bits: 512,
      text: "Error creating temporary SSH key: sshkey: invalid private key rsa size: must be more than 1024",
    },
    { type: "x", bits: 0, text: /^Error creating temporary SSH key: x does not belong to Algorithm values: / },
  ])("a key that cannot be made is an error: $type $bits", async ({ type, bits, text }) => {
    const config = { ...DEFAULTS, temporary_key_pair_type: type, temporary_key_pair_bits: bits };
    await expect(prepareSshKey(config, sessionContext())).rejects.toThrow(text);
  });

  test("the key for -debug is for its owner alone, whatever was there", async () => {
    const context = sessionContext();
    const path = join(sshd.dir, "debug.pem");
    writeFileSync(path, "something longer than the key", { mode: 0o644 });
    chmodSync(path, 0o644);
    await saveDebugKey(path, "the key", context);
    expect(context.said).toEqual([`Saving key for debug purposes: ${path}`]);
    expect(readFileSync(path, "utf8")).toBe("the key");
    expect((statSync(path).mode & 0o777).toString(8)).toBe("700");
    const nowhere = saveDebugKey(join(sshd.dir, "no", "where"), "the key", context);
    await expect(nowhere).rejects.toThrow(/^Error saving debug key: /);
  });
});

(whyNoPasswords() === undefined ? describe : describe.skip)("the temporary key on the machine", () => {
  const NAME = "packer_6789abcd";
  const TEXT = `ssh-rsa AAAA mine\nssh-rsa BBBB ${NAME}\nssh-rsa CCCC x${NAME}\n`;

  test.each([
    {
      name: "is removed when asked",
      more: { ssh_clear_authorized_keys: true, temporary_key_pair_name: NAME },
      left: 2,
    },
    { name: "stays without a name", more: { ssh_clear_authorized_keys: true }, left: 3 },
    { name: "stays otherwise", more: { temporary_key_pair_name: NAME }, left: 3 },
  ])("$name", async ({ more, left }) => {
    await using sshd = await startSshd({ withPasswords: true });
    const folder = join(sshd.dir, "home", ".ssh");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const file = join(folder, "authorized_keys");
    writeFileSync(file, TEXT);
    chmodSync(file, 0o666);
    await using connection = await connectTest(optionsFor(sshd));
    const context = sessionContext();
    await clearAuthorizedKeys(connection.machine, optionsFor(sshd, more), context);
    expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(left);
    expect(readFileSync(file, "utf8").includes(` ${NAME}\n`)).toBe(left === 3);
    expect(existsSync(`${file}.bak`)).toBe(false);
    const line = "Trying to remove ephemeral keys from authorized_keys files";
    expect(context.said).toEqual(left === 3 ? [] : [line]);
  });
});
