import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { OfferedVersion } from "../../plugin-source.js";
import { address, fail, failureOf, setUpGitHub } from "../../testing/github-scene.js";
import { greetRelease, sha256 } from "../../testing/greet-release.js";
import { TestAuthority } from "../../testing/test-authority.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const REPOSITORY = "acme/ingot-plugin-greet";
const API = `/api/v3/repos/${REPOSITORY}`;
const LIST = `${API}/releases?per_page=100`;

async function only(offers: Promise<readonly OfferedVersion[]>): Promise<OfferedVersion> {
  const [offer, ...more] = await offers;
  expect(more).toEqual([]);
  return offer ?? fail("nothing is offered");
}

describe("without a token", () => {
  test("lists by one request, and gets files as a browser does", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options, folder } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    await github.addRelease(REPOSITORY, "v1.1.0", [
      ...greetRelease({ version: "1.1.0" }),
      { name: "notes.txt", content: "x" },
    ]);
    await github.addRelease(REPOSITORY, "nightly", []);
    await github.addRelease(REPOSITORY, "v2.0.0-rc.1", [], { prerelease: true });
    await github.addRelease(REPOSITORY, "v9.0.0", greetRelease({ version: "9.0.0" }), { draft: true });
    const source = setup.source();
    const offers = await source.listVersions(address(), options);
    const repository = `${github.webUrl}/${REPOSITORY}`;
    expect(offers).toEqual([
      { address: address(), family: "ingot", repository, version: "2.0.0-rc.1", isPrerelease: true },
      { address: address(), family: "ingot", repository, version: "1.1.0" },
      { address: address(), family: "ingot", repository, version: "1.0.0" },
    ]);
    const release = await source.openRelease(offers[1] ?? fail("missing"), options);
    const [archive, ...more] = release.archives;
    expect(more).toEqual([]);
    expect(archive).toEqual({
      fileName: "ingot-plugin-greet_v1.1.0_p1_any.zip",
      sha256: sha256("archive of ingot greet 1.1.0 for any"),
      platform: { os: "any", arch: "" },
      api: "p1",
    });
    const file = path.join(folder, "a.zip");
    const fetched = await release.fetchArchive(archive ?? fail("missing"), file, { ...options, maxBytes: 1000 });
    expect(fetched).toEqual({ size: 36, sha256: archive?.sha256 });
    expect(await readFile(file, "utf8")).toBe("archive of ingot greet 1.1.0 for any");
    expect(await release.readSignature(options)).toBeUndefined();
    const download = `/${REPOSITORY}/releases/download/v1.1.0/ingot-plugin-greet_v1.1.0`;
    expect(github.requestLines()).toEqual([
      `github GET ${LIST} 200`,
      `github GET ${download}_SHA256SUMS 302`,
      "cdn GET /files/ingot-plugin-greet_v1.1.0_SHA256SUMS 200",
      `github GET ${download}_p1_any.zip 302`,
      "cdn GET /files/ingot-plugin-greet_v1.1.0_p1_any.zip 200",
    ]);
    expect(github.requests.map(({ headers }) => headers["user-agent"])).toEqual(Array(5).fill("ingot/0.0.1"));
    expect(setup.notices).toEqual([]);
  });

  test("opens a release whose version is known without the API", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    const offer = { address: address(), version: "1.0.0", family: "ingot", repository: "" } as const;
    const release = await setup.source().openRelease(offer, options);
    expect(release.checksumFile.name).toBe("ingot-plugin-greet_v1.0.0_SHA256SUMS");
    expect(github.requestLines().filter((line) => line.includes("/api/"))).toEqual([]);
    const missing = setup.source().openRelease({ ...offer, version: "1.0.1" }, options);
    expect(await failureOf(missing)).toMatch(
      /v1\.0\.1 has no checksum file .*\nHint: for a private repository, set INGOT_GITHUB_API_TOKEN/,
    );
  });

  test("asks whether a list changed before it is sent again", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options, folder } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    const first = await setup.source().listVersions(address(), options);
    expect(await setup.source().listVersions(address(), options)).toEqual(first);
    await github.addRelease(REPOSITORY, "v1.1.0", greetRelease({ version: "1.1.0" }));
    expect(await setup.source().listVersions(address(), options)).toHaveLength(2);
    expect(github.requestLines()).toEqual([
      `github GET ${LIST} 200`,
      `github GET ${LIST} 304`,
      `github GET ${LIST} 200`,
    ]);
    const [kept = ""] = await readdir(path.join(folder, "cache/github"));
    await writeFile(path.join(folder, "cache/github", kept), '{"etag":"x","releases":[{"tag":"../x"}]}');
    expect(await setup.source().listVersions(address(), options)).toHaveLength(2);
  });

  test("falls back to Packer's repository, also when ours has no releases", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease("acme/packer-plugin-greet", "v1.0.0", greetRelease({ family: "packer" }));
    const source = setup.source();
    const offer = await only(source.listVersions(address(), options));
    expect(offer).toMatchObject({ family: "packer", repository: `${github.webUrl}/acme/packer-plugin-greet` });
    const { archives } = await source.openRelease(offer, options);
    expect(archives.map(({ fileName, api }) => [fileName, api])).toEqual([
      ["packer-plugin-greet_v1.0.0_x5.0_linux_amd64.zip", "x5.0"],
    ]);
    github.setRepository(REPOSITORY, { isPrivate: false });
    expect(await only(setup.source().listVersions(address(), options))).toMatchObject({ family: "packer" });
    const lists = github.requestLines().filter((line) => line.includes("per_page"));
    const packers = "github GET /api/v3/repos/acme/packer-plugin-greet/releases?per_page=100";
    expect(lists).toEqual([`github GET ${LIST} 404`, `${packers} 200`, `github GET ${LIST} 200`, `${packers} 304`]);
  });

  test("says that a repository may be private", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    github.setRepository(REPOSITORY, { isPrivate: true });
    expect(await failureOf(setup.source().listVersions(address(), options))).toBe(
      `InstallError: Neither ${github.webUrl}/acme/ingot-plugin-greet nor ${github.webUrl}/acme/packer-plugin-greet is there, or it is private. ` +
        'Check the source address "github.com/acme/greet".\nHint: for a private repository, set INGOT_GITHUB_API_TOKEN, GITHUB_TOKEN or GH_TOKEN to an access token of GitHub, or log in with `gh auth login`.',
    );
  });
});

