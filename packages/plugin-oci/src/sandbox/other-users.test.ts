import { chown, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { readImage } from "../testing/read-image.js";
import { isInstalled, isRoot, makeRootfs, run, withFolder } from "../testing/test-tools.js";
import type { UserBuild, UserBuildResult } from "../testing/user-build.js";

// These tests start builds as other users and in odd places, which only root can do.
const needed = ["busybox", "setpriv", "unshare", "nsenter"];
const missing = needed.filter((program) => !isInstalled(program));
const testAsRoot = isRoot && (missing.length === 0 || (process.env["CI"] ?? "") !== "") ? test : test.skip;
const nobody = 65534;

const script = [
  "id -u; rm /etc/motd; rm -r /usr/lib; mkdir /usr/lib; touch /usr/lib/new; chmod 4755 /bin/busybox",
  "echo x > /x; ln /x /y; ln -s x /z; mkdir -p /var/a",
].join("\n");

const expected = [
  "0:0 bin",
  "0:0 bin/busybox",
  "0:0 etc",
  "0:0 etc/.wh.motd",
  "0:0 usr",
  "0:0 usr/lib",
  "0:0 usr/lib/.wh..wh..opq",
  "0:0 usr/lib/new",
  "0:0 var",
  "0:0 var/a",
  "0:0 x",
  "0:0 y",
  "0:0 z",
];

interface Place {
  readonly folder: string;
  readonly base: string;
  readonly build: (prefix: readonly string[], request: Partial<UserBuild>) => Promise<UserBuildResult>;
  readonly changes: (output?: string) => Promise<string[]>;
}

/** Makes a folder that belongs to a user, with the programs to build and a root file system in it. */
async function withPlace(uid: number, work: (place: Place) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const source = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
    const esbuild = fileURLToPath(new URL("../../../../node_modules/.bin/esbuild", import.meta.url));
    const banner = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";
    const options = [
      "--bundle",
      "--platform=node",
      "--format=esm",
      "--target=node20",
      "--log-level=error",
      // Optional native code of ssh2, where npm has built it.
      "--external:cpu-features",
      "--external:*.node",
      `--banner:js=${banner}`,
    ];
    for (const [name, file] of [
      ["build", "testing/user-build.ts"],
      ["main", "main.ts"],
    ] as const)
      await run(esbuild, [source(file), ...options, `--outfile=${folder}/${name}.mjs`]);
    const base = await makeRootfs(folder);
    await run("chown", ["-R", `${uid}:${uid}`, folder]);
    await chown(folder, uid, uid);
    await work({
      folder,
      base,
      build: async (prefix, request) => {
        const fileAgent = [process.execPath, join(folder, "main.mjs"), "--file-agent"];
        const full = { folder, config: { base: "rootfs" }, fileAgent, ...request };
        const [program = "", ...args] = [...prefix, process.execPath, join(folder, "build.mjs"), JSON.stringify(full)];
        return JSON.parse(await run(program, args, { cwd: folder })) as UserBuildResult;
      },
      changes: async (output = "out") => {
        const image = await readImage(join(folder, output));
        return (image.layers.at(-1) ?? []).map(({ uid, gid, path }) => `${uid}:${gid} ${path}`);
      },
    });
    expect((await readdir(folder)).filter((name) => name.includes("partial"))).toEqual([]);
  });
}

const asUser = (uid: number): string[] => ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];

