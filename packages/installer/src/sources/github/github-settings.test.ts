import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { makeTestFolder } from "../../testing/with-folder.js";
import { findGitHub } from "./github-endpoint.js";
import { askGh } from "./ask-gh.js";
import { entryInHosts, findGitHubToken } from "./github-token.js";

const OWN = "https://git.acme.dev/api/v3";
const { signal } = new AbortController();

describe("the GitHub of an address", () => {
  test.each([
    { name: "GitHub itself", env: {}, want: "https://api.github.com https://github.com" },
    {
      name: "INGOT_GITHUB_API_URL",
      env: { INGOT_GITHUB_API_URL: OWN, GITHUB_API_URL: "https://x.dev/api/v3" },
      want: `${OWN} https://git.acme.dev`,
    },
    { name: "GITHUB_API_URL", env: { GITHUB_API_URL: `${OWN}/` }, want: `${OWN} https://git.acme.dev` },
    {
      name: "GITHUB_SERVER_URL with it",
      env: { GITHUB_API_URL: "https://api.acme.dev", GITHUB_SERVER_URL: "https://www.acme.dev" },
      want: "https://api.acme.dev https://www.acme.dev",
    },
    {
      name: "GITHUB_SERVER_URL alone, which counts for nothing",
      env: { GITHUB_SERVER_URL: "https://x.dev" },
      want: "https://api.github.com https://github.com",
    },
    {
      name: "a server in GitHub's cloud",
      env: { INGOT_GITHUB_API_URL: "https://api.acme.ghe.com" },
      want: "https://api.acme.ghe.com https://acme.ghe.com",
    },
    { name: "an own host", host: "git.acme.dev", env: { GITHUB_API_URL: OWN }, want: `${OWN} https://git.acme.dev` },
    {
      name: "the second of two",
      host: "git.acme.dev",
      env: { INGOT_GITHUB_API_URL: "https://api.github.com", GITHUB_API_URL: OWN },
      want: `${OWN} https://git.acme.dev`,
    },
    { name: "another host", host: "plugins.example", env: { GITHUB_API_URL: OWN }, want: undefined },
  ])("is $name", ({ host = "github.com", env, want }) => {
    const found = findGitHub(host, env);
    expect(found && `${found.api} ${found.web}`).toBe(want);
  });

  test.each([
    { url: "http://git.acme.dev", want: "it has to begin with https://" },
    { url: "git.acme.dev", want: "INGOT_GITHUB_API_URL is not a URL." },
    { url: "https://me:secret@git.acme.dev", want: "INGOT_GITHUB_API_URL is https://git.acme.dev/ with a login" },
  ])("cannot be $url", ({ url, want }) => {
    expect(() => findGitHub("github.com", { INGOT_GITHUB_API_URL: url })).toThrow(want);
  });
});

