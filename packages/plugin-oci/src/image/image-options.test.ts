import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { GzipMembers } from "./gzip-members.js";
import { nextContainerConfig } from "./image-options.js";
import { choosePlatform, parsePlatform } from "./platform.js";

describe("the container configuration", () => {
  test.each([
    {
      name: "inherits all without options",
      base: { Cmd: ["a"], Healthcheck: 1 },
      options: {},
      want: { Cmd: ["a"], Healthcheck: 1 },
    },
    {
      name: "forgets the command with a new entrypoint",
      base: { Cmd: ["a"], Entrypoint: ["b"] },
      options: { entrypoint: ["c"] },
      want: { Entrypoint: ["c"] },
    },
    {
      name: "takes command and entrypoint together",
      base: {},
      options: { entrypoint: ["c"], cmd: ["d"] },
      want: { Entrypoint: ["c"], Cmd: ["d"] },
    },
    {
      name: "replaces variables in place and adds others by name",
      base: { Env: ["B=1", "A=x=y"] },
      options: { env: { Z: "3", C: "2", B: "" } },
      want: { Env: ["B=", "A=x=y", "C=2", "Z=3"] },
    },
    {
      name: "adds labels by name",
      base: { Labels: { b: "1" } },
      options: { labels: { a: "2" } },
      want: { Labels: { a: "2", b: "1" } },
    },
    {
      name: "adds ports with their protocol",
      base: { ExposedPorts: { "80/tcp": {} } },
      options: { exposedPorts: ["53/udp", "443"] },
      want: { ExposedPorts: { "443/tcp": {}, "53/udp": {}, "80/tcp": {} } },
    },
    {
      name: "adds volumes, also to null",
      base: { Volumes: null },
      options: { volumes: ["/v"] },
      want: { Volumes: { "/v": {} } },
    },
    {
      name: "sets user, folder and signal",
      base: { User: "a" },
      options: { user: "b", workingDir: "/w", stopSignal: "SIGINT" },
      want: { User: "b", WorkingDir: "/w", StopSignal: "SIGINT" },
    },
  ])("$name", ({ base, options, want }) => expect(nextContainerConfig(base, options)).toEqual(want));
});

describe("platforms", () => {
  const image = (architecture: string, variant?: string) => ({
    mediaType: "m",
    digest: `${architecture}${variant ?? ""}`,
    size: 1,
    platform: { os: "linux", architecture, ...(variant === undefined ? {} : { variant }) },
  });
  const manifests = [image("amd64"), image("arm64", "v8"), image("arm", "v6"), image("arm", "v7")];

  test.each([
    { wanted: "linux/amd64", want: "amd64" },
    { wanted: "arm64", want: "arm64v8" },
    { wanted: "linux/arm/v7", want: "armv7" },
  ])("$wanted chooses $want", ({ wanted, want }) => {
    const platform = parsePlatform(wanted);
    if (platform === undefined) throw new Error("not parsed");
    expect(choosePlatform({ schemaVersion: 2, manifests }, platform, "i").digest).toBe(want);
  });

  test.each(["linux/arm64/v8/x", "Linux", "linux/"])("%s is no platform", (text) =>
    expect(parsePlatform(text)).toBeUndefined(),
  );
});

describe("compression", () => {
  const compress = async (data: Buffer, step: number): Promise<Buffer> => {
    const parts: Buffer[] = [];
    const gzip = new GzipMembers((part) => Promise.resolve(void parts.push(part)));
    for (let offset = 0; offset < data.length; offset += step) await gzip.write(data.subarray(offset, offset + step));
    await gzip.end();
    return Buffer.concat(parts);
  };

  test.each([0, 1, 1024 * 1024, 3_500_000])(
    "of %d bytes can be undone and does not depend on the pieces",
    async (size) => {
      const data = Buffer.alloc(size, "some text that repeats, ");
      const one = await compress(data, 1_000_003);
      expect(gunzipSync(one).equals(data)).toBe(true);
      const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
      expect(hash(await compress(data, 65_536))).toBe(hash(one));
    },
  );
});
