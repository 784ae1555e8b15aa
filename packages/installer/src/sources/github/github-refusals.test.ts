import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { OfferedVersion } from "../../plugin-source.js";
import { address, fail, failureOf, setUpGitHub } from "../../testing/github-scene.js";
import { greetRelease } from "../../testing/greet-release.js";
import { TestAuthority } from "../../testing/test-authority.js";

let authority: TestAuthority;
beforeAll(async () => void (authority = await TestAuthority.make()));
afterAll(async () => await authority[Symbol.asyncDispose]());

const REPOSITORY = "acme/ingot-plugin-greet";
const LIST = `/api/v3/repos/${REPOSITORY}/releases?per_page=100`;

async function only(offers: Promise<readonly OfferedVersion[]>): Promise<OfferedVersion> {
  const [offer, ...more] = await offers;
  expect(more).toEqual([]);
  return offer ?? fail("nothing is offered");
}

describe("rate limits", () => {
  test("of less than a minute are waited for", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    github.rateLimit.remaining = 0;
    github.rateLimit.reset = Math.floor(Date.now() / 1000) + 2;
    expect(await setup.source().listVersions(address(), options)).toHaveLength(1);
    expect(github.requestLines()).toEqual([`github GET ${LIST} 403`, `github GET ${LIST} 200`]);
    expect(setup.notices).toEqual([
      expect.stringMatching(
        /^localhost:\d+ allows no more requests for now: waiting until \d\d:\d\d:\d\d \(in \d seconds?\)\.$/,
      ),
    ]);
  });

  test("of longer are told with their end and with what helps, and nothing more is asked", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    github.rateLimit.remaining = 0;
    const source = setup.source();
    const message = await failureOf(source.listVersions(address(), options));
    expect(message).toMatch(
      /allows no more requests from here until \d\d:\d\d \(in (60|61) minutes\)\.\nHint: without a token there are only a few requests an hour, with one there are thousands: set INGOT_GITHUB_API_TOKEN, GITHUB_TOKEN or GH_TOKEN to an access token of GitHub, or log in with `gh auth login`\.$/,
    );
    expect(await failureOf(source.listVersions(address(), options))).toBe(message);
    expect(github.requests).toHaveLength(1);
  });

  test.each([
    {
      name: "429 with Retry-After",
      answer: { status: 429, headers: { "retry-after": "1" }, body: '{"message":"slow down"}' },
    },
    {
      name: "403 with Retry-After",
      answer: {
        status: 403,
        headers: { "retry-after": "1" },
        body: '{"message":"You have exceeded a secondary rate limit"}',
      },
    },
  ])("of bursts are waited for: $name", async ({ answer }) => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", greetRelease());
    github.fail(/per_page/, { answer });
    expect(await setup.source().listVersions(address(), options)).toHaveLength(1);
    expect(github.requestLines()).toEqual([`github GET ${LIST} ${answer.status}`, `github GET ${LIST} 200`]);
  });

  test("of a token name the token", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    github.tokens.add("t0ken");
    github.rateLimit.remaining = 0;
    github.rateLimit.status = 429;
    const message = await failureOf(setup.source({ GITHUB_TOKEN: "t0ken" }).listVersions(address(), options));
    expect(message).toMatch(/Hint: the requests of the token of GITHUB_TOKEN are used up: wait, or set another\.$/);
  });
});

