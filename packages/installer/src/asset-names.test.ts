import { describe, expect, test } from "@jest/globals";
import {
  archiveName,
  checksumFileName,
  packerBinaryName,
  parseArchiveName,
  parseReleaseSiteName,
} from "./asset-names.js";
import { parseChecksumFile } from "./checksum-file.js";
import { canonicalVersion, isCanonicalVersion } from "./plugin-version.js";

describe("names of archives", () => {
  test.each([
    {
      text: "ingot-plugin-greet_v1.2.0_p1_linux_amd64.zip",
      want: { family: "ingot", name: "greet", version: "1.2.0", api: "p1", platform: { os: "linux", arch: "amd64" } },
    },
    {
      text: "ingot-plugin-my-greet2_v1.2.0-rc.1_p12_any.zip",
      want: {
        family: "ingot",
        name: "my-greet2",
        version: "1.2.0-rc.1",
        api: "p12",
        platform: { os: "any", arch: "" },
      },
    },
    {
      text: "packer-plugin-Docker_v1.1.2-dev_x5.0_windows_386.zip",
      want: {
        family: "packer",
        name: "Docker",
        version: "1.1.2-dev",
        api: "x5.0",
        platform: { os: "windows", arch: "386" },
      },
    },
  ])("$text", ({ text, want }) => {
    const asset = parseArchiveName(text);
    expect(asset).toEqual(want);
    expect(asset && archiveName(asset)).toBe(text);
  });

  test.each([
    "",
    "ingot-plugin-greet_v1.2.0_p1_linux_amd64",
    "ingot-plugin-greet_v1.2.0_p1_linux_amd64.zip ",
    "ingot-plugin-greet_v1.2.0_p1_linux_amd64.zip\n",
    "../ingot-plugin-greet_v1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-../x_v1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-a\\b_v1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-Greet_v1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-_v1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-greet_1.2.0_p1_linux_amd64.zip",
    "ingot-plugin-greet_v1.2_p1_linux_amd64.zip",
    "ingot-plugin-greet_v01.2.0_p1_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.0+meta_p1_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.99999999999999999999_p1_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.0_p0_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.0_p1.0_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.0_x5.0_linux_amd64.zip",
    "ingot-plugin-greet_v1.2.0_p1_linux.zip",
    "ingot-plugin-greet_v1.2.0_p1_linux_amd64_more.zip",
    "ingot-plugin-greet_v1.2.0_p1__amd64.zip",
    "ingot-plugin-greet_v1.2.0_p1_linux_../../x.zip",
    "packer-plugin-docker_v1.1.2_x5.0/../../evil_linux_amd64.zip",
    "packer-plugin-docker_v1.1.2_x5.0.evil_linux_amd64.zip",
    "packer-plugin-docker_v1.1.2_p1_linux_amd64.zip",
    "packer-plugin-docker_v1.1.2_x5_linux_amd64.zip",
    "packer-plugin-docker_v1.1.2_x5.0_any.zip",
    "packer-plugin-a--b_v1.1.2_x5.0_linux_amd64.zip",
    "terraform-provider-docker_v1.1.2_x5.0_linux_amd64.zip",
    `ingot-plugin-${"a".repeat(300)}_v1.2.0_p1_linux_amd64.zip`,
  ])("%j is none", (text) => {
    expect(parseArchiveName(text)).toBeUndefined();
  });

  test("the release site's form has no API version, and a v is optional", () => {
    const want = { family: "packer", name: "docker", version: "1.1.2", platform: { os: "linux", arch: "amd64" } };
    expect(parseReleaseSiteName("packer-plugin-docker_1.1.2_linux_amd64.zip")).toEqual(want);
    expect(parseReleaseSiteName("packer-plugin-docker_v1.1.2_linux_amd64.zip")).toEqual(want);
    expect(parseReleaseSiteName("packer-plugin-docker_1.1_linux_amd64.zip")).toBeUndefined();
  });

  test("files are named after the same parts", () => {
    const asset = {
      family: "packer",
      name: "docker",
      version: "1.1.2",
      api: "x5.0",
      platform: { os: "windows", arch: "386" },
    } as const;
    expect(packerBinaryName(asset)).toBe("packer-plugin-docker_v1.1.2_x5.0_windows_386.exe");
    expect(checksumFileName(asset)).toBe("packer-plugin-docker_v1.1.2_SHA256SUMS");
  });
});

describe("checksum files", () => {
  const hash = "0123456789abcdef".repeat(4);
  test.each([
    { name: "two fields", text: `${hash}  a.zip\n`, want: ["a.zip"] },
    { name: "the mark of binary mode", text: `${hash} *a.zip\n`, want: ["a.zip"] },
    { name: "no line feed at the end", text: `${hash}  a.zip\n${hash}  b.zip`, want: ["a.zip", "b.zip"] },
    { name: "Windows lines", text: `${hash}  a.zip\r\n${hash}  b.zip\r\n`, want: ["a.zip", "b.zip"] },
    {
      name: "lines of other forms",
      text: `# a comment\n\n${hash}\n${hash} a b\nxyz  c.zip\n${hash}  d.zip\n`,
      want: ["d.zip"],
    },
    { name: "a hash that is too short", text: `${hash.slice(1)}  a.zip\n`, want: [] },
  ])("$name", ({ text, want }) => {
    expect(parseChecksumFile(text).map(({ fileName }) => fileName)).toEqual(want);
  });

  test("hashes are in lower case", () => {
    expect(parseChecksumFile(`${hash.toUpperCase()}  a.zip\n`)).toEqual([{ sha256: hash, fileName: "a.zip" }]);
  });
});

describe("versions", () => {
  test.each(["1.0.0", "0.0.1", "1.2.3-dev", "1.2.3-rc.1", "1.2.3.4", "10.20.30"])("%s is canonical", (text) => {
    expect(isCanonicalVersion(text)).toBe(true);
  });

  test.each([
    "",
    "v1.0.0",
    "1.0",
    "1",
    "01.0.0",
    "1.0.0+x",
    "1.0.0-",
    "1.0.0 ",
    "1.0.0/..",
    "1.0.0-a_b",
    "1e3.0.0",
    `1.0.0-${"a".repeat(200)}`,
  ])("%j is not", (text) => {
    expect(isCanonicalVersion(text)).toBe(false);
  });

  test("a version that a plugin tells is brought to its canonical form", () => {
    expect(
      ["v1.2", "1.02.3+meta", "1.2.3-dev", "1.0beta2", "x", "1.99999999999999999999.0"].map(canonicalVersion),
    ).toEqual(["1.2.0", "1.2.3", "1.2.3-dev", "1.0.0-beta2", undefined, undefined]);
  });
});