describe("the token", () => {
  const all = {
    PACKER_GITHUB_API_TOKEN: "packer",
    GITHUB_TOKEN: "actions",
    GH_TOKEN: "gh",
    GH_ENTERPRISE_TOKEN: "enterprise",
  };
  test.each([
    { name: "INGOT_GITHUB_API_TOKEN first", env: { ...all, INGOT_GITHUB_API_TOKEN: "ingot" }, want: "ingot" },
    { name: "PACKER_GITHUB_API_TOKEN then", env: all, want: "packer" },
    { name: "GITHUB_TOKEN then", env: { ...all, PACKER_GITHUB_API_TOKEN: "" }, want: "actions" },
    { name: "GH_TOKEN then", env: { GH_TOKEN: "gh", GH_ENTERPRISE_TOKEN: "x" }, want: "gh" },
    { name: "none that cannot be one", env: { GITHUB_TOKEN: "a\nb" }, want: undefined },
    { name: "not the one for GitHub Enterprise", env: { GH_ENTERPRISE_TOKEN: "x" }, want: undefined },
    { name: "of GitHub Enterprise for such a server", env: { ...all, INGOT_GITHUB_API_URL: OWN }, want: "enterprise" },
    {
      name: "of a workflow for its own server only",
      env: { GITHUB_TOKEN: "actions", GITHUB_API_URL: OWN, INGOT_GITHUB_API_URL: "https://api.github.com" },
      want: undefined,
    },
    {
      name: "of a workflow for its own server",
      env: { GITHUB_TOKEN: "actions", GITHUB_API_URL: OWN },
      want: "actions",
    },
  ])("is $name", async ({ env, want }) => {
    await using home = await makeTestFolder();
    const full = { HOME: home.path, ...env } as Record<string, string>;
    const endpoint = findGitHub("github.com", full);
    expect(endpoint && (await findGitHubToken(endpoint, full, signal))?.value).toBe(want);
  });

  test("is that of gh, by its host", async () => {
    await using home = await makeTestFolder();
    const folder = path.join(home.path, ".config", "gh");
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "hosts.yml"), HOSTS);
    const tokenFor = async (env: Record<string, string>) => {
      const endpoint = findGitHub("github.com", env);
      return endpoint && (await findGitHubToken(endpoint, env, signal));
    };
    const file = path.join(folder, "hosts.yml");
    expect(await tokenFor({ HOME: home.path })).toEqual({ value: "gho_public", from: file });
    expect(await tokenFor({ HOME: home.path, INGOT_GITHUB_API_URL: OWN })).toEqual({ value: "gho_own", from: file });
    expect(await tokenFor({ HOME: "/nowhere", GH_CONFIG_DIR: folder })).toEqual({ value: "gho_public", from: file });
    expect(await tokenFor({ HOME: "/nowhere", XDG_CONFIG_HOME: path.dirname(folder) })).toMatchObject({
      value: "gho_public",
    });
    expect(entryInHosts(HOSTS, "keyring.dev")).toEqual({});
    expect(entryInHosts(HOSTS, "other.dev")).toBeUndefined();
  });

  (process.platform === "win32" ? test.skip : test)("is asked of gh when that keeps it in the keyring", async () => {
    await using home = await makeTestFolder();
    const folder = path.join(home.path, ".config", "gh");
    const file = path.join(home.path, "bin", "gh");
    await mkdir(folder, { recursive: true });
    await mkdir(path.dirname(file));
    const gh = async (text: string): Promise<void> => await writeFile(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    const log = path.join(home.path, "log");
    const env = { HOME: home.path, PATH: `.:${path.dirname(file)}:/usr/bin:/bin` };
    const tokenFor = async (more: Record<string, string> = {}) => {
      const endpoint = findGitHub("github.com", { ...env, ...more });
      return endpoint && (await findGitHubToken(endpoint, { ...env, ...more }, signal));
    };
    await gh(`echo "$@ [$GITHUB_TOKEN$GH_TOKEN] $GH_PROMPT_DISABLED" >> '${log}'\necho gho_kept`);
    expect(await tokenFor()).toBeUndefined(); // gh knows no host
    await writeFile(path.join(folder, "hosts.yml"), "github.com:\n    users:\n        me:\n    user: me\n");
    expect(await tokenFor({ GH_TOKEN: "own" })).toEqual({ value: "own", from: "GH_TOKEN" });
    expect(await readFile(log, "utf8").catch(() => "never run")).toBe("never run");
    expect(await tokenFor()).toEqual({ value: "gho_kept", from: "gh" });
    // The token of a workflow is for the server of the workflow.
    const elsewhere = {
      GITHUB_TOKEN: "ghs_other",
      GITHUB_API_URL: OWN,
      INGOT_GITHUB_API_URL: "https://api.github.com",
    };
    expect(await tokenFor(elsewhere)).toEqual({ value: "gho_kept", from: "gh" });
    expect(await readFile(log, "utf8")).toBe("auth token --hostname github.com [] 1\n".repeat(2));
    expect(await tokenFor({ PATH: "/nowhere" })).toBeUndefined();
    for (const text of ["echo no oauth token >&2; exit 1", "echo", "echo two words", "kill -9 $$"]) {
      await gh(text);
      expect(await tokenFor()).toBeUndefined();
    }
    await gh("yes");
    expect(await tokenFor()).toBeUndefined();
    // Neither the limit nor the user has to wait for it, and nothing of it goes on.
    await gh(`sleep 60 & echo $! > '${log}'; sleep 60`);
    const start = performance.now();
    expect(await askGh("github.com", env, { signal, timeoutMs: 300 })).toBeUndefined();
    const controller = new AbortController();
    const cancelled = askGh("github.com", env, { signal: controller.signal });
    void setTimeout(300).then(() => controller.abort(new Error("interrupted")));
    await expect(cancelled).rejects.toThrow("interrupted");
    expect(performance.now() - start).toBeLessThan(4_000);
    const pid = Number(await readFile(log, "utf8"));
    await expect(endOf(pid)).resolves.toBe("over");
  });
});

async function endOf(pid: number): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      process.kill(pid, 0);
    } catch {
      return "over";
    }
    await setTimeout(20);
  }
  return "it goes on";
}

const HOSTS = `# written by gh
github.com:
    users:
        someone:
            oauth_token: gho_other
    git_protocol: https
    oauth_token: gho_public
    user: me
keyring.dev:
    user: me
"git.acme.dev":
    oauth_token: "gho_own"
`;
