import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { CommunicatorServiceService } from "./gen/ingot/plugin/v1/communicator.js";
import type { MachineReady, RunResult } from "./gen/ingot/plugin/v1/plugin.js";
import { useForeignPlugins } from "./testing/foreign-plugins.js";
import { grant, startBuild } from "./testing/foreign-sessions.js";
import { downloadDir, entry, exec, uploadDir } from "./testing/machine-calls.js";

const plugins = useForeignPlugins();

plugins.describe("a machine of a plugin in Go", () => {
  test("the machine moves files and folders, with modes, links and exclusions", async () => {
    const go = await plugins.start(plugins.go);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const access = { handle: machine.handle, token: machine.token };

    const big = Buffer.alloc(3 << 20, "0123456789");
    const diagnostics = await uploadDir(go, [
      { $case: "start", value: { access, destination: "into", source: "/home/me/tree", exclude: ["skip"] } },
      { $case: "entry", value: entry("deep", { kind: 2, mode: 0o750 }) },
      { $case: "entry", value: entry("deep/big", { mode: 0o640 }) },
      ...Array.from({ length: 6 }, (_, i) => ({
        $case: "chunk" as const,
        value: big.subarray(i << 19, (i + 1) << 19),
      })),
      { $case: "entry", value: entry("link", { kind: 3, linkTarget: "deep/big" }) },
      { $case: "entry", value: entry("skip", { kind: 2 }) },
      { $case: "entry", value: entry("skip/me") },
      { $case: "chunk", value: Buffer.from("x") },
    ]);
    expect(diagnostics).toEqual([]);
    const run = exec(go, machine, {
      command: {
        $case: "shellCommand",
        value: "cd into/tree && stat -c '%n %a %F' deep deep/big link && ls -A && cat -",
      },
      withStdin: true,
    });
    run.call.write({ message: { $case: "stdin", value: Buffer.from("from stdin") } });
    run.call.write({ message: { $case: "stdinEnd", value: {} } });
    expect(await run.exit()).toMatchObject({ status: 0, diagnostics: [] });
    expect(run.stdout).toBe(
      "deep 750 directory\ndeep/big 640 regular file\nlink 777 symbolic link\ndeep\nlink\nfrom stdin",
    );

    const down = await downloadDir(go, access, "into/tree");
    expect(down.map(({ info, bytes }) => `${info.kind} ${info.path} ${bytes} ${info.linkTarget}`)).toEqual([
      "2 deep 0 ",
      `1 deep/big ${big.length} `,
      "3 link 0 deep/big",
    ]);

    // Nothing gets out of the destination, not even through a link.
    const escape = await uploadDir(go, [
      { $case: "start", value: { access, destination: "into", source: "x/", exclude: [] } },
      { $case: "entry", value: entry("way-out", { kind: 3, linkTarget: workingDirectory }) },
      { $case: "entry", value: entry("way-out/stolen") },
      { $case: "chunk", value: Buffer.from("x") },
    ]);
    expect(escape).toHaveLength(1);
    expect(existsSync(join(workingDirectory, "stolen"))).toBe(false);

    const gone = exec(go, machine, { command: { $case: "arguments", value: { values: ["/no/such/program"] } } });
    expect((await gone.exit()).diagnostics).toMatchObject([{ summary: "Cannot start the command" }]);
    const signalled = exec(go, machine, { command: { $case: "arguments", value: { values: ["sleep", "600"] } } });
    signalled.call.write({ message: { $case: "signal", value: "TERM" } });
    expect(await signalled.exit()).toMatchObject({ signal: "TERM", status: 143 });

    const stranger = exec(go, { ...machine, token: "guess" }, { command: { $case: "shellCommand", value: "id" } });
    await expect(stranger.exit()).rejects.toThrow(/PERMISSION_DENIED/);
    const endless = exec(go, machine, { command: { $case: "shellCommand", value: "yes" } });
    await endless.until(() => endless.stdout.length > 1 << 20);
    await go.unary(CommunicatorServiceService.revoke, { token: machine.token });
    await expect(endless.exit()).rejects.toThrow(/PERMISSION_DENIED/);
    build.command({ $case: "cancel", value: { reason: "test", graceMs: 0n } });
    await build.next<RunResult>("result");
    await build.ended();
  });

  test("a caller that does not read holds the command back", async () => {
    const go = await plugins.start(plugins.go);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    build.call.on("error", () => {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const call = exec(go, machine, { command: { $case: "shellCommand", value: "yes 0123456789" } });
    await call.until(() => call.stdout.length > 0);
    call.call.pause();
    const pid = go.process.pid as number;
    const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    await new Promise((resolve) => setTimeout(resolve, 300)); // what is on its way arrives
    const before = memory();
    await new Promise((resolve) => setTimeout(resolve, 700)); // time in which a careless sender would collect a lot
    expect(memory() - before).toBeLessThan(8 << 10);
    call.call.cancel();
  });
});
