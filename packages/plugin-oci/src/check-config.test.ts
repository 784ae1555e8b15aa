import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { checkConfig } from "./check-config.js";
import type { OciConfig } from "./config.js";
import { parseReference } from "./registry/image-reference.js";
import { withFolder } from "./testing/test-tools.js";

const valid = { base: "scratch", output: "out", network: "host" } as OciConfig; // the rest is optional

describe("the configuration", () => {
  test.each([
    { name: "the least", config: {}, want: [] },
    { name: "an output that exists", config: { output: "there" }, want: ["output: Output exists"] },
    { name: "an empty output", config: { output: "" }, want: ["output: Invalid value"] },
    {
      name: "an output inside the base",
      config: { base: ".", output: "a/b" },
      want: ["output: Output inside the base"],
    },
    { name: "a base of no known form", config: { base: "A B" }, want: ["base: Unusable base image"] },
    { name: "a base that may come later", config: { base: "later/rootfs" }, want: [] },
    { name: "a layout with a tag", config: { base: "there:team/app:1" }, want: [] },
    { name: "a wrong platform", config: { platform: "a/b/c/d" }, want: ["platform: Invalid platform"] },
    { name: "a user name alone", config: { username: "u" }, want: ["username: Incomplete login"] },
    {
      name: "wrong ports",
      config: { exposed_ports: ["80", "x", "99999", "53/udp"] },
      want: ["exposed_ports.1: Invalid port", "exposed_ports.2: Invalid port"],
    },
    { name: "wrong tags", config: { tags: ["a b", "ok:1"] }, want: ["tags.0: Invalid tag"] },
    {
      name: "relative paths",
      config: { volumes: ["v"], working_dir: "w" },
      want: ["volumes.0: Invalid volume", "working_dir: Invalid working directory"],
    },
    { name: "a wrong variable", config: { env: { "A=B": "" } }, want: ["env.A=B: Invalid variable"] },
  ])("with $name", ({ config, want }) =>
    withFolder(async (folder) => {
      await mkdir(join(folder, "there"));
      await writeFile(join(folder, "there/oci-layout"), "{}");
      const problems = await checkConfig({ ...valid, ...config }, { workingDirectory: folder, force: false });
      const seen = problems.map((problem) =>
        typeof problem === "string" ? problem : `${(problem.path ?? []).join(".")}: ${problem.summary}`,
      );
      expect(seen).toEqual(want);
    }),
  );
});

describe("a reference", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  test.each([
    ["debian", "registry-1.docker.io", "library/debian", "latest"],
    ["debian:12", "registry-1.docker.io", "library/debian", "12"],
    ["team/app:1", "registry-1.docker.io", "team/app", "1"],
    ["docker.io/debian", "registry-1.docker.io", "library/debian", "latest"],
    ["localhost/app", "localhost", "app", "latest"],
    ["localhost:5000/app:1", "localhost:5000", "app", "1"],
    ["reg.example.com/a/b-c/d_e:v1.2", "reg.example.com", "a/b-c/d_e", "v1.2"],
    [`ghcr.io/a/b:1@${digest}`, "ghcr.io", "a/b", undefined],
  ])("%s is read", (text, registry, repository, tag) =>
    expect(parseReference(text)).toMatchObject({ registry, repository, tag }),
  );

  test.each(["", "UPPER", "a:b:c", "reg.example.com/", "a@sha256:12", "http://x/y"])("%s is refused", (text) =>
    expect(() => parseReference(text)).toThrow("is neither"),
  );
});
