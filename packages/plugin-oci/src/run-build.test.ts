import { chmod, copyFile, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { buildImage, type TestMachine } from "./testing/build-image.js";
import { readImage } from "./testing/read-image.js";
import { isRoot, makeRootfs, run, testWith, withFolder } from "./testing/test-tools.js";

const epoch = 1_700_000_000;

describe("a build over a root file system", () => {
  testWith(["busybox"], "has the base as its first layer and the changes as its second", () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      const { artifact, lines } = await buildImage({
        folder,
        config: {
          base: "rootfs",
          output: "out/app",
          tags: ["app:1", "app:latest"],
          cmd: ["/bin/sh", "-c", "cat /hello"],
          env: { LANG: "C.UTF-8" },
          labels: { team: "images" },
        },
        provision: async ({ sh }) => {
          await sh("echo hello > /hello; rm /etc/motd; rm -r /home/app; ln /hello /hello2; ln -s hello /link");
          await sh("mkdir /opt; chmod 2755 /opt; chmod 4755 /bin/busybox; rm -r /usr/lib; mkdir /usr/lib");
        },
      });
      const image = await readImage(join(folder, "out/app"));
      expect(artifact).toMatchObject({
        id: image.index.manifests[0]?.digest,
        files: ["out/app"],
        builderId: "ingot.oci",
        summary: `OCI image ${artifact.id ?? ""} (app:1, app:latest) in out/app`,
      });
      expect(lines.at(-1)).toBe(`Image ${artifact.id ?? ""} written to out/app`);
      expect(image.index.manifests.map((item) => item.annotations?.["org.opencontainers.image.ref.name"])).toEqual([
        "app:1",
        "app:latest",
      ]);
      expect(image.config.config).toEqual({
        Cmd: ["/bin/sh", "-c", "cat /hello"],
        Env: ["LANG=C.UTF-8"],
        Labels: { team: "images" },
      });
      expect(image.layers).toHaveLength(2);
      expect(image.layers[0]?.map(({ path }) => path)).toContain("bin/busybox");
      const changes = image.layers[1]?.map(({ type, mode, path, linkTarget }) =>
        [type, mode.toString(8), path, linkTarget].join(" ").trim(),
      );
      expect(changes).toEqual([
        "directory 755 bin",
        "file 4755 bin/busybox",
        "directory 755 etc",
        "file 644 etc/.wh.motd",
        "file 644 hello",
        "link 644 hello2 hello",
        "directory 755 home",
        "file 644 home/.wh.app",
        "symlink 777 link hello",
        "directory 2755 opt",
        "directory 755 usr",
        "directory 755 usr/lib",
        "file 644 usr/lib/.wh..wh..opq",
      ]);
      expect(image.layers[1]?.find(({ path }) => path === "hello")?.text).toBe("hello\n");
      expect(await leftovers(folder)).toEqual([]);
    }),
  );

  testWith(["busybox"], "is the same byte for byte with SOURCE_DATE_EPOCH, elsewhere and later", async () => {
    const build = (): Promise<string> =>
      withFolder(async (folder) => {
        await makeRootfs(folder);
        const { artifact } = await buildImage({
          folder,
          sourceDateEpoch: epoch,
          config: { base: "rootfs", output: "app.tar", tags: ["app:1"], env: { B: "2", A: "1" } },
          provision: async ({ sh }) => {
            await sh("for i in 9 2 5 1 7; do echo $i > /file$i; done; mkdir -p /a/b; rm /etc/motd; ln /file1 /zlink");
          },
        });
        return `${artifact.id ?? ""} ${(await run("sha256sum", ["app.tar"], { cwd: folder })).split(" ")[0] ?? ""}`;
      });
    const first = await build();
    await new Promise((resolve) => setTimeout(resolve, 1_100)); // file times have seconds
    expect(await build()).toBe(first);
  });

  testWith(["busybox"], "keeps attributes, devices, long names and owners", async () => {
    if (!isRoot) return; // devices and owners need root
    await withFolder(async (folder) => {
      const rootfs = await makeRootfs(folder);
      const long = `/${"d".repeat(120)}/${"f".repeat(200)}`;
      await buildImage({
        folder,
        config: { base: "rootfs" },
        provision: async ({ sh, machine }) => {
          await sh(
            `mkdir /${"d".repeat(120)}; echo long > ${long}; mknod /null c 1 3; mknod /disk b 8 1; mkfifo /pipe`,
          );
          await sh("echo x > /owned; chown 1234:70000 /owned; chmod 0600 /owned; echo c > /capable");
          await sh("touch '/line\nbreak' \"/$(printf 'caf\\303\\251')\" \"/$(printf 'caf\\351')\"");
          const root = await machine.download("/etc/passwd", { signal: new AbortController().signal });
          for await (const part of root.content) void part;
        },
      });
      const [, changes = []] = (await readImage(join(folder, "out"))).layers;
      const find = (path: string) => changes.find((entry) => entry.path === path);
      expect(find(long.slice(1))?.text).toBe("long\n");
      expect(find("null")).toMatchObject({ type: "char", devMajor: 1, devMinor: 3 });
      expect(find("disk")).toMatchObject({ type: "block", devMajor: 8, devMinor: 1 });
      expect(find("pipe")).toMatchObject({ type: "fifo" });
      expect(find("owned")).toMatchObject({ uid: 1234, gid: 70000, mode: 0o600 });
      expect(find("line\nbreak")).toBeDefined();
      expect(find("caf\xc3\xa9")).toBeDefined();
      expect(find("caf\xe9")).toBeDefined();
      expect(rootfs).not.toBe("");
    });
  });

  testWith(["busybox", "setcap"], "keeps file capabilities of the base and of changed files", async () => {
    if (!isRoot) return; // only root may set them on files outside
    await withFolder(async (folder) => {
      const rootfs = await makeRootfs(folder);
      await copyFile(join(rootfs, "bin/busybox"), join(rootfs, "bin/capable"));
      await chmod(join(rootfs, "bin/capable"), 0o755);
      await run("setcap", ["cap_net_raw+ep", join(rootfs, "bin/capable")]);
      await buildImage({
        folder,
        config: { base: "rootfs" },
        provision: async ({ sh }) => void (await sh("touch -d @1 /bin/capable")),
      });
      const { layers } = await readImage(join(folder, "out"));
      for (const layer of layers) {
        const entry = layer.find(({ path }) => path === "bin/capable");
        expect(entry?.xattrs.get("security.capability")?.length).toBe(20);
      }
    });
  });

  testWith(["busybox"], "never contains what the sandbox needs for itself", () =>
    withFolder(async (folder) => {
      const rootfs = await makeRootfs(folder);
      await run("ln", ["-s", "../run/systemd/resolve/stub.conf", join(rootfs, "etc/resolv.conf")]);
      await buildImage({
        folder,
        config: { base: "rootfs" },
        provision: async ({ sh }) => {
          expect(await sh("cat /etc/resolv.conf")).toBe(await readFile("/etc/resolv.conf", "utf8"));
          expect(await sh("cat /etc/hosts")).toBe(await readFile("/etc/hosts", "utf8"));
          await sh(
            "echo gone > /etc/resolv.conf; echo x > /dev/null; echo y > /dev/shm/y; test -d /proc/1; test -d /sys/kernel",
          );
          expect(await sh("ls -a /.ingot-host")).not.toMatch(/etc/);
        },
      });
      const { layers } = await readImage(join(folder, "out"));
      expect(layers[1] ?? []).toEqual([]);
      expect(await readFile("/etc/resolv.conf", "utf8")).not.toBe("gone\n");
    }),
  );
});

