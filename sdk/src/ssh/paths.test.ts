import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprintOf } from "./host-key.js";
import { startHttpProxy, startRelay, startSocksProxy } from "./testing/proxies.js";
import { connectTest, execTest, optionsFor } from "./testing/ssh-session.js";
import {
  freePort,
  makeKey,
  PASSWORD,
  startSshd,
  whyNoPasswords,
  whyNoSshd,
  type TestSshd,
} from "./testing/start-sshd.js";

const describeSshd = whyNoSshd() === undefined ? describe : describe.skip;
const describePasswords = whyNoPasswords() === undefined ? describe : describe.skip;

describePasswords("logging in with a password", () => {
  test.each([
    { name: "the method password", config: "KbdInteractiveAuthentication no", accepted: "Accepted password" },
    { name: "keyboard-interactive", config: "PasswordAuthentication no", accepted: "Accepted keyboard-interactive" },
  ])("by $name", async ({ config, accepted }) => {
    await using sshd = await startSshd({ withPasswords: true, config: `PubkeyAuthentication no\n${config}` });
    const options = optionsFor(sshd, { ssh_private_key_file: undefined, ssh_password: PASSWORD });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    expect(sshd.log()).toContain(accepted);
  });

  test("a wrong one is refused, and named nowhere", async () => {
    await using sshd = await startSshd({ withPasswords: true, config: "PubkeyAuthentication no\nMaxAuthTries 20" });
    const options = optionsFor(sshd, {
      ssh_private_key_file: undefined,
      ssh_password: "wrong-password",
      ssh_handshake_attempts: 1,
    });
    await expect(connectTest(options)).rejects.toMatchObject({
      message: expect.stringContaining("attempted methods [none password keyboard-interactive]") as unknown,
      ui: expect.not.arrayContaining([expect.stringContaining("wrong-password")]) as unknown,
    });
  });

  test("a key and a password, when the server wants both", async () => {
    await using sshd = await startSshd({ withPasswords: true, config: "AuthenticationMethods publickey,password" });
    await using connection = await connectTest(optionsFor(sshd, { ssh_password: PASSWORD }));
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test("the user answers the questions of a bastion", async () => {
    await using bastion = await startSshd({
      withPasswords: true,
      config: "AuthenticationMethods keyboard-interactive",
    });
    await using sshd = await startSshd();
    const questions: string[] = [];
    const options = optionsFor(sshd, {
      ssh_bastion_host: "127.0.0.1",
      ssh_bastion_port: bastion.port,
      ssh_bastion_username: bastion.user,
      ssh_bastion_interactive: true,
    });
    const ask = (question: string): Promise<string> => {
      questions.push(question);
      return Promise.resolve(PASSWORD);
    };
    await using connection = await connectTest(options, { ask });
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    expect(questions).toEqual([expect.stringMatching(/Password:/)]);
  }, 15_000);
});

describeSshd("on the way to the machine", () => {
  let sshd: TestSshd;
  let bastion: TestSshd;
  beforeAll(async () => {
    [sshd, bastion] = await Promise.all([startSshd(), startSshd()]);
    // One key opens both.
    appendFileSync(join(bastion.dir, "authorized_keys"), readFileSync(`${sshd.keyFile}.pub`));
  });
  afterAll(async () => void (await Promise.all([sshd[Symbol.asyncDispose](), bastion[Symbol.asyncDispose]()])));

  test("a bastion with a key of its own", async () => {
    const options = optionsFor(sshd, {
      ssh_bastion_host: "127.0.0.1",
      ssh_bastion_port: bastion.port,
      ssh_bastion_username: bastion.user,
      ssh_bastion_private_key_file: bastion.keyFile,
    });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo $SSH_CONNECTION")).stdout).toMatch(
      new RegExp(`127.0.0.1 ${sshd.port}\n$`),
    );
    expect(bastion.log()).toMatch(/Accepted publickey/);
  });

  test("several jumps, which inherit the machine's login", async () => {
    const jumps = [`127.0.0.1:${bastion.port}`, `${sshd.user}@localhost:${sshd.port}`, `127.0.0.1:${bastion.port}`];
    await using connection = await connectTest(optionsFor(sshd, { ssh_jump_hosts: jumps }));
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test("a bastion that refuses is named", async () => {
    const file = join(sshd.dir, "stranger");
    await makeKey(file);
    const options = optionsFor(sshd, {
      ssh_handshake_attempts: 1,
      ssh_bastion_host: "127.0.0.1",
      ssh_bastion_port: bastion.port,
      ssh_bastion_username: bastion.user,
      ssh_bastion_private_key_file: file,
    });
    await expect(connectTest(options)).rejects.toThrow(
      /original error: Error connecting to bastion: .*unable to authenticate/,
    );
  });

  test.each([
    { name: "a SOCKS 5 proxy", start: () => startSocksProxy(), more: {} },
    {
      name: "a SOCKS 5 proxy with a login",
      start: () => startSocksProxy({ user: "me", password: "secret" }),
      more: { ssh_proxy_username: "me", ssh_proxy_password: "secret" },
    },
    { name: "an HTTP proxy", start: () => startHttpProxy(), more: { ssh_proxy_type: "http" } },
    {
      name: "an HTTP proxy with a login",
      start: () => startHttpProxy("Basic bWU6c2VjcmV0"),
      more: { ssh_proxy_type: "http", ssh_proxy_username: "me", ssh_proxy_password: "secret" },
    },
  ])("$name", async ({ start, more }) => {
    await using proxy = await start();
    const options = optionsFor(sshd, { ssh_proxy_host: "127.0.0.1", ssh_proxy_port: proxy.port, ...more });
    await using connection = await connectTest(options);
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    expect(proxy.targets).toEqual([`127.0.0.1:${sshd.port}`]);
  });

  test("a command", async () => {
    const relay = `exec ${process.execPath} -e 'const s = require("net").connect(process.argv[2], process.argv[1]); process.stdin.pipe(s).pipe(process.stdout)' %h %p`;
    await using connection = await connectTest(optionsFor(sshd, { ssh_proxy_command: relay }));
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  });

  test("a server with a slow banner, and one that drops connections at first", async () => {
    await using slow = await startRelay(sshd.port, { delayMs: 1_000 });
    await using connection = await connectTest(optionsFor(sshd, { ssh_port: slow.port }));
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    const dropping = createServer((socket) => {
      if (++connections <= 2) socket.destroy();
      else socket.pipe(connect(sshd.port, "127.0.0.1")).pipe(socket);
    }).listen(0, "127.0.0.1");
    let connections = 0;
    await once(dropping, "listening");
    {
      const { port } = dropping.address() as AddressInfo; // a TCP server has one
      await using second = await connectTest(optionsFor(sshd, { ssh_port: port }));
      expect((await execTest(second, "echo in")).stdout).toBe("in\n");
      expect(connections).toBe(3);
    }
    dropping.close();
  }, 15_000);

  test("a server that is busy with others (MaxStartups)", async () => {
    await using busy = await startSshd({ config: "MaxStartups 1" });
    const other = connect(busy.port, "127.0.0.1");
    await once(other, "data");
    const connecting = connectTest(optionsFor(busy));
    await new Promise((resolve) => setTimeout(resolve, 400));
    other.destroy();
    await using connection = await connecting;
    expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
  }, 15_000);

  test("tunnels in both directions", async () => {
    const echo = createServer((socket) => socket.end("from here")).listen(0, "127.0.0.1");
    await once(echo, "listening");
    const { port } = echo.address() as AddressInfo; // a TCP server has one
    const [local, remote] = [await freePort(), await freePort()];
    const options = optionsFor(sshd, {
      ssh_local_tunnels: [`${local}:127.0.0.1:${sshd.port}`],
      ssh_remote_tunnels: [`${remote}:127.0.0.1:${port}`],
    });
    {
      await using connection = await connectTest(options);
      const read = `exec ${process.execPath} -e 'require("net").connect(${remote}, "127.0.0.1").pipe(process.stdout)'`;
      expect((await execTest(connection, read)).stdout).toBe("from here");
      const [banner] = (await once(connect(local, "localhost"), "data")) as [Buffer];
      expect(banner.toString()).toMatch(/^SSH-2.0-OpenSSH/);
    }
    await expect(once(connect(local, "localhost"), "connect")).rejects.toThrow(/ECONNREFUSED/);
    echo.close();
  }, 15_000);

  test("a port that is taken fails the connection with the reference's text", async () => {
    const taken = createServer().listen(0, "localhost");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo; // a TCP server has one
    const options = optionsFor(sshd, { ssh_local_tunnels: [`${port}:127.0.0.1:1`], ssh_timeout: 600 });
    await expect(connectTest(options)).rejects.toThrow("Timeout waiting for SSH.");
    taken.close();
  });

  test("the local agent logs in, and is there for commands", async () => {
    const agent = spawn("ssh-agent", ["-D", "-a", join(sshd.dir, "agent")], { stdio: ["ignore", "pipe", "ignore"] });
    await once(agent.stdout, "data");
    const before = process.env["SSH_AUTH_SOCK"];
    process.env["SSH_AUTH_SOCK"] = join(sshd.dir, "agent");
    try {
      const add = spawn("ssh-add", ["-q", sshd.keyFile], { env: process.env });
      await once(add, "exit");
      const options = optionsFor(sshd, { ssh_private_key_file: undefined, ssh_agent_auth: true });
      await using connection = await connectTest({ ...options, ssh_disable_agent_forwarding: false });
      expect((await execTest(connection, "ssh-add -L")).stdout).toMatch(/^ssh-ed25519 /);
      await using without = await connectTest(options);
      expect((await execTest(without, "echo ${SSH_AUTH_SOCK:-none}")).stdout).toBe("none\n");
    } finally {
      process.env["SSH_AUTH_SOCK"] = before;
      if (before === undefined) delete process.env["SSH_AUTH_SOCK"];
      agent.kill();
      await once(agent, "exit");
    }
  }, 15_000);

  describe("host keys", () => {
    const right = (): string => sshd.hostKey.split(" ").slice(0, 2).join(" ");
    test.each([
      { name: "a right fingerprint", rule: () => ({ ssh_host_key_fingerprints: [fingerprint()] }) },
      { name: "a known host", rule: () => knownHosts(`[127.0.0.1]:${sshd.port} ${right()}`) },
      { name: "a pattern", rule: () => knownHosts(`# comment\n[127.0.0.*]:* ${right()}`) },
    ])("$name is accepted", async ({ rule }) => {
      await using connection = await connectTest(optionsFor(sshd, rule()));
      expect((await execTest(connection, "echo in")).stdout).toBe("in\n");
    });

    test.each([
      {
        name: "a wrong fingerprint",
        rule: () => ({ ssh_host_key_fingerprints: [`SHA256:${"A".repeat(43)}`] }),
        text: /has the fingerprint SHA256:\S+, which is not the expected one\./,
      },
      { name: "an unknown host", rule: () => knownHosts(`other ${right()}`), text: /is not in \S+known_hosts\./ },
      {
        name: "another key",
        rule: () => knownHosts(`[127.0.0.1]:${sshd.port} ${bastion.hostKey}`),
        text: /is another one than in \S+known_hosts\./,
      },
      {
        name: "a host with a certificate alone",
        rule: () => knownHosts(`@cert-authority * ${bastion.hostKey.split(" ").slice(0, 2).join(" ")}`),
        text: /is not in \S+known_hosts\. Its line @cert-authority is of no use: certificates of hosts are not understood\./,
      },
      { name: "a revoked key", rule: () => knownHosts(`@revoked * ${right()}`), text: /is revoked in/ },
    ])("$name is refused at once", async ({ rule, text }) => {
      await expect(connectTest(optionsFor(sshd, rule()))).rejects.toThrow(text);
    });

    const fingerprint = (): string => fingerprintOf(Buffer.from(right().split(" ")[1] ?? "", "base64"));
    const knownHosts = (lines: string): { readonly ssh_known_hosts_file: string } => {
      const file = join(sshd.dir, "known_hosts");
      writeFileSync(file, `${lines}\n`);
      return { ssh_known_hosts_file: file };
    };
  });
});
