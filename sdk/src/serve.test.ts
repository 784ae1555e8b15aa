import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "@jest/globals";
import {
  bidi,
  CommunicatorServiceService,
  GRPCBrokerService,
  GRPCControllerService,
  GRPCStdioService,
  HANDSHAKE,
  HANDSHAKE_ENV,
  HealthService,
  openClient,
  PluginServiceService,
  serverStream,
  unary,
} from "@ingot/protocol";
import { localMachine } from "./local-machine.js";
import { chooseVersion } from "./serve.js";
import { startPlugin, type PluginUnderTest } from "./testing/index.js";

const FILE = fileURLToPath(new URL("../testdata/plugins/everything.mjs", import.meta.url));

const started: PluginUnderTest[] = [];
afterEach(async () => {
  for (const plugin of started.splice(0)) await plugin[Symbol.asyncDispose]();
});

async function start(...args: Parameters<typeof startPlugin> extends [unknown, ...infer Rest] ? Rest : never) {
  const plugin = await startPlugin(FILE, ...args);
  started.push(plugin);
  return plugin;
}

/** Starts the file without the helper. */
function spawnPlugin(env: Readonly<Record<string, string>>) {
  return spawn(process.execPath, [FILE], { env: { ...process.env, NODE_OPTIONS: "", ...env }, stdio: "pipe" });
}

test("explains itself and exits with 1 when it is started by hand", async () => {
  const child = spawnPlugin({});
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(1);
  expect(stderr).toContain('"everything" is a plugin of Ingot and is started by it.');
});

