import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { makeSelfSignedCertificate } from "./certificate.js";
import { GRPCControllerService } from "./gen/goplugin/goplugin.js";
import { HealthService } from "./gen/grpc/health/v1/health.js";
import { ComponentKind } from "./gen/ingot/plugin/v1/artifact.js";
import { PluginServiceService } from "./gen/ingot/plugin/v1/plugin.js";
import { pathOf, useForeignPlugins } from "./testing/foreign-plugins.js";
import { blocks, number, PluginDriver, text, truth } from "./testing/plugin-driver.js";

const plugins = useForeignPlugins();
const both = [
  { language: "Go", path: plugins.go },
  { language: "Python", path: plugins.python },
];

plugins.describe("plugins in other languages", () => {
  describe.each(both)("in $language", ({ path }) => {
    test("shakes hands as go-plugin does", async () => {
      const plugin = await plugins.start(path);
      const [core, version, network, address, protocol, certificate] = plugin.fields;
      expect({ core, version, network, protocol, certificate }).toEqual({
        core: "1",
        version: "1",
        network: "unix",
        protocol: "grpc",
        certificate: "",
      });
      expect(address?.startsWith(plugin.socketDir)).toBe(true);
      expect(await plugin.unary(HealthService.check, { service: "plugin" })).toEqual({ status: 1 });
    });

    test("refuses to run without the cookie", async () => {
      await expect(PluginDriver.start(path, { env: { INGOT_PLUGIN_MAGIC_COOKIE: undefined } })).rejects.toThrow(
        /exit code 1: .*plugin/s,
      );
    });

    test("announces its own version when the host speaks another one", async () => {
      const plugin = await plugins.start(path, { env: { PLUGIN_PROTOCOL_VERSIONS: "7,9" } });
      expect(plugin.fields[1]).toBe("1");
    });

    test("speaks mutual TLS when the host gives a certificate", async () => {
      const plugin = await plugins.start(path, { certificate: makeSelfSignedCertificate() });
      expect(plugin.fields[5]).toMatch(/^[A-Za-z0-9+/]{100,}$/);
      expect((await plugin.unary(PluginServiceService.describe, { hostVersion: "", capabilities: [] })).version).toBe(
        "0.1.0",
      );
    });

    test("describes each attribute", async () => {
      const plugin = await plugins.start(path);
      const { components } = await plugin.unary(PluginServiceService.describe, { hostVersion: "0", capabilities: [] });
      expect(components).toHaveLength(2);
      const attributes = components.flatMap(({ config }) => Object.values(config?.attributes ?? {}));
      expect(attributes.every(({ description, type }) => description.endsWith(".") && type !== undefined)).toBe(true);
      expect(attributes.filter(({ required }) => required).length).toBeGreaterThan(0);
      expect(attributes.filter(({ sensitive }) => sensitive)).toHaveLength(1);
      expect(attributes.filter(({ defaultValue }) => defaultValue !== undefined).length).toBeGreaterThan(0);
    });

    test("ends when the host asks for it, and leaves no socket", async () => {
      const plugin = await plugins.start(path);
      expect(plugin.sockets()).toHaveLength(1);
      await plugin.unary(GRPCControllerService.shutdown, {}).catch(() => {}); // the reply may never come
      await plugin.waitForExit(2_000);
      expect(plugin.process.exitCode).toBe(0);
      expect(plugin.sockets()).toEqual([]);
    });

    test("ends when its standard input ends, and leaves no socket", async () => {
      const plugin = await plugins.start(path);
      plugin.process.stdin?.end();
      await plugin.waitForExit(2_000);
      expect(plugin.sockets()).toEqual([]);
    });

    test("takes no notice of SIGINT", async () => {
      const plugin = await plugins.start(path);
      plugin.process.kill("SIGINT");
      await plugin.unary(PluginServiceService.describe, { hostVersion: "", capabilities: [] });
      expect(plugin.process.exitCode).toBeNull();
    });

    test("does not know instances that were released", async () => {
      const plugin = await plugins.start(path);
      await plugin.unary(PluginServiceService.release, { instanceId: "gone" });
    });
  });

  test.each([
    {
      name: "the builder wants an output",
      path: plugins.go,
      kind: ComponentKind.BUILDER,
      component: "folder",
      config: {},
      want: ["Missing required argument at "],
    },
    {
      name: "the builder points into nested blocks",
      path: plugins.go,
      kind: ComponentKind.BUILDER,
      component: "folder",
      config: {
        output: text("out"),
        file: blocks({ path: text("a"), content: text("") }, { path: text("../b"), content: text("") }),
      },
      want: ["Path outside the machine at file.1.path"],
    },
    {
      name: "the builder does not replace the folder that it runs in",
      path: plugins.go,
      kind: ComponentKind.BUILDER,
      component: "folder",
      config: { output: text("..") },
      want: ["Output around the working directory at output"],
    },
    {
      name: "the builder reports several errors at once",
      path: plugins.go,
      kind: ComponentKind.BUILDER,
      component: "folder",
      config: { output: truth(true), file: blocks({}) },
      want: [
        "Incorrect attribute value type at output",
        "Missing required argument at file.0",
        "Missing required argument at file.0",
      ],
    },
    {
      name: "the data source checks its numbers exactly",
      path: plugins.go,
      kind: ComponentKind.DATA_SOURCE,
      component: "folder",
      config: {
        path: text("."),
        max_files: number("1.5"),
      },
      want: ["Number out of range at max_files"],
    },
    {
      name: "the provisioner wants one template",
      path: plugins.python,
      kind: ComponentKind.PROVISIONER,
      component: "render",
      config: { destination: text("x") },
      want: ["Invalid combination of arguments at "],
    },
    {
      name: "the provisioner checks mode, content and commands",
      path: plugins.python,
      kind: ComponentKind.PROVISIONER,
      component: "render",
      config: { destination: text("x"), content: text("a@ b"), mode: text("9"), then: blocks({}) },
      want: ["Invalid mode at mode", "Missing required argument at then.0", "Invalid template at content"],
    },
    {
      name: "the post-processor checks its algorithm",
      path: plugins.python,
      kind: ComponentKind.POST_PROCESSOR,
      component: "sha256sums",
      config: { output: text("sums"), algorithm: text("crc") },
      want: ["Unknown algorithm at algorithm"],
    },
  ])("a bad configuration: $name", async ({ path, kind, component, config, want }) => {
    const dir = plugins.makeDir();
    const plugin = await plugins.start(path);
    const { diagnostics } = await plugin.prepare("i", kind, component, config, { workingDirectory: dir });
    expect(diagnostics.map((diagnostic) => `${diagnostic.summary} at ${pathOf(diagnostic)}`)).toEqual(want);
    // No instance was made, so the id is free.
    const good = {
      output: text(join(dir, "free")),
      path: text("."),
      destination: text("x"),
      content: text("x"),
    };
    expect((await plugin.prepare("i", kind, component, good, { workingDirectory: dir })).diagnostics).toEqual([]);
    await expect(plugin.prepare("i", kind, component, good, { workingDirectory: dir })).rejects.toThrow(
      /ALREADY_EXISTS/,
    );
  });
});
