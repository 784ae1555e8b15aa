import path from "node:path";
import { expect, test } from "@jest/globals";
import { readSignatureSettings } from "./signature-settings.js";

const folder = path.resolve("/etc/ingot");

test("nothing said: signatures are checked where there are any", () => {
  expect(readSignatureSettings({}, { folder })).toEqual({ settings: { policy: "warn", keys: [] }, problems: [] });
});

test("files are relative to the configuration's folder, and may be several", () => {
  const { settings, problems } = readSignatureSettings(
    {
      plugin_signatures: "require",
      plugin_keys: { "github.com/acme/*": "acme.asc", "*": ["a.asc", path.resolve("/b.asc")] },
      sigstore_trusted_root: "root.json",
    },
    { folder },
  );
  expect(problems).toEqual([]);
  expect(settings).toEqual({
    policy: "require",
    keys: [
      { pattern: "github.com/acme/*", files: [path.join(folder, "acme.asc")] },
      { pattern: "*", files: [path.join(folder, "a.asc"), path.resolve("/b.asc")] },
    ],
    trustedRootFile: path.join(folder, "root.json"),
  });
});

test("the environment comes first", () => {
  expect(readSignatureSettings({ plugin_signatures: "off" }, { folder, policy: "require" }).settings.policy).toBe(
    "require",
  );
  expect(readSignatureSettings({ plugin_signatures: "off" }, { folder, policy: "" }).settings.policy).toBe("off");
});

test("maps serve as well as objects", () => {
  const plugin_keys = new Map([["*", "a.asc"]]);
  expect(readSignatureSettings({ plugin_keys }, { folder }).settings.keys).toHaveLength(1);
});

test.each([
  { configuration: { plugin_signatures: "maybe" }, problem: /plugin_signatures must be/ },
  { configuration: { plugin_signatures: true }, problem: /plugin_signatures must be/ },
  { configuration: {}, policy: "yes", problem: /INGOT_PLUGIN_SIGNATURES must be off, warn or require, not "yes"/ },
  { configuration: { plugin_keys: "a.asc" }, problem: /plugin_keys must be an object/ },
  { configuration: { plugin_keys: ["a.asc"] }, problem: /plugin_keys must be an object/ },
  { configuration: { plugin_keys: { "*": 1 } }, problem: /the value of "\*" must be the name of a file/ },
  { configuration: { plugin_keys: { "*": [] } }, problem: /the value of "\*" must be the name of a file/ },
  { configuration: { plugin_keys: { "git*": "a" } }, problem: /"git\*" is no pattern/ },
  { configuration: { plugin_keys: { "*\/acme": "a" } }, problem: /is no pattern/ },
  { configuration: { plugin_keys: { "": "a" } }, problem: /is no pattern/ },
  { configuration: { sigstore_trusted_root: {} }, problem: /sigstore_trusted_root must be the name of a file/ },
])("$configuration is refused", ({ configuration, policy, problem }) => {
  expect(readSignatureSettings(configuration, { folder, policy }).problems.join()).toMatch(problem);
});
