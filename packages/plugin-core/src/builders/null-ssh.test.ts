import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { RemoteMachine } from "@ingot/sdk";
import { startSshd, whyNoSshd, type TestSshd } from "@ingot/sdk/testing";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";
import { steady } from "../testing/recording-machine.js";

const core = useCorePlugin();

(whyNoSshd() === undefined ? describe : describe.skip)("the null builder over SSH", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => sshd[Symbol.asyncDispose]());

  /** Builds with a server and does something with its machine in between. */
  async function build(use: (machine: RemoteMachine) => Promise<void>, more: object = {}, server = sshd) {
    const communicator = {
      type: "ssh",
      ssh_host: "127.0.0.1",
      ssh_port: server.port,
      ssh_username: server.user,
      ssh_private_key_file: server.keyFile,
      ...more,
    };
    const outcome = await core.plugin.runBuilder("null", flat(communicator), { provision: use });
    return { lines: shown(outcome), errors: messages(outcome), artifact: outcome.artifact };
  }

  /** Runs a provisioner of the same process, as in a build, and gives what went wrong. */
  async function provision(machine: RemoteMachine, name: string, config: object): Promise<readonly string[]> {
    return messages(await core.plugin.provision(name, config as Record<string, unknown>, { machine }));
  }

  test("connects, gives its data, and makes nothing", async () => {
    const { lines, errors, artifact } = await build(async (machine) => {
      expect(machine.type).toBe("ssh");
      expect(await machine.run("exit 3")).toEqual({ status: 3 });
    });
    expect(errors).toEqual([]);
    expect(lines).toEqual([
      "Using SSH communicator to connect: 127.0.0.1",
      "Waiting for SSH to become available...",
      "Connected to SSH!",
    ]);
    expect(artifact).toMatchObject({ id: "Null", builderId: "fnoeding.null" });
  });

  test("a login that is refused fails the build", async () => {
    const { errors } = await build(() => Promise.resolve(), { ssh_username: "nobody-here", ssh_handshake_attempts: 1 });
    expect(errors.join()).toContain("attempted methods [none publickey], no supported methods remain");
  });

  test.each([
    { name: "by default", more: {}, commands: 1 },
    { name: "with scp", more: { ssh_file_transfer_method: "scp" }, commands: 4 },
  ])("a shell script runs, is removed, and costs few sessions: $name", async ({ more, commands }) => {
    const output = join(sshd.dir, "output");
    const before = sessions(sshd);
    const { errors } = await build(async (machine) => {
      const config = {
        inline: [`umask > ${output}; stat -c %a $0 >> ${output}; echo $A >> ${output}`],
        env: { A: "it's" },
      };
      expect(await provision(machine, "shell", { ...config, remote_folder: sshd.dir })).toEqual([]);
    }, more);
    expect(errors).toEqual([]);
    expect(readFileSync(output, "utf8")).toMatch(/^\d+\n755\nit's\n$/);
    expect(readdirSync(sshd.dir).filter((name) => name.startsWith("script_"))).toEqual([]);
    expect(sessions(sshd) - before).toBe(commands);
  });

  test("one session at a time is enough", async () => {
    await using narrow = await startSshd({ config: "MaxSessions 1" });
    const provisioner = { inline: ["true"], remote_folder: narrow.dir, start_retry_timeout: "1s" };
    const { errors } = await build(
      async (machine) => {
        for (let i = 0; i < 2; i++) expect(await provision(machine, "shell", provisioner)).toEqual([]);
      },
      {},
      narrow,
    );
    expect(errors).toEqual([]);
  });

  test("a machine that reboots in a script is waited for, and the script removed", async () => {
    await using rebooting = await startSshd();
    const mark = join(rebooting.dir, "mark");
    const { errors } = await build(
      async (machine) => {
        const reboot = (async () => {
          await untilThere(mark);
          await rebooting.stop();
          await sleep(500);
          await rebooting.start();
        })();
        const script = { inline: [`touch ${mark}`, "sleep 60"], remote_folder: rebooting.dir, expect_disconnect: true };
        expect(await provision(machine, "shell", script)).toEqual([]);
        await reboot;
        expect(readdirSync(rebooting.dir).filter((name) => name.startsWith("script_"))).toEqual([]);
        expect(await provision(machine, "shell", { inline: ["true"], remote_folder: rebooting.dir })).toEqual([]);
      },
      {},
      rebooting,
    );
    expect(errors).toEqual([]);
  });

  test("a disconnect that nobody expects fails", async () => {
    await using own = await startSshd();
    const mark = join(own.dir, "mark");
    await build(
      async (machine) => {
        const stopped = untilThere(mark).then(() => own.stop());
        const config = { inline: [`touch ${mark}`, "sleep 60"], remote_folder: own.dir };
        expect((await provision(machine, "shell", config)).join()).toMatch(/^Script disconnected unexpectedly\./);
        await stopped;
      },
      {},
      own,
    );
  });

  test("files and folders go there and back", async () => {
    const folder = join(core.folder, "tree");
    const target = join(sshd.dir, "target");
    const { errors } = await build(async (machine) => {
      await machine.run(["mkdir", "-p", join(folder, "sub"), target]);
      for (let i = 0; i < 300; i++) writeFileSync(join(folder, "sub", `f${i}`), `content ${i}`);
      writeFileSync(join(folder, "large"), Buffer.alloc(700_000, "l"));
      expect(await provision(machine, "file", { source: folder, destination: target })).toEqual([]);
      expect(readdirSync(join(target, "tree", "sub"))).toHaveLength(300);
      expect(readFileSync(join(target, "tree", "sub", "f299"), "utf8")).toBe("content 299");
      const back = {
        source: join(target, "tree", "large"),
        destination: join(core.folder, "back"),
        direction: "download",
      };
      expect(await provision(machine, "file", back)).toEqual([]);
      expect(readFileSync(join(core.folder, "back")).length).toBe(700_000);
      const missing = await provision(machine, "file", { ...back, source: "/nowhere" });
      expect(missing.map(steady).join()).toMatch(/\/nowhere.*no such file/);
    });
    expect(errors).toEqual([]);
  });
});

async function untilThere(path: string): Promise<void> {
  for (let i = 0; !existsSync(path) && i < 400; i++) await sleep(25);
}

/** How many commands a server has run. */
function sessions(sshd: TestSshd): number {
  return sshd.log().split("Starting session: command").length - 1;
}

function flat({ type, ...rest }: { readonly type: string }): Record<string, unknown> {
  return { communicator: type, ...rest };
}