describe("with a token", () => {
  test("reads a private repository by the API, and gives the token to the API alone", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options, folder } = setup;
    github.tokens.add("t0ken");
    const signature = { name: "ingot-plugin-greet_v1.0.0_SHA256SUMS.sig", content: "signature" };
    const { assets } = await github.addRelease(REPOSITORY, "v1.0.0", [...greetRelease(), signature]);
    github.setRepository(REPOSITORY, { isPrivate: true });
    const source = setup.source({ INGOT_GITHUB_API_TOKEN: "t0ken" });
    const release = await source.openRelease(await only(source.listVersions(address(), options)), options);
    const [entry = fail("no archive")] = release.archives;
    await release.fetchArchive(entry, path.join(folder, "a.zip"), { ...options, maxBytes: 1000 });
    expect(Buffer.from((await release.readSignature(options)) ?? []).toString()).toBe("signature");
    const [archive, sums, sig] = assets;
    expect(github.requestLines()).toEqual([
      `github GET ${LIST} 200`,
      `github GET ${API}/releases/assets/${sums?.id} 302`,
      `cdn GET /files/${sums?.name} 200`,
      `github GET ${API}/releases/assets/${archive?.id} 302`,
      `cdn GET /files/${archive?.name} 200`,
      `github GET ${API}/releases/assets/${sig?.id} 302`,
      `cdn GET /files/${sig?.name} 200`,
    ]);
    const authorizations = github.requests.map(({ server, authorization }) => `${server} ${authorization}`);
    expect(new Set(authorizations)).toEqual(new Set(["github Bearer t0ken", "cdn undefined"]));
  });

  test("opens a release whose version is known by one request for it", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    github.tokens.add("t0ken");
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    const offer = { address: address(), version: "1.0.0", family: "ingot", repository: "" } as const;
    await setup.source({ GH_TOKEN: "t0ken" }).openRelease(offer, options);
    expect(github.requestLines()[0]).toBe(`github GET ${API}/releases/tags/v1.0.0 200`);
    expect(github.requestLines()).toHaveLength(3);
  });

  test("that is refused is named by where it is from, not by its value", async () => {
    await using setup = await setUpGitHub(authority);
    const message = await failureOf(setup.source({ GITHUB_TOKEN: "expired" }).listVersions(address(), setup.options));
    expect(message).toMatch(
      /refuses the token of GITHUB_TOKEN \(401: Bad credentials\): it may have expired\. Replace or remove it\.$/,
    );
    expect(message).not.toContain('expired"');
  });

  test("that may not read the repository is named", async () => {
    await using setup = await setUpGitHub(authority);
    setup.github.tokens.add("t0ken");
    const message = await failureOf(setup.source({ GITHUB_TOKEN: "t0ken" }).listVersions(address(), setup.options));
    expect(message).toMatch(/\nHint: for a private repository, check what the token of GITHUB_TOKEN may read\.$/);
  });
});