test("a build from scratch has what was uploaded and nothing else", () =>
  withFolder(async (folder) => {
    await buildImage({
      folder,
      config: { base: "scratch", platform: "linux/arm64/v8", entrypoint: ["/app"] },
      provision: async ({ machine }) => {
        const content = async function* () {
          yield Buffer.from("program");
        };
        await machine.upload({ path: "/app", mode: 0o755 }, content(), { signal: new AbortController().signal });
      },
    });
    const image = await readImage(join(folder, "out"));
    expect(image.layers.map((layer) => layer.map(({ path, mode, text }) => [path, mode, text]))).toEqual([
      [["app", 0o755, "program"]],
    ]);
    expect(image.config).toMatchObject({ os: "linux", architecture: "arm64", variant: "v8" });
  }));

testWith(["busybox"], "a build without network has none, and one with it has the host's", () =>
  withFolder(async (folder) => {
    await makeRootfs(folder);
    const devices = async (network: "host" | "none"): Promise<string> => {
      let seen = "";
      await buildImage({
        folder,
        force: true,
        config: { base: "rootfs", network },
        provision: async ({ sh }) => void (seen = await sh("sed -n 's/^ *\\([^: ]*\\):.*/\\1/p' /proc/net/dev")),
      });
      return seen.trim();
    };
    const host = await readFile("/proc/net/dev", "utf8");
    expect(await devices("none")).not.toMatch(/eth|en|wl/);
    for (const name of (await devices("host")).split("\n")) expect(host).toContain(`${name}:`);
  }),
);

