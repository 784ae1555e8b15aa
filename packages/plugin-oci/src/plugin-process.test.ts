import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startPlugin, type PluginUnderTest } from "@ingot/sdk/testing";
import { readImage } from "./testing/read-image.js";
import { makeRootfs, run, testWith, withFolder } from "./testing/test-tools.js";

const main = new URL("../dist/main.js", import.meta.url);

async function withPlugin(
  work: (plugin: PluginUnderTest, folder: string, build: object) => Promise<void>,
  env: Record<string, string> = {},
): Promise<void> {
  await withFolder(async (folder) => {
    await using plugin = await startPlugin(main, { env });
    await work(plugin, folder, { workingDirectory: folder, cacheDirectory: join(folder, "cache") });
  });
}

describe("the plugin's process", () => {
  test("describes the builder", () =>
    withPlugin(async (plugin) => {
      const { name, components } = await plugin.describe();
      expect(name).toBe("oci");
      const builder = components.find((component) => component.name === "oci");
      const attributes = builder?.config?.attributes ?? {};
      expect(
        Object.keys(attributes)
          .filter((key) => attributes[key]?.required)
          .sort(),
      ).toEqual(["base", "output"]);
      expect(Object.keys(attributes).filter((key) => attributes[key]?.sensitive)).toEqual(["password"]);
    }));

  testWith(["busybox"], "builds, hands over its artifact, and destroys it", () =>
    withPlugin(async (plugin, folder, build) => {
      await makeRootfs(folder);
      const config = { base: "rootfs", output: "out/app", tags: ["app:1"], env: { A: "1" } };
      const data: object[] = [];
      const outcome = await plugin.runBuilder("oci", config, {
        build,
        provision: async (machine, generatedData) => {
          data.push(generatedData);
          await mkdir(join(folder, "tree/sub"), { recursive: true });
          await writeFile(join(folder, "tree/sub/file"), "from a folder");
          await machine.uploadDir(`${folder}/tree/`, "/opt/tree");
          await machine.run(["sh", "-c", "echo hello > /hello; cat /opt/tree/sub/file >> /hello"]);
          await mkdir(join(folder, "back"));
          await machine.downloadDir("/opt/tree/", join(folder, "back"));
        },
      });
      expect(outcome.diagnostics).toEqual([]);
      expect(data).toEqual([expect.objectContaining({ User: "root" })]);
      expect(outcome.artifact).toMatchObject({
        builderId: "ingot.oci",
        files: ["out/app"],
        state: { tags: ["app:1"] },
      });
      expect(await run("cat", [join(folder, "back/sub/file")])).toBe("from a folder");
      const [, changes = []] = (await readImage(join(folder, "out/app"))).layers;
      expect(changes.find(({ path }) => path === "hello")?.text).toBe("hello\nfrom a folder");
      expect(outcome.resources.length).toBeGreaterThan(0);
      const refused = await plugin.runBuilder("oci", config, { build });
      expect(refused.diagnostics).toMatchObject([{ severity: "error", summary: "Output exists", path: ["output"] }]);
      if (outcome.artifact !== undefined) await plugin.destroyArtifact("builder", "oci", outcome.artifact);
      expect(existsSync(join(folder, "out/app"))).toBe(false);
    }),
  );

  testWith(
    ["busybox"],
    "that is killed leaves no process, and another one removes what it recorded",
    () =>
      withFolder(async (folder) => {
        await makeRootfs(folder);
        const build = { workingDirectory: folder, cacheDirectory: join(folder, "cache") };
        const scratch = join(folder, "tmp");
        await mkdir(scratch);
        const first = await startPlugin(main, { env: { TMPDIR: scratch } });
        const stuck = first.runBuilder(
          "oci",
          { base: "rootfs", output: "app" },
          {
            build,
            provision: async (machine) => {
              const killed = setTimeout(() => first.process.child.kill("SIGKILL"), 300);
              await machine.run(["sleep", "98765"]);
              clearTimeout(killed);
            },
          },
        );
        await expect(stuck).rejects.toThrow();
        await first[Symbol.asyncDispose]();
        const deadline = Date.now() + 2_000;
        const sleeping = (): Promise<string> => run("sh", ["-c", "ps ax | grep 'sleep 9876[5]' || true"]);
        while ((await sleeping()) !== "" && Date.now() < deadline)
          await new Promise((resolve) => setTimeout(resolve, 50));
        expect(await sleeping()).toBe("");
        await using second = await startPlugin(main, { env: { TMPDIR: scratch } });
        const ids = process.geteuid?.() === 0 ? "host" : "";
        for (const name of (await readdir(scratch)).filter((item) => item.startsWith("ingot-oci-"))) {
          const record = { kind: "oci-scratch", id: name, locator: { path: join(scratch, name), ids } };
          expect(await second.destroyResource("builder", "oci", record)).toEqual([]);
        }
        for (const name of (await readdir(folder)).filter((item) => item.includes("ingot-partial"))) {
          const record = { kind: "oci-partial-output", id: name, locator: { path: join(folder, name) } };
          expect(await second.destroyResource("builder", "oci", record)).toEqual([]);
        }
        expect((await readdir(scratch)).filter((item) => item.startsWith("ingot-oci-"))).toEqual([]);
        expect((await readdir(folder)).sort()).toEqual(["rootfs", "tmp"]);
      }),
    60_000,
  );

  testWith(["busybox"], "cleans up when it is cancelled", () =>
    withPlugin(async (plugin, folder, build) => {
      await makeRootfs(folder);
      const controller = new AbortController();
      const outcome = await plugin.runBuilder(
        "oci",
        { base: "rootfs", output: "app" },
        {
          build,
          signal: controller.signal,
          provision: async (machine) => {
            setTimeout(() => controller.abort(), 200);
            await machine.run(["sleep", "87654"]);
          },
        },
      );
      expect(outcome.cancelled).toBe(true);
      expect((await readdir(folder)).sort()).toEqual(["rootfs"]);
      expect(await run("sh", ["-c", "ps ax | grep 'sleep 8765[4]' || true"])).toBe("");
    }),
  );
});
