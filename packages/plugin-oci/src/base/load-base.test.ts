import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect } from "@jest/globals";
import { buildImage, type TestMachine } from "../testing/build-image.js";
import { readImage } from "../testing/read-image.js";
import { makeRootfs, run, testWith, withFolder } from "../testing/test-tools.js";

/** The owner of "/one": an ordinary user may have no other than root to give files to. */
let owner = "";

/** Builds a first image from a root file system, with two layers, in the folder "first". */
async function makeFirstImage(folder: string, output = "first"): Promise<void> {
  await makeRootfs(folder);
  await buildImage({
    folder,
    config: {
      base: "rootfs",
      output,
      tags: ["first:1"],
      env: { PATH: "/bin", OLD: "1" },
      labels: { from: "first" },
      user: "app",
      cmd: ["old"],
    },
    provision: async ({ sh }) => {
      await sh("rm /etc/motd; echo one > /one; mkdir -p /opt/x; echo > /opt/x/a; chown 1000 /one || true");
      owner = (await sh("stat -c %u /one")).trim();
    },
  });
}

const second = async ({ sh }: TestMachine): Promise<void> => {
  expect(await sh("cat /one")).toBe("one\n");
  expect(await sh("test ! -e /etc/motd; stat -c %u /one; readlink /lib")).toBe(`${owner}\nusr/lib\n`);
  await sh("echo two > /two; rm -r /opt/x; mkdir /opt/x; echo > /opt/x/b; mv /one /uno");
};

describe("a base", () => {
  testWith(["busybox", "tar", "gzip"], "may be a tar archive of a root file system, compressed or not", () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      await run("tar", ["-cf", "rootfs.tar", "-C", "rootfs", "."], { cwd: folder });
      await run("sh", ["-c", "gzip -c rootfs.tar > rootfs.tar.gz"], { cwd: folder });
      const diffIds: (string | undefined)[] = [];
      for (const [index, base] of ["rootfs.tar", "rootfs.tar.gz"].entries()) {
        const output = `out${index}`;
        await buildImage({
          folder,
          config: { base, output },
          provision: async ({ sh }) => void (await sh("cat /etc/motd; rm /etc/motd; echo x > /lib/x")),
        });
        const image = await readImage(join(folder, output));
        expect(image.layers[1]?.map(({ path }) => path)).toEqual([
          "etc",
          "etc/.wh.motd",
          "usr",
          "usr/lib",
          "usr/lib/x",
        ]);
        diffIds.push(image.config.rootfs.diff_ids[0]);
      }
      expect(diffIds[0]).toBe(`sha256:${(await run("sha256sum", [join(folder, "rootfs.tar")])).split(" ")[0] ?? ""}`);
      expect(diffIds[1]).toBe(diffIds[0]);
    }),
  );

  testWith(["busybox", "tar", "zstd"], "may be a tar archive that is compressed with zstd", () =>
    withFolder(async (folder) => {
      await makeRootfs(folder);
      await run("sh", ["-c", "tar -C rootfs -c . | zstd -q > rootfs.tar.zst"], { cwd: folder });
      await buildImage({
        folder,
        config: { base: "rootfs.tar.zst" },
        provision: async ({ sh }) => expect(await sh("cat /etc/motd")).toBe("welcome\n"),
      });
    }),
  );

  testWith(["busybox"], "may be an OCI layout, whose configuration and layers are kept", () =>
    withFolder(async (folder) => {
      await makeFirstImage(folder);
      await buildImage({
        folder,
        config: {
          base: "first",
          output: "second",
          env: { NEW: "2" },
          labels: { to: "second" },
          entrypoint: ["/bin/sh"],
        },
        provision: second,
      });
      const [one, two] = [await readImage(join(folder, "first")), await readImage(join(folder, "second"))];
      expect(two.manifest.layers.slice(0, 2)).toEqual(one.manifest.layers);
      expect(two.config.rootfs.diff_ids.slice(0, 2)).toEqual(one.config.rootfs.diff_ids);
      expect(two.config.history).toHaveLength(3);
      expect(two.config.config).toEqual({
        User: "app",
        Env: ["OLD=1", "PATH=/bin", "NEW=2"],
        Labels: { from: "first", to: "second" },
        Entrypoint: ["/bin/sh"],
      });
      expect(two.layers[2]?.map(({ path, uid }) => `${path} ${uid}`)).toEqual([
        ".wh.one 0",
        "opt 0",
        "opt/x 0",
        "opt/x/.wh..wh..opq 0",
        "opt/x/b 0",
        "two 0",
        `uno ${owner}`,
      ]);
    }),
  );

  testWith(["busybox", "skopeo"], "may be an archive of OCI or of docker save, chosen by tag", () =>
    withFolder(async (folder) => {
      await makeFirstImage(folder, "first.tar");
      await run("skopeo", ["copy", "oci-archive:first.tar", "docker-archive:docker.tar:team/first:1"], { cwd: folder });
      await run("sh", ["-c", "gzip -c docker.tar > docker.tar.gz; gzip -c first.tar > first.tar.gz"], { cwd: folder });
      const bases = [
        "first.tar",
        "first.tar:first:1",
        "docker.tar",
        "docker.tar:team/first:1",
        "docker.tar.gz",
        "first.tar.gz",
      ];
      for (const [index, base] of bases.entries()) {
        await buildImage({ folder, config: { base, output: `out${index}` }, provision: second });
        const image = await readImage(join(folder, `out${index}`));
        expect(image.layers).toHaveLength(3);
        expect(image.config.config).toMatchObject({ User: "app", Env: ["OLD=1", "PATH=/bin"] });
      }
      const missing = buildImage({ folder, config: { base: "docker.tar:no:2", output: "no" } });
      await expect(missing).rejects.toThrow('has no image "no:2". Its tags are: docker.io/team/first:1.');
    }),
  );

  testWith(["busybox"], "that is damaged is refused, and nothing is left", () =>
    withFolder(async (folder) => {
      await makeFirstImage(folder);
      const { manifest } = await readImage(join(folder, "first"));
      const blob = join(folder, "first/blobs/sha256", (manifest.layers[1]?.digest ?? "").slice(7));
      const bytes = await readFile(blob);
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
      await writeFile(blob, bytes);
      const build = buildImage({ folder, config: { base: "first", output: "second" } });
      await expect(build).rejects.toThrow(/Damaged base image: A part of the image is damaged: its digest should be/);
      expect((await readdir(folder)).sort()).toEqual(["first", "rootfs"]);
    }),
  );

  testWith(["busybox", "tar"], "whose layer writes through its own links stays inside the root", () =>
    withFolder(async (folder) => {
      await mkdir(join(folder, "evil"));
      await run("ln", ["-s", folder, join(folder, "evil/way")]);
      await run("tar", ["-cf", "evil.tar", "-C", "evil", "."], { cwd: folder });
      await mkdir(join(folder, "more/way"), { recursive: true });
      await writeFile(join(folder, "more/way/owned"), "x");
      await run("tar", ["-rf", "evil.tar", "-C", "more", "./way/owned"], { cwd: folder });
      await rename(join(folder, "evil.tar"), join(folder, "base.tar"));
      await buildImage({ folder, config: { base: "base.tar" } });
      expect(await readdir(folder)).not.toContain("owned");
    }),
  );
});
