import { chmod } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { AttackScene, type Servers } from "./testing/attack-scene.js";
import { ATTACKS_BY_MIRRORS } from "./testing/attacks/on-mirrors.js";
import { ATTACKS_BY_SERVERS } from "./testing/attacks/on-servers.js";
import { ATTACKS_ON_MACHINES } from "./testing/attacks/on-machines.js";
import { ATTACKS_ON_RELEASES } from "./testing/attacks/on-releases.js";
import { ATTACKS_WITH_ARCHIVES } from "./testing/attacks/on-archives.js";
import { GitHubServer } from "./testing/github-server.js";
import { createSigstoreAuthority } from "./testing/sigstore-authority.js";
import { StaticServer } from "./testing/static-server.js";
import { TestAuthority } from "./testing/test-authority.js";

const tables = {
  "on releases": ATTACKS_ON_RELEASES,
  "with archives": ATTACKS_WITH_ARCHIVES,
  "by servers": ATTACKS_BY_SERVERS,
  "by mirrors": ATTACKS_BY_MIRRORS,
  "on machines": ATTACKS_ON_MACHINES,
};
const attacks = Object.entries(tables).flatMap(([kind, table]) => table.map((attack) => ({ kind, ...attack })));

let servers: Servers;
beforeAll(async () => {
  const authority = await TestAuthority.make();
  const [github, web] = [await GitHubServer.start({ authority }), await StaticServer.start({ authority })];
  servers = { authority, github, web, sigstore: await createSigstoreAuthority() };
});
afterAll(async () => {
  for (const each of [servers.github, servers.web, servers.authority]) await each[Symbol.asyncDispose]();
});

// Modes of files, links and the programs of the cases are those of POSIX systems.
const describePosix = process.platform === "win32" ? describe.skip : describe;

describePosix("an attack is refused, says why, and leaves nothing", () => {
  test("there are at least 40", () => expect(attacks.length).toBeGreaterThanOrEqual(40));

  test.each(attacks.map((attack, index) => ({ ...attack, index })))("$kind: $name", async (attack) => {
    await using scene = await AttackScene.make(servers, `${attack.index}`);
    if (attack.installed) {
      await scene.publish("1.0.0");
      expect(await scene.init()).toBe("");
    }
    await attack.prepare(scene);
    const before = await scene.snapshot();
    const options = typeof attack.init === "function" ? attack.init(scene) : attack.init;
    const refusal = attack.by === "build" ? await scene.build() : await scene.init(options);
    expect(refusal).toMatch(attack.refused);
    // What comes from elsewhere must not reach the terminal as it is.
    for (const text of [refusal, ...scene.said]) expect(text).not.toMatch(/[^\P{Cc}\n]/u);
    expect(await scene.snapshot()).toEqual(before);
  });
});

describePosix("a plugin folder that everybody can write to", () => {
  test.each([
    { mode: 0o777, warns: true },
    { mode: 0o1777, warns: false },
    { mode: 0o775, warns: false },
  ])("is told of (mode $mode: $warns)", async ({ mode, warns }) => {
    await using scene = await AttackScene.make(servers, `s${mode}`);
    await scene.publish("1.0.0");
    await chmod(scene.root, mode);
    expect(await scene.init()).toBe("");
    expect(scene.said.some((text) => text.includes("Everybody on this machine can write"))).toBe(warns);
  });
});

describePosix("a token", () => {
  const token = "ghp_0123456789abcdefSECRET";
  const env = { INGOT_GITHUB_API_TOKEN: token };

  async function leaks(id: string, prepare: (scene: AttackScene) => Promise<void> | void): Promise<readonly string[]> {
    await using scene = await AttackScene.make(servers, id);
    servers.github.tokens.add(token);
    const [first, web] = [servers.github.requests.length, servers.web.requests.length];
    await scene.publish("1.0.0");
    await prepare(scene);
    const refusal = await scene.init({ env });
    for (const text of [refusal, ...scene.said]) expect(text).not.toContain("SECRET");
    const requests = [...servers.github.requests.slice(first), ...servers.web.requests.slice(web)];
    const isApi = ({ server, path }: { server: string; path: string }) =>
      server === "github" && path.startsWith("/api/");
    expect(requests.some((request) => isApi(request) && request.authorization === `Bearer ${token}`)).toBe(true);
    return requests
      .filter((request) => !isApi(request) && JSON.stringify(request).includes("SECRET"))
      .map(({ path }) => path);
  }

  test("goes to the API alone, not to where that sends for files", async () => {
    expect(await leaks("t0", () => undefined)).toEqual([]);
  });

  test("doesn't follow a redirect of the API to another host", async () => {
    const redirect = { answer: { status: 302, headers: { location: `${servers.web.url}/steal` } } };
    expect(await leaks("t1", () => servers.github.fail(/acmet1\/\S+\/releases/, redirect, redirect))).toEqual([]);
    expect(servers.web.requests.at(-1)?.path).toBe("/steal");
  });

  test("doesn't go to a next page on another host", async () => {
    const link = `<${servers.web.url}/steal?page=2>; rel="next"`;
    const page = { answer: { status: 200, headers: { link }, body: "[]" } };
    expect(await leaks("t2", () => servers.github.fail(/acmet2\/\S+\/releases/, page, page))).toEqual([]);
  });

  test("isn't in the error of a refused login", async () => {
    const refused = { answer: { status: 401, body: JSON.stringify({ message: `Bad token ${token.slice(0, 3)}` }) } };
    expect(await leaks("t3", () => servers.github.fail(/acmet3\/\S+\/releases/, refused, refused))).toEqual([]);
  });
});
