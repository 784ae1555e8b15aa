import { describe, expect, test } from "@jest/globals";
import { parseVersionConstraint } from "@ingot/template";
import { findRelease, newestOffers } from "./find-release.js";
import type { InstallContext } from "./install-context.js";
import { InstallError } from "./install-error.js";
import type { OfferedVersion, PluginSource } from "./plugin-source.js";
import { parsePlatform } from "./platform.js";
import { mustParseAddress } from "./requirement.js";
import { DEFAULT_SIGNATURE_SETTINGS } from "./signatures/signature-settings.js";
import { openPluginStore } from "./store/open-plugin-store.js";

const ADDRESS = mustParseAddress("github.com/acme/greet");

interface Offer {
  readonly version: string;
  readonly family?: "ingot" | "packer";
  readonly repository?: string;
  /** `API_PLATFORM`; default one for every platform. */
  readonly archives?: readonly string[];
  readonly isPrerelease?: true;
}

/** A place that offers these versions. */
function source(description: string, offers: readonly Offer[]): PluginSource {
  return {
    description,
    listVersions: () =>
      Promise.resolve(
        offers.map(({ version, family = "ingot", repository = `https://${description}`, isPrerelease }) => ({
          ...{ address: ADDRESS, version, family, repository },
          ...(isPrerelease === undefined ? {} : { isPrerelease }),
        })),
      ),
    openRelease: (offer: OfferedVersion) => {
      const { archives = [offer.family === "ingot" ? "p1_any" : "x5.0_linux_amd64"] } =
        offers.find(({ version, family = "ingot" }) => version === offer.version && family === offer.family) ?? {};
      return Promise.resolve({
        offer,
        archives: archives.map((text) => {
          const [api = "", ...platform] = text.split("_");
          const parsed = parsePlatform(platform.join("_"));
          if (parsed === undefined) throw new Error(text);
          return { fileName: `${text}.zip`, sha256: "0".repeat(64), platform: parsed, api };
        }),
        checksumFile: { name: "SHA256SUMS", content: new Uint8Array() },
        readSignature: () => Promise.resolve(undefined),
        readManifest: () => Promise.resolve(undefined),
        readAttestations: () => Promise.resolve([]),
        fetchArchive: () => Promise.reject(new Error("not asked for")),
      });
    },
  };
}

function failing(description: string): PluginSource {
  const fail = (): Promise<never> => Promise.reject(new InstallError(`${description} is down.`));
  return { description, listVersions: fail, openRelease: fail };
}

function contextOf(sources: readonly PluginSource[]): InstallContext {
  return {
    store: openPluginStore({ root: "/nowhere" }),
    sourcesFor: () => sources,
    signatures: DEFAULT_SIGNATURE_SETTINGS,
    checkPlugin: () => Promise.resolve(),
    platform: { os: "linux", arch: "amd64" },
    signal: new AbortController().signal,
    report: { notice: () => undefined, warning: () => undefined, progress: () => undefined },
  };
}

interface Wish {
  readonly constraint?: string;
  readonly exact?: string;
  readonly repository?: string;
}

async function found(sources: readonly PluginSource[], { constraint = ">= 0", exact, repository }: Wish = {}) {
  const parsed = parseVersionConstraint(constraint);
  if ("problem" in parsed) throw new Error(parsed.problem);
  const wanted = { address: ADDRESS, constraint: parsed.constraint, constraintText: constraint, exact, repository };
  try {
    const { offer, archive } = await findRelease(wanted, contextOf(sources));
    return `${offer.family} ${offer.version} ${archive.fileName} of ${offer.repository}`;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    return error.message;
  }
}