describe("a build", () => {
  testAsRoot(
    "by an ordinary user makes an image whose files are root's, the same as root makes",
    async () => {
      const layers: unknown[] = [];
      for (const [uid, prefix] of [
        [nobody, asUser(nobody)],
        [0, []],
      ] as const) {
        await withPlace(uid, async ({ build, changes, folder }) => {
          const result = await build(prefix, { script, sourceDateEpoch: 1_000_000_000 });
          expect(result).toMatchObject({ output: "0\n" });
          expect((await changes()).sort()).toEqual(expected);
          layers.push((await readImage(join(folder, "out"))).config.rootfs.diff_ids);
        });
      }
      expect(layers[0]).toEqual(layers[1]);
    },
    60_000,
  );

  testAsRoot(
    "by an ordinary user copies files to and from the image inside its root",
    () =>
      withPlace(nobody, async ({ build, folder }) => {
        const result = await build(asUser(nobody), {
          script: "mkdir -m 0700 /closed; chmod 0 /closed; cat /etc/up; ln -s /etc/passwd /root/p",
          uploads: { "/etc/up": "loaded", "/lib/through-link": "x" },
          downloads: ["/etc/up", "/root/p"],
        });
        expect(result).toMatchObject({
          output: "loaded",
          downloads: ["loaded", expect.stringContaining("app:x:1000")],
        });
        const [, changes = []] = (await readImage(join(folder, "out"))).layers;
        expect(changes.map(({ path, mode }) => `${mode.toString(8)} ${path}`)).toEqual(
          expect.arrayContaining(["640 etc/up", "640 usr/lib/through-link", "0 closed"]),
        );
      }),
    60_000,
  );

  testAsRoot(
    "over a folder of somebody else shows the true owners",
    () =>
      withPlace(nobody, async ({ build, changes, base }) => {
        await run("chown", ["-R", "0:0", base]);
        await chown(join(base, "etc/passwd"), 1000, 1000);
        const result = await build(asUser(nobody), { script: "echo >> /etc/passwd; rm /etc/motd" });
        expect(result.error).toBeUndefined();
        expect(await changes()).toEqual(["0:0 etc", "0:0 etc/.wh.motd", "1000:1000 etc/passwd"]);
      }),
    60_000,
  );

  testAsRoot(
    "in a container as root makes the same changes",
    () =>
      withPlace(0, async ({ build, changes }) => {
        const result = await build(["unshare", "--user", "--map-root-user", "--mount"], { script });
        expect(result).toMatchObject({ output: "0\n" });
        expect((await changes()).sort()).toEqual(expected);
      }),
    60_000,
  );

  testAsRoot(
    "where overlayfs cannot be used copies the base and gives the same changes",
    () =>
      withPlace(0, async ({ build, changes, folder }) => {
        // overlayfs does not take an overlay as its upper folder, as a container's root mostly is one
        const mount = `mkdir lower upper work tmp && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work x tmp && TMPDIR=$PWD/tmp exec "$@"`;
        const prefix = ["unshare", "--mount", "sh", "-c", mount, "sh"];
        const result = await build(prefix, { script: script.replace("touch", "cat /etc/hosts > /dev/null; touch") });
        expect(result.lines.join("\n")).toContain("overlayfs cannot be used; copying the base instead");
        const inside = expected.filter((path) => !path.endsWith(".opq") && path !== "0:0 bin"); // not touched itself
        expect((await changes()).sort()).toEqual(inside);
        expect(await readdir(join(folder, "upper"))).toEqual([]);
      }),
    60_000,
  );

  testAsRoot(
    "where namespaces are forbidden says so",
    () =>
      withPlace(nobody, async ({ build, folder }) => {
        // the kernel gives no user namespace to a process in a chroot
        const enter = `mkdir new && mount --rbind / new && exec chroot new "$@"`;
        const prefix = ["unshare", "--mount", "sh", "-c", enter, "sh", ...asUser(nobody)];
        const result = await build(prefix, {});
        expect(result.error).toMatch(
          /Namespaces are not available: Provisioners need namespaces, which cannot be made here: .*run as root, or allow user namespaces/,
        );
        expect(await readdir(folder)).not.toContain("out");
      }),
    60_000,
  );

  const rangeTools = ["useradd", "userdel", "newuidmap"];
  const testRange = rangeTools.every(isInstalled) ? testAsRoot : test.skip;
  testRange(
    "by a user with subordinate ids keeps the image's own users apart",
    async () => {
      const name = `ingot-test-${process.pid}`;
      await run("useradd", ["--no-create-home", name]);
      try {
        const uid = Number(await run("id", ["-u", name]));
        await withPlace(uid, async ({ build, changes, folder }) => {
          const result = await build(asUser(uid), {
            script:
              "mkdir -m 0700 /home/app/private; chown -R app:app /home/app; su app -c 'id -u; umask 077; echo s > ~/private/s'; mv /etc/up ~app/private/; chown 70000 /tmp 2>&1 || true",
            uploads: { "/etc/up": "loaded" },
            downloads: ["/home/app/private/s", "/home/app/private/up"],
          });
          expect(result).toMatchObject({
            output: expect.stringMatching(/^1000\nchown: .*Invalid/),
            downloads: ["s\n", "loaded"],
          });
          expect(await changes()).toEqual([
            "0:0 etc",
            "0:0 home",
            "1000:1000 home/app",
            "1000:1000 home/app/private",
            "1000:1000 home/app/private/s",
            "0:0 home/app/private/up",
          ]);
          await run("cp", ["-a", join(folder, "out"), join(folder, "base")]);
          const again = await build(asUser(uid), {
            config: { base: "base", output: "again" },
            script: "stat -c %u /home/app/private/s",
          });
          expect(again.output).toBe("1000\n");
        });
      } finally {
        await run("userdel", [name]);
      }
    },
    60_000,
  );
});