test("prints the handshake line alone, and keeps its socket in a folder of its own with mode 0700", async () => {
  const child = spawnPlugin({
    [HANDSHAKE.cookieName]: HANDSHAKE.cookieValue,
    [HANDSHAKE_ENV.protocolVersions]: "7,1",
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  expect(line.toString()).toMatch(/^1\|1\|unix\|[^|]+\|grpc\|\n$/);
  const socket = line.toString().split("|")[3] ?? "";
  expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
  child.stdin.end();
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(0);
  expect(existsSync(dirname(socket))).toBe(false);
});

test.each([
  { offered: "1", want: 1 },
  { offered: "3,1,2", want: 1 },
  { offered: "9", want: 1 },
  { offered: "", want: 1 },
])("announces version $want to a host that offers '$offered'", ({ offered, want }) => {
  expect(chooseVersion(offered)).toBe(want);
});

test("is healthy, and tells other services apart", async () => {
  const { process: plugin } = await start();
  const check = (service: string) => unary(plugin.client, HealthService.check, { service });
  expect(await check("plugin")).toEqual({ status: 1 });
  await expect(check("nobody")).rejects.toMatchObject({ code: 5 });
});

test("refuses a component that it does not have", async () => {
  const { process: plugin } = await start();
  const request = {
    instanceId: "x",
    component: { kind: 1 as const, name: "nobody" },
    config: undefined,
    build: undefined,
    validateOnly: false,
  };
  await expect(unary(plugin.client, PluginServiceService.prepare, request)).rejects.toMatchObject({ code: 5 });
});

test("refuses a token that nobody granted", async () => {
  const { process: plugin } = await start();
  const request = { access: { handle: "none", token: "guess" }, path: "/etc/passwd" };
  const call = serverStream(plugin.client, CommunicatorServiceService.download, request);
  await expect(call.next()).rejects.toMatchObject({ code: 7 });
});

test("exits with 0 on Shutdown", async () => {
  const { process: plugin } = await start();
  await unary(plugin.client, GRPCControllerService.shutdown, {});
  expect(await plugin.exited).toEqual({ code: 0, signal: null });
});

test("keeps the stdio stream open and silent", async () => {
  const { process: plugin } = await start();
  const controller = new AbortController();
  const call = serverStream(plugin.client, GRPCStdioService.streamStdio, {}, { signal: controller.signal });
  const first = call.next().catch(() => "cancelled by us");
  await unary(plugin.client, HealthService.check, { service: "plugin" });
  controller.abort();
  expect(await first).toBe("cancelled by us");
});

test("ignores SIGINT", async () => {
  const plugin = await start();
  plugin.process.child.kill("SIGINT");
  expect((await plugin.describe()).name).toBe("everything");
});

test("gives none of the handshake's variables to commands that it runs", async () => {
  const plugin = await start();
  const outcome = await plugin.runBuilder(
    "box",
    { marker: join(tmpdir(), "ingot-env-marker"), communicator: "docker" },
    {
      provision: async (machine) => {
        let lines = "";
        await machine.run("env", { stdout: (line) => void (lines += `${line}\n`) });
        expect(lines).not.toMatch(/MAGIC_COOKIE|PLUGIN_PROTOCOL_VERSIONS/);
      },
    },
  );
  expect(outcome.diagnostics).toEqual([]);
});

test.each([
  { how: "standard input ends", leave: (plugin: PluginUnderTest) => void plugin.process.child.stdin?.end() },
  { how: "the broker stream ends", leave: (_plugin: PluginUnderTest, broker: { cancel(): void }) => broker.cancel() },
])("aborts its sessions, cleans up and exits within two seconds when $how", async ({ leave }) => {
  const dir = mkdtempSync(join(tmpdir(), "ingot-gone-"));
  const marker = join(dir, "marker");
  const plugin = await start();
  const broker = bidi(plugin.process.client, GRPCBrokerService.startStream);
  const listening = (async () => {
    for await (const message of broker) void message;
  })().catch(() => {});
  let goneAt = 0;
  const run = plugin
    .runBuilder(
      "box",
      { marker },
      {
        provision: async () => {
          expect(readdirSync(dir)).toEqual(["marker"]);
          goneAt = Date.now();
          leave(plugin, broker);
          await plugin.process.exited;
        },
      },
    )
    .catch(() => undefined);
  expect(await plugin.process.exited).toEqual({ code: 0, signal: null });
  expect(Date.now() - goneAt).toBeLessThan(2_000);
  expect(readdirSync(dir)).toEqual([]);
  await run;
  await listening;
  rmSync(dir, { recursive: true });
});

test("exits when its last connection ends, though its host opened no broker", async () => {
  const plugin = await start();
  await plugin.describe();
  plugin.process.client.close();
  expect(await plugin.process.exited).toEqual({ code: 0, signal: null });
});

test("with TLS, lets in nobody without the host's certificate", async () => {
  const { process: plugin } = await start({ tls: true });
  const client = await openClient(plugin.access.endpoint, undefined);
  await expect(unary(client, HealthService.check, { service: "plugin" }, { timeoutMs: 2_000 })).rejects.toMatchObject({
    name: "RpcError",
  });
  client.close();
});

test("takes the commands that it runs with it when it is killed", async () => {
  const plugin = await start();
  let pid = 0;
  const isAlive = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  await plugin
    .runBuilder(
      "box",
      { marker: join(tmpdir(), "ingot-kill-marker"), communicator: "docker" },
      {
        provision: async (machine) => {
          await machine.run("echo $$; sleep 300 & wait", {
            stdout: (line) => {
              pid = Number(line);
              plugin.process.child.kill("SIGKILL");
            },
          });
        },
      },
    )
    .catch(() => undefined);
  const killedAt = Date.now();
  expect(pid).toBeGreaterThan(0);
  while (isAlive() && Date.now() - killedAt < 5_000) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(Date.now() - killedAt).toBeLessThan(2_000);
  rmSync(join(tmpdir(), "ingot-kill-marker"), { force: true });
});

test("a crash in a session is seen as a broken stream", async () => {
  const plugin = await start();
  await expect(plugin.provision("act", { do: "crash" }, { machine: localMachine() })).rejects.toMatchObject({
    name: "RpcError",
  });
  expect(await plugin.process.exited).toEqual({ code: null, signal: "SIGKILL" });
});
