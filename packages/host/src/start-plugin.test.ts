import { describe, expect, jest, test } from "@jest/globals";
import { makeFixture, NEVER, rejection } from "./test-fixture.js";

jest.setTimeout(60_000); // processes are slow to start on a busy machine

describe("a plugin that does not come up gives one clear error and leaves nothing", () => {
  test.each([
    {
      plugin: "exits-at-once",
      code: "start",
      says: [
        'The plugin "exits-at-once" ended before it was ready.',
        "ended with exit status 3",
        "no licence for this machine",
        "ingot 0.1.0 (protocol 1)",
        "ingot-plugin-exits-at-once.mjs",
        "INGOT_LOG=1",
      ],
    },
    {
      plugin: "prints-junk",
      code: "handshake",
      says: ['printed something else than its handshake: "Welcome to my plugin!"', "standard error"],
    },
    { plugin: "prints-without-end", code: "handshake", says: ["printed something else than its handshake", "xxx…"] },
    {
      plugin: "other-core",
      code: "version",
      says: ["speaks version 2 of the handshake; this Ingot speaks 1", "newer Ingot"],
    },
    {
      plugin: "other-version",
      code: "version",
      says: ["speaks version 7 of the plugin protocol; this Ingot speaks 1", "newer Ingot, or an older version"],
    },
    { plugin: "speaks-netrpc", code: "handshake", says: ['speaks "netrpc", not gRPC'] },
    { plugin: "listens-elsewhere", code: "handshake", says: ['"192.0.2.1:10000", which is no port of the loopback'] },
    {
      plugin: "no-certificate",
      code: "handshake",
      says: ["listens on TCP without the certificate", "INGOT_PLUGIN_NETWORK"],
    },
    { plugin: "nobody-listens", code: "crash", says: ["connection", "asked for its health"] },
    {
      plugin: "no-interpreter",
      code: "start",
      says: ["could not be run: the interpreter that its first line names is missing"],
      extension: "",
    },
    { plugin: "never-prints", code: "timeout", says: ["was not ready after 0.5 seconds", "waiting for a server"] },
  ])("$plugin", async ({ plugin, code, says, extension = ".mjs" }) => {
    const startTimeoutMs = plugin === "never-prints" ? 500 : 20_000;
    const env = plugin === "no-certificate" ? { INGOT_PLUGIN_NETWORK: "tcp" } : {};
    await using fixture = makeFixture([`ingot-plugin-${plugin}${extension}`], { startTimeoutMs, env });
    const error = await rejection(fixture.host.describe({ kind: "builder", name: plugin }, { signal: NEVER }));
    expect(error.code).toBe(code);
    for (const text of says) expect(error.message).toContain(text);
    expect(error.message).not.toMatch(/^\s+at /m);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test.each([
    {
      mode: "dies",
      code: "crash",
      says: ["crashed while it described itself", "exit status 4", "about to die in describe module=nasty answer=42"],
    },
    { mode: "hangs", code: "timeout", says: ["did not answer within 0.5 seconds while it described itself"] },
    { mode: "status", code: "protocol", says: ["failed while it described itself: status 2, KeyError: 'name'"] },
    {
      mode: "bad-type",
      code: "describe",
      says: ["builder nasty", "mode", "type of an unknown kind (77)", "nasty 1.2.3"],
    },
    { mode: "no-schema", code: "describe", says: ["builder nasty has no configuration schema"] },
    { mode: "twice", code: "describe", says: ["occurs twice"] },
    { mode: "not-serving", code: "protocol", says: ['doesn\'t report the service "plugin" as serving'] },
  ])("describe: $mode", async ({ mode, code, says }) => {
    await using fixture = makeFixture(["ingot-plugin-nasty.mjs"], {
      env: { NASTY_DESCRIBE: mode },
      describeTimeoutMs: mode === "hangs" ? 500 : 20_000,
    });
    const error = await rejection(fixture.host.describe({ kind: "builder", name: "nasty" }, { signal: NEVER }));
    expect(error.code).toBe(code);
    for (const text of says) expect(error.message).toContain(text);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("a flood on standard error is drained and only its end is kept", async () => {
    await using fixture = makeFixture(["ingot-plugin-floods-stderr.mjs"]);
    const { host } = fixture;
    const before = process.memoryUsage().rss;
    const component = { kind: "builder", name: "floods-stderr" } as const;
    const description = await host.describe(component, { signal: NEVER });
    expect(description?.plugin).toBe("floods-stderr");
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(150);
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("a host that ends while a plugin starts leaves nothing", async () => {
    await using fixture = makeFixture(["ingot-plugin-never-prints.mjs"]);
    const pending = rejection(fixture.host.describe({ kind: "builder", name: "never-prints" }, { signal: NEVER }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await fixture.leftovers()).toEqual([]);
    expect((await pending).message).toContain("the plugin host has ended");
  });

  test("killAll ends everything at once, also what a plugin left behind", async () => {
    await using fixture = makeFixture(["ingot-plugin-never-prints.mjs"]);
    const pending = rejection(fixture.host.describe({ kind: "builder", name: "never-prints" }, { signal: NEVER }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    fixture.host.killAll();
    await pending;
    expect(await fixture.leftovers()).toEqual([]);
  });

  test("an aborted signal ends the wait with its reason", async () => {
    await using fixture = makeFixture(["ingot-plugin-never-prints.mjs"]);
    const controller = new AbortController();
    const pending = rejection(
      fixture.host.describe({ kind: "builder", name: "never-prints" }, { signal: controller.signal }),
    );
    controller.abort(new Error("interrupted"));
    expect((await pending).message).toBe("interrupted");
    expect(await fixture.leftovers()).toEqual([]);
  });
});