describe("commands", () => {
  const inside = (work: (machine: TestMachine) => Promise<void>) => async () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      await buildImage({
        folder,
        config: { base: "rootfs", env: { LANG: "C", LD_LIBRARY_PATH: "/none" } },
        provision: work,
      });
    });

  testWith(
    ["busybox"],
    "run as root of their own process and file name spaces",
    inside(async ({ sh }) => {
      expect(await sh("id -u")).toBe("0\n");
      expect(await sh("test ! -e /work && echo closed")).toBe("closed\n");
      expect(Number(await sh("ps | wc -l"))).toBeLessThan(8);
    }),
  );

  testWith(
    ["busybox"],
    "get the image's environment, their own, and a working directory",
    inside(async ({ exec }) => {
      const { output } = await exec(["sh", "-c", 'echo "$LANG $HOME $LD_LIBRARY_PATH $X $PWD"'], {
        env: { X: "1" },
        cwd: "/etc",
      });
      expect(output).toBe("C /root /none 1 /etc\n");
    }),
  );

  testWith(
    ["busybox"],
    "read their input and give their status",
    inside(async ({ exec }) => {
      const stdin = async function* () {
        for (let i = 0; i < 64; i++) yield Buffer.alloc(65536, 120);
      };
      expect((await exec(["wc", "-c"], { stdin: stdin() })).output).toBe(`${64 * 65536}\n`);
      expect(await exec("exit 7")).toMatchObject({ status: 7 });
      expect(await exec(["/no/such/program"])).toMatchObject({ status: 127 });
      expect(await exec("kill -9 $$")).toMatchObject({ signal: "KILL" });
    }),
  );

  testWith(
    ["busybox"],
    "end on signals and on abort",
    inside(async ({ exec }) => {
      const onSignal = (listener: (name: string) => void) => void setTimeout(() => listener("TERM"), 300);
      expect(await exec("trap 'echo bye; exit 3' TERM; while :; do sleep 0.1; done", { onSignal })).toMatchObject({
        status: 3,
        output: "bye\n",
      });
      const signal = AbortSignal.timeout(300);
      expect(await exec("sleep 60 & sleep 61", { signal }).catch((error: unknown) => error)).toBe(signal.reason);
    }),
  );

  testWith(
    ["busybox"],
    "may leave processes, which end with the build and are reaped until then",
    inside(async ({ sh, exec }) => {
      const started = Date.now();
      await exec("sleep 1000 &");
      expect(Date.now() - started).toBeLessThan(5_000);
      await sh("(sleep 0.1 &) ; sleep 0.4; ! ps -o stat | grep Z");
    }),
  );
});

describe("failure", () => {
  testWith(["busybox"], "of a provisioner leaves nothing", () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      const build = buildImage({
        folder,
        config: { base: "rootfs", output: "out/app" },
        provision: async ({ exec }) => {
          await exec("sleep 1234 &");
          throw new Error("the provisioner failed");
        },
      });
      await expect(build).rejects.toThrow("the provisioner failed");
      expect((await readdir(folder)).sort()).toEqual(["rootfs"]);
      expect(await leftovers(folder)).toEqual([]);
      expect(await run("sh", ["-c", "ps ax | grep 'sleep 123[4]' || true"])).toBe("");
    }),
  );

  testWith(["busybox"], "by cancellation leaves nothing", () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      const controller = new AbortController();
      const build = buildImage({
        folder,
        signal: controller.signal,
        config: { base: "rootfs" },
        provision: async ({ exec }) => {
          setTimeout(() => controller.abort(), 200);
          await exec("sleep 4321", { signal: controller.signal });
        },
      });
      expect(await build.catch((error: unknown) => error)).toBe(controller.signal.reason);
      expect((await readdir(folder)).sort()).toEqual(["rootfs"]);
      expect(await run("sh", ["-c", "ps ax | grep 'sleep 432[1]' || true"])).toBe("");
    }),
  );

  test("an output that exists is refused, and replaced with force", () =>
    withFolder(async (folder) => {
      const build = (force: boolean) => buildImage({ folder, force, config: { base: "scratch", output: "app" } });
      await build(false);
      await expect(build(false)).rejects.toThrow('Output exists: "app" exists already.');
      await build(true);
      await mkdir(join(folder, "precious"));
      await writeFile(join(folder, "precious/file"), "x");
      const replace = buildImage({ folder, force: true, config: { base: "scratch", output: "precious" } });
      await expect(replace).rejects.toThrow("not even with -force");
      expect(await readFile(join(folder, "precious/file"), "utf8")).toBe("x");
    }));

  test.each([
    { name: "a missing archive", base: "./no.tar", want: /There is no such file or folder/ },
    { name: "a file that is no archive", base: "./junk", want: /cannot be read as a tar archive/ },
    { name: "an index without images", base: "./empty", want: /has no image/ },
  ])("$name as base is explained", ({ base, want }) =>
    withFolder(async (folder) => {
      await writeFile(join(folder, "junk"), "x".repeat(2048));
      await mkdir(join(folder, "empty"));
      await writeFile(join(folder, "empty/oci-layout"), "{}");
      await writeFile(join(folder, "empty/index.json"), '{"schemaVersion":2,"manifests":[]}');
      await chmod(folder, 0o755);
      await expect(buildImage({ folder, config: { base } })).rejects.toThrow(want);
      expect(await leftovers(folder)).toEqual([]);
    }),
  );
});

/** Unfinished outputs that should have been removed. The helper checks scratch folders. */
async function leftovers(folder: string): Promise<string[]> {
  const names = [...(await readdir(folder)), ...(await readdir(join(folder, "out")).catch(() => []))];
  return names.filter((name) => name.includes("ingot-partial"));
}