test("lists of more than one page are read whole", async () => {
  await using setup = await setUpGitHub(authority);
  const { github, options } = setup;
  for (let minor = 0; minor < 205; minor++) await github.addRelease(REPOSITORY, `v1.${minor}.0`, []);
  const offers = await setup.source().listVersions(address(), options);
  expect(offers.map(({ version }) => version)).toEqual(Array.from({ length: 205 }, (_, index) => `1.${204 - index}.0`));
  expect(github.requestLines()).toEqual([
    `github GET ${LIST} 200`,
    `github GET ${LIST}&page=2 200`,
    `github GET ${LIST}&page=3 200`,
  ]);
});

test("attestations come from the API and from a bundle beside the checksum file", async () => {
  await using setup = await setUpGitHub(authority);
  const { github, options } = setup;
  const files = greetRelease();
  await github.addRelease(REPOSITORY, "v1.0.0", [
    ...files,
    { name: "ingot-plugin-greet_v1.0.0_SHA256SUMS.sigstore.json", content: '{"a":1}' },
  ]);
  const source = setup.source();
  const release = await source.openRelease(await only(source.listVersions(address(), options)), options);
  const sums = sha256(Buffer.from(release.checksumFile.content));
  const [archive = fail("no archive")] = release.archives;
  github.addAttestation(REPOSITORY, archive.sha256, { b: 2 });
  expect(await release.readAttestations(archive.sha256, options)).toEqual([{ b: 2 }]);
  expect(await release.readAttestations(sums, options)).toEqual([{ a: 1 }]);
});

