import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startRelay } from "./testing/proxies.js";
import { connectTest, execTest, optionsFor, type TestConnection } from "./testing/ssh-session.js";
import { startSshd, whyNoPasswords, whyNoSshd, type TestSshd } from "./testing/start-sshd.js";

const describeSshd = whyNoSshd() === undefined ? describe : describe.skip;

describeSshd("commands", () => {
  let sshd: TestSshd;
  let connection: TestConnection;
  beforeAll(async () => {
    sshd = await startSshd();
    connection = await connectTest(optionsFor(sshd));
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  test.each([
    {
      name: "gives the status and both streams",
      command: "echo out; echo err >&2; exit 7",
      want: { status: 7, stdout: "out\n", stderr: "err\n" },
    },
    {
      name: "gives the signal that ended it",
      command: "kill -9 $$",
      want: { status: 137, signal: "KILL", stdout: "", stderr: "" },
    },
    {
      name: "reads nothing when there is no input",
      command: "cat; echo end",
      want: { status: 0, stdout: "end\n", stderr: "" },
    },
    {
      name: "tells that the connection was lost",
      command: "kill -9 $PPID; sleep 5",
      want: { status: 2300218, disconnected: true, stdout: "", stderr: "" },
    },
  ])("$name", async ({ command, want }) => {
    expect(await execTest(connection, command)).toEqual(want);
  });

  test("learns the status also when all of the answer comes at once", async () => {
    for (let i = 0; i < 3; i++) {
      const ending = execTest(connection, "echo out; exit 7");
      await new Promise((resolve) => setImmediate(resolve)); // it is asked for
      const end = performance.now() + 400;
      while (performance.now() < end); // nothing is read meanwhile
      expect(await ending).toEqual({ status: 7, stdout: "out\n", stderr: "" });
    }
  });

  test("runs a program with its arguments, variables and folder as they are", async () => {
    const command = ["printf", "%s|", "a b", "c'd", "$HOME", "*", ""];
    const start = { command, env: { NAME: "it's $x" }, cwd: "/tmp" };
    expect((await execTest(connection, "", { start })).stdout).toBe("a b|c'd|$HOME|*||");
    const shell = { command: 'echo "$NAME $PWD"', env: { NAME: "it's $x" }, cwd: "/tmp" };
    expect((await execTest(connection, "", { start: shell })).stdout).toBe("it's $x /tmp\n");
  });

  test("passes input, also much of it", async () => {
    const chunk = Buffer.alloc(256 * 1024, "x");
    const stdin = (async function* () {
      for (let i = 0; i < 40; i++) yield chunk;
    })();
    expect((await execTest(connection, "wc -c", { io: { stdin } })).stdout.trim()).toBe(String(40 * chunk.length));
  });

  test("waits for a slow reader of the output", async () => {
    let size = 0;
    const stdout = async (chunk: Uint8Array): Promise<void> => {
      size += chunk.length;
      await sleep(1);
    };
    await execTest(connection, "head -c 8000000 /dev/zero", { io: { stdout } });
    expect(size).toBe(8_000_000);
  });

  test("gives each command a terminal with ssh_pty", async () => {
    await using withTerminal = await connectTest(optionsFor(sshd, { ssh_pty: true }));
    expect((await execTest(withTerminal, "stty size; echo $TERM")).stdout).toBe("40 80\r\nxterm\r\n");
  });

  test("connects again after a reboot, once for each attempt", async () => {
    await using rebooting = await startSshd();
    await using machine = await connectTest(optionsFor(rebooting));
    const lost = execTest(machine, "sleep 30");
    await sleep(200);
    await rebooting.stop();
    expect(await lost).toMatchObject({ status: 2300218, disconnected: true });
    await expect(execTest(machine, "echo in")).rejects.toThrow(/connection refused/);
    await rebooting.start();
    expect((await execTest(machine, "echo in")).stdout).toBe("in\n");
    expect(
      (await Promise.all([1, 2, 3].map((n) => execTest(machine, `echo ${n}`)))).map(({ stdout }) => stdout),
    ).toEqual(["1\n", "2\n", "3\n"]);
  }, 15_000);

  test("ends a silent connection after ssh_read_write_timeout", async () => {
    const options = optionsFor(sshd, { ssh_read_write_timeout: 500, ssh_keep_alive_interval: -1 });
    await using silent = await connectTest(options);
    expect(await execTest(silent, "sleep 20")).toMatchObject({ disconnected: true });
    const alive = optionsFor(sshd, { ssh_read_write_timeout: 700, ssh_keep_alive_interval: 100 });
    await using answering = await connectTest(alive);
    expect(await execTest(answering, "sleep 1.5; echo done")).toMatchObject({ status: 0, stdout: "done\n" });
  }, 15_000);

  test("a connection that breaks between commands is made anew", async () => {
    await using relay = await startRelay(sshd.port);
    await using machine = await connectTest(optionsFor(sshd, { ssh_port: relay.port }));
    await execTest(machine, "true");
    relay.dropAll();
    expect((await execTest(machine, "echo in")).stdout).toBe("in\n");
  });
});

// Root gets no signals from OpenSSH's server.
const describeUser = whyNoPasswords() === undefined ? describe : describe.skip;

describeUser("commands of an ordinary user", () => {
  let sshd: TestSshd;
  let connection: TestConnection;
  beforeAll(async () => {
    sshd = await startSshd({ withPasswords: true });
    connection = await connectTest(optionsFor(sshd));
  });
  afterAll(async () => {
    await connection[Symbol.asyncDispose]();
    await sshd[Symbol.asyncDispose]();
  });

  test("passes signals and new sizes of the terminal", async () => {
    const trap = "trap 'echo got; exit 3' USR1; echo ready; while :; do sleep 0.05; done";
    let send: ((name: string) => void) | undefined;
    let stdout = "";
    const exit = await execTest(connection, trap, {
      io: {
        onSignal: (listener) => (send = listener),
        stdout: (chunk) => {
          stdout += Buffer.from(chunk).toString();
          if (stdout === "ready\n") send?.("USR1");
          return Promise.resolve();
        },
      },
    });
    expect({ stdout, status: exit.status }).toEqual({ stdout: "ready\ngot\n", status: 3 });
    let lines = "";
    const openInput = new AbortController();
    let resize: ((size: { columns: number; rows: number }) => void) | undefined;
    const sizes = await execTest(connection, "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.05; done", {
      start: { terminal: { columns: 90, rows: 30 } },
      io: {
        stdin: waiting(openInput.signal), // at its end sshd changes no size any more
        onResize: (listener) => (resize = listener),
        stdout: (chunk) => {
          lines += Buffer.from(chunk).toString();
          if (lines.trim() === "30 90") resize?.({ columns: 100, rows: 20 });
          return Promise.resolve();
        },
      },
    });
    openInput.abort();
    expect(sizes.status).toBe(0);
    expect(lines).toBe("30 90\r\n20 100\r\n");
  });
  test("ends the command on abort and rejects with the reason", async () => {
    const controller = new AbortController();
    const marker = `ingot-${process.pid}-${Date.now()}`;
    const command = ["bash", "-c", `exec -a ${marker} sleep 60`];
    const running = execTest(connection, "", { io: { signal: controller.signal }, start: { command } });
    setTimeout(() => controller.abort(new Error("enough")), 200);
    await expect(running).rejects.toThrow("enough");
    expect((await execTest(connection, `pgrep -f '^${marker}' | wc -l`)).stdout.trim()).toBe("0");
  });
});

async function* waiting(signal: AbortSignal): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.alloc(0);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}
