import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "@jest/globals";
import { buildImage } from "./testing/build-image.js";
import { makeRootfs, run, testWith, withFolder } from "./testing/test-tools.js";

async function makeImage(folder: string, output: string): Promise<string> {
  await makeRootfs(folder);
  const { artifact } = await buildImage({
    folder,
    config: { base: "rootfs", output, tags: ["v1"], cmd: ["/bin/sh"], exposed_ports: ["80"], volumes: ["/data"] },
    provision: async ({ sh }) => {
      await sh("rm /etc/motd; echo hello > /hello; ln /hello /same; rm -r /home; mkdir /home; echo x > /home/x");
      await sh(`mkdir -p /${"long/".repeat(40)}; dd if=/dev/urandom of=/big bs=1M count=3 2>/dev/null; touch /empty`);
    },
  });
  return artifact.id ?? "";
}

testWith(["busybox", "skopeo"], "skopeo inspects a layout and an archive, and copies one", () =>
  withFolder(async (folder) => {
    const digest = await makeImage(folder, "app");
    const seen = JSON.parse(await run("skopeo", ["inspect", "oci:app:v1"], { cwd: folder })) as Record<string, unknown>;
    expect(seen).toMatchObject({ Digest: digest, Os: "linux" });
    expect(seen["Layers"]).toHaveLength(2);
    const config = JSON.parse(await run("skopeo", ["inspect", "--config", "oci:app:v1"], { cwd: folder })) as object;
    expect(config).toMatchObject({
      config: { Cmd: ["/bin/sh"], ExposedPorts: { "80/tcp": {} }, Volumes: { "/data": {} } },
    });
    await buildImage({ folder, config: { base: "app", output: "again.tar" } });
    expect(await run("skopeo", ["inspect", "oci-archive:again.tar"], { cwd: folder })).toContain('"Digest"');
    await run("skopeo", ["copy", "oci:app:v1", "docker-archive:copy.tar:app:v1"], { cwd: folder });
  }),
);

testWith(["busybox", "umoci"], "umoci unpacks a layout", () =>
  withFolder(async (folder) => {
    await makeImage(folder, "app");
    await run("umoci", ["unpack", "--rootless", "--image", "app:v1", "bundle"], { cwd: folder });
    const rootfs = join(folder, "bundle/rootfs");
    expect(await readFile(join(rootfs, "same"), "utf8")).toBe("hello\n");
    expect((await stat(join(rootfs, "hello"))).nlink).toBe(2);
    expect((await stat(join(rootfs, "big"))).size).toBe(3 * 1024 * 1024);
    expect((await stat(join(rootfs, "long/".repeat(40)))).isDirectory()).toBe(true);
    expect(await run("ls", ["-A", join(rootfs, "home"), join(rootfs, "etc")])).toBe(
      `${join(rootfs, "etc")}:\ngroup\npasswd\n\n${join(rootfs, "home")}:\nx\n`,
    );
  }),
);