describe("hostile answers", () => {
  test.each([
    { name: "no list", body: { tag_name: "v1.0.0" }, want: /is not a list of releases/ },
    { name: "not JSON", text: "<html>", want: /is not JSON/ },
    {
      name: "no releases of the documented form",
      body: [{ tag_name: 1, draft: false, prerelease: false, assets: [] }],
      notice: true,
    },
    {
      name: "a tag with a terminal's control characters",
      body: [{ tag_name: "v1.0.0\u001b[2J", draft: false, prerelease: false, assets: [] }],
      notice: true,
    },
    {
      name: "an enormous tag",
      body: [{ tag_name: `v1.0.0-${"x".repeat(10_000)}`, draft: false, prerelease: false, assets: [] }],
      notice: true,
    },
    {
      name: "a version that is a path",
      body: [{ tag_name: "v1.0.0-../../x", draft: false, prerelease: false, assets: [] }],
    },
    {
      name: "ids that are paths",
      body: [
        {
          tag_name: "v1.0.0",
          draft: false,
          prerelease: false,
          assets: [{ id: "1/../x", name: "a", state: "uploaded" }],
        },
      ],
      notice: true,
    },
    { name: "a list of a million", body: Array(1001).fill({}), want: /is not a list of releases/ },
  ])("$name", async ({ body, text, want, notice }) => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    github.setRepository(REPOSITORY, { isPrivate: false });
    if (text === undefined) github.rewrite = (at, answer) => (at.includes("ingot-plugin") ? body : answer);
    else github.fail(/ingot-plugin/, { answer: { status: 200, body: text } });
    const outcome = setup.source().listVersions(address(), options);
    if (want === undefined) expect(await outcome).toEqual([]);
    else expect(await failureOf(outcome)).toMatch(want);
    expect(setup.notices).toEqual(
      notice ? [expect.stringMatching(/has a release that is not of the documented form: it is ignored/)] : [],
    );
  });

  test("a next page on another server does not get the token", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    github.fail(/per_page/, {
      answer: { status: 200, headers: { link: '<https://127.0.0.1:1/x>; rel="next"' }, body: "[]" },
    });
    const message = await failureOf(setup.source().listVersions(address(), options));
    expect(message).toMatch(/names a next page that is not on the same server: refused/);
  });

  test("a checksum file that names an archive twice", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    const line = (hash: string): string => `${hash.repeat(64)}  ingot-plugin-greet_v1.0.0_p1_any.zip\n`;
    await github.addRelease(REPOSITORY, "v1.0.0", [
      { name: "ingot-plugin-greet_v1.0.0_SHA256SUMS", content: line("a") + line("b") },
    ]);
    const source = setup.source();
    const opened = source.openRelease(await only(source.listVersions(address(), options)), options);
    expect(await failureOf(opened)).toMatch(
      /lists ingot-plugin-greet_v1\.0\.0_p1_any\.zip twice, with different checksums/,
    );
  });

  test("a release without a checksum file, or with one of other files", async () => {
    await using setup = await setUpGitHub(authority);
    const { github, options } = setup;
    await github.addRelease(REPOSITORY, "v1.0.0", [{ name: "x.zip", content: "x" }]);
    const other = { name: "ingot-plugin-greet_v1.0.1_SHA256SUMS", content: `${"a".repeat(64)}  ../../x.zip\n` };
    await github.addRelease(REPOSITORY, "v1.0.1", [other]);
    const source = setup.source();
    const [second, first] = await source.listVersions(address(), options);
    expect(await failureOf(source.openRelease(first ?? fail("x"), options))).toMatch(
      /v1\.0\.0 has no checksum file ingot-plugin-greet_v1\.0\.0_SHA256SUMS: a plugin cannot be checked without it\.$/,
    );
    expect(await failureOf(source.openRelease(second ?? fail("x"), options))).toMatch(
      /The checksum file of github\.com\/acme\/greet 1\.0\.1 .* lists no archive of this plugin and version/,
    );
  });
});

test("addresses that are no repository are refused", async () => {
  await using setup = await setUpGitHub(authority);
  const source = setup.source();
  const long = source.listVersions(address("github.com/acme/team/greet"), setup.options);
  expect(await failureOf(long)).toMatch(/has 4 parts: GitHub's have three, HOST\/OWNER\/NAME/);
});

test("a web page instead of an answer is told", async () => {
  await using setup = await setUpGitHub(authority);
  const { github, options } = setup;
  github.fail(/releases/, { answer: { status: 200, headers: {}, body: "<!DOCTYPE html><html>Log in" } });
  expect(await failureOf(setup.source().listVersions(address(), options))).toMatch(
    /gave an answer that is not JSON\. It is a web page: is the login page of a network, or a proxy, in the way\?$/,
  );
});