describe("of the versions on offer", () => {
  test.each([
    {
      name: "the highest that fits is taken, whatever the order",
      offers: [{ version: "1.2.0" }, { version: "1.10.0" }, { version: "2.0.0" }],
      wish: { constraint: "~> 1.0" },
      want: "ingot 1.10.0 p1_any.zip of https://a",
    },
    {
      name: "pre-releases are passed over, also those that only the source marks",
      offers: [{ version: "1.0.0" }, { version: "1.1.0-rc.1" }, { version: "1.2.0", isPrerelease: true as const }],
      want: "ingot 1.0.0 p1_any.zip of https://a",
    },
    {
      name: "an exact one may be a pre-release",
      offers: [{ version: "1.0.0" }, { version: "1.1.0-rc.1" }],
      wish: { exact: "1.1.0-rc.1" },
      want: "ingot 1.1.0-rc.1 p1_any.zip of https://a",
    },
    {
      name: "what is no version is nothing",
      offers: [{ version: "v1.0.0" }, { version: "1.1" }, { version: "../2.0.0" }, { version: "03.0.0" }],
      want: "ingot v1.0.0 p1_any.zip of https://a",
    },
    {
      name: "ours come before Packer's",
      offers: [{ version: "2.0.0", family: "packer" as const }, { version: "1.0.0" }],
      want: "ingot 1.0.0 p1_any.zip of https://a",
    },
    {
      name: "the repository of the lock file comes before ours",
      offers: [{ version: "1.0.0" }, { version: "1.0.0", family: "packer" as const, repository: "https://old" }],
      wish: { exact: "1.0.0", repository: "https://old" },
      want: "packer 1.0.0 x5.0_linux_amd64.zip of https://old",
    },
    {
      name: "one without an archive for the platform is passed over",
      offers: [{ version: "1.1.0", archives: ["p1_darwin_arm64"] }, { version: "1.0.0" }],
      want: "ingot 1.0.0 p1_any.zip of https://a",
    },
    {
      name: "the archive for exactly the platform comes before the one for any",
      offers: [{ version: "1.0.0", archives: ["p1_any", "p1_linux_amd64"] }],
      want: "ingot 1.0.0 p1_linux_amd64.zip of https://a",
    },
    {
      name: "another protocol is told, with the one that is spoken",
      offers: [{ version: "1.0.0", archives: ["p2_any"] }],
      want: "github.com/acme/greet 1.0.0 speaks version p2 of the plugin protocol; this Ingot speaks p1.\nNo version of github.com/acme/greet could be installed.",
    },
    {
      name: "Packer's API may be lower, not higher",
      offers: [{ version: "1.0.0", family: "packer" as const, archives: ["x5.1_linux_amd64", "x6.0_linux_amd64"] }],
      want: "github.com/acme/greet 1.0.0 speaks version x5.1 of the plugin protocol; this Ingot speaks x5.0.\nNo version of github.com/acme/greet could be installed.",
    },
    {
      name: "all are listed when none fits",
      offers: [{ version: "1.0.0" }, { version: "1.1.0" }],
      wish: { constraint: ">= 2" },
      want: 'No release of github.com/acme/greet meets ">= 2". On offer (a): 1.1.0, 1.0.0.',
    },
  ])("$name", async ({ offers, wish, want }) => expect(await found([source("a", offers)], wish)).toBe(want));
});

describe("of several sources", () => {
  const fits = source("b", [{ version: "1.0.0" }]);

  test.each([
    { name: "the first that has a fitting version is taken", sources: [source("a", []), fits], want: "of https://b" },
    {
      name: "one that has only others is passed over",
      sources: [source("a", [{ version: "9.0.0" }]), fits],
      want: "of https://b",
    },
    { name: "one that fails is passed over", sources: [failing("a"), fits], want: "of https://b" },
    { name: "the failure is told when no other has it", sources: [failing("a"), source("b", [])], want: "a is down." },
    {
      name: "none has it",
      sources: [source("a", []), source("b", [])],
      want: "No release of the plugin github.com/acme/greet was found (a, b).",
    },
  ])("$name", async ({ sources, want }) => expect(await found(sources, { constraint: "~> 1.0" })).toContain(want));
});

describe("the newest offers are told", () => {
  const parsed = parseVersionConstraint("~> 1.0");
  if ("problem" in parsed) throw new Error(parsed.problem);
  const wanted = { address: ADDRESS, constraint: parsed.constraint, constraintText: "~> 1.0" };

  test("without a look at their archives, with one question", async () => {
    const only = source("a", [{ version: "1.0.0" }, { version: "1.1.0", archives: [] }, { version: "2.0.0" }]);
    let asked = 0;
    const counting: PluginSource = { ...only, listVersions: (...call) => (asked++, only.listVersions(...call)) };
    expect(await newestOffers(wanted, contextOf([counting]))).toEqual({ allowed: "1.1.0", newest: "2.0.0" });
    expect(asked).toBe(1);
  });

  test("when another source has what fits", async () => {
    const sources = [source("a", [{ version: "9.0.0" }]), source("b", [{ version: "1.0.0" }])];
    expect(await newestOffers(wanted, contextOf(sources))).toEqual({ allowed: "1.0.0", newest: "9.0.0" });
  });
});

test("versions that are passed over are told, with the reason and what is taken instead", async () => {
  const warnings: string[] = [];
  const offers = [{ version: "1.2.0" }, { version: "1.1.0", archives: ["p1_darwin_arm64"] }, { version: "1.0.0" }];
  const whole = source("a", offers);
  const broken: PluginSource = {
    ...whole,
    openRelease: (offer, options) =>
      offer.version === "1.2.0"
        ? Promise.reject(new InstallError("1.2.0 is broken."))
        : whole.openRelease(offer, options),
  };
  const context = contextOf([broken]);
  const warning = (_address: string, text: string): void => void warnings.push(text);
  const report = { ...context.report, warning };
  const wanted = { address: ADDRESS, constraint: [], constraintText: "" };
  expect(await findRelease(wanted, { ...context, report })).toMatchObject({ offer: { version: "1.0.0" } });
  expect(warnings).toEqual([
    "1.2.0 is broken.\ngithub.com/acme/greet 1.1.0 has no archive for linux_amd64, only for: darwin_arm64.\nVersion 1.0.0 of github.com/acme/greet is taken instead.",
  ]);
});