describe("attestations whose bundles are elsewhere", () => {
  async function archiveWith(content: Uint8Array, setup: Awaited<ReturnType<typeof setUpGitHub>>, token?: string) {
    const { github, options } = setup;
    if (token !== undefined) github.tokens.add(token);
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    const source = setup.source(token === undefined ? {} : { GITHUB_TOKEN: token });
    const release = await source.openRelease(await only(source.listVersions(address(), options)), options);
    const [archive = fail("no archive")] = release.archives;
    github.addAttestationByUrl(REPOSITORY, archive.sha256, content);
    github.addAttestation(REPOSITORY, archive.sha256, { b: 2 });
    return { read: () => release.readAttestations(archive.sha256, options), archive };
  }

  const bundle = { mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", text: "x".repeat(300) };
  const json = Buffer.from(JSON.stringify(bundle));

  test.each([
    { name: "packed with Snappy", content: packLiteral(json) },
    { name: "as they are", content: json },
  ])("are fetched without the token, $name", async ({ content }) => {
    await using setup = await setUpGitHub(authority);
    const { read } = await archiveWith(content, setup, "t0ken");
    expect(await read()).toEqual([bundle, { b: 2 }]);
    const fetched = setup.github.requests.filter(({ server, path: at }) => server === "cdn" && at.includes(".json.sn"));
    expect(fetched.map(({ status, headers }) => [status, headers.authorization])).toEqual([[200, undefined]]);
  });

  test.each([
    { name: "junk", content: Buffer.from("<html>"), says: "gave no bundle of an attestation" },
    { name: "a bomb", content: Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f, 0]), says: "gave no bundle" },
    { name: "text that is not JSON", content: packLiteral(Buffer.from("hello")), says: "gave no bundle" },
  ])("are refused when they are $name", async ({ content, says }) => {
    await using setup = await setUpGitHub(authority);
    const { read } = await archiveWith(content, setup);
    const failure = await failureOf(read());
    expect(failure).toContain(says);
    expect(failure).not.toContain("sig=");
  });

  test("are refused when they are gone, or over plain HTTP, or nowhere", async () => {
    await using setup = await setUpGitHub(authority);
    const { read, archive } = await archiveWith(json, setup);
    const { github } = setup;
    github.failFile(/json\.sn/, { answer: { status: 403, body: "expired" } });
    expect(await failureOf(read())).toMatch(
      /\.json\.sn failed: the server answered 403 for the bundle of an attestation\.$/,
    );
    for (const [entry, says] of [
      [{ bundle: null, bundle_url: "http://192.0.2.1/x" }, "only HTTPS is safe"],
      [{ bundle: null, bundle_url: "http://127.0.0.1:1/x" }, "only HTTPS is safe"],
      [{ bundle: null, bundle_url: "file:///etc/passwd" }, "only HTTPS is safe"],
      [{ bundle: null }, "gave an attestation without a bundle"],
      [null, "gave an attestation without a bundle"],
    ] as const) {
      github.rewrite = (at, body) => (at.includes(archive.sha256) ? { attestations: [entry] } : body);
      expect(await failureOf(read())).toContain(says);
    }
  });
});

/** A Snappy block of one literal. */
function packLiteral(content: Buffer): Buffer {
  const { length } = content;
  const header = [(length & 0x7f) | 0x80, length >> 7];
  return Buffer.concat([Buffer.from([...header, 61 << 2, (length - 1) & 0xff, (length - 1) >> 8]), content]);
}

test("a download that breaks off goes on by a new redirect", async () => {
  await using setup = await setUpGitHub(authority);
  const { github, options, folder } = setup;
  github.tokens.add("t0ken");
  const content = randomBytes(3_000_000);
  await github.addRelease(REPOSITORY, "v1.0.0", greetRelease({ archive: () => content }));
  const source = setup.source({ GITHUB_TOKEN: "t0ken" });
  const release = await source.openRelease(await only(source.listVersions(address(), options)), options);
  const [entry = fail("no archive")] = release.archives;
  github.failFile(/zip/, { cutAfter: 2_000_000 });
  github.fail(/assets/, { answer: { status: 429, headers: { "retry-after": "1" }, body: '{"message":"slow down"}' } });
  const before = github.requests.length;
  const fetched = await release.fetchArchive(entry, path.join(folder, "a.zip"), { ...options, maxBytes: 1e7 });
  expect(fetched).toEqual({ sha256: sha256(content), size: content.length });
  const after = github.requests
    .slice(before)
    .map(({ server, status, headers }) => `${server} ${status} ${headers.range ?? ""}`);
  const range = expect.stringMatching(/^cdn 206 bytes=[12]\d{6}-$/) as unknown as string;
  const api = expect.stringMatching(/^github 302 bytes=/) as unknown as string;
  expect(after).toEqual(["github 429 ", "github 302 ", "cdn 200 ", api, range]);
  expect(setup.notices).toHaveLength(2);
});
