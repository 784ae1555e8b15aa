import { describe, expect, test } from "@jest/globals";
import { configRenderer } from "./config-renderer.js";
import type { BuildInfo } from "./context.js";
import { builder, provisioner } from "./define.js";
import { decodeConfig } from "./schema/decode-config.js";
import { schema as s } from "./schema/schema.js";
import { toValue } from "./value.js";

const config = s.object({
  text: s.string({ default: "{{.Default}}" }),
  later: s.string({ optional: true, interpolate: false }),
  commands: s.list(s.string(), { default: ["{{.Script}}"], interpolate: false }),
  tags: s.map(s.string(), { optional: true }),
  wait: s.duration({ optional: true }),
  free: s.any({ optional: true }),
});
const step = provisioner({ name: "step", config, provision: () => undefined });
const box = builder({ name: "box", config, run: () => Promise.resolve(undefined) });
const plain = provisioner({ name: "plain", config, interpolate: false, provision: () => undefined });

const HCL: BuildInfo = {
  ...{ name: "app", builderType: "box", hostVersion: "0.1.0", debug: false, force: false, onError: "" },
  ...{
    sensitiveVariables: [],
    userVariables: {},
    templatePath: "",
    runId: "",
    workingDirectory: "/",
    cacheDirectory: "",
  },
  sourceDateEpoch: undefined,
};
const LEGACY: BuildInfo = { ...HCL, userVariables: { n: "5m" }, templatePath: "/work/t.json" };

function decode(given: object, { component = step, build = HCL } = {}) {
  const decoded = decodeConfig(config, toValue(given), configRenderer(component, build));
  return decoded.config ?? decoded.diagnostics.map(({ detail }) => detail).join();
}

describe("strings of a configuration", () => {
  test.each([
    { name: "texts", given: { text: "{{build_name}}-{{build_type}}" }, want: { text: "app-box" } },
    { name: "maps with their keys", given: { tags: { "{{upper `a`}}": "{{lower `B`}}" } }, want: { tags: { A: "b" } } },
    { name: "values of any type", given: { free: { a: ["{{upper `x`}}"] } }, want: { free: { a: ["X"] } } },
    { name: "a literal marker", given: { text: "{{ `{{` }}x}}" }, want: { text: "{{x}}" } },
  ])("are rendered once: $name", ({ given, want }) => expect(decode(given)).toMatchObject(want));

  test("see the variables of a legacy template before they get their type", () =>
    expect(decode({ wait: "{{user `n`}}", text: "{{template_dir}}{{user `none`}}" }, { build: LEGACY })).toMatchObject({
      ...{ wait: 300_000, text: "/work" },
    }));
  test("stay when the component renders them later, and so do defaults", () =>
    expect(decode({ later: "{{.Path}}" })).toMatchObject({
      ...{ later: "{{.Path}}", text: "{{.Default}}", commands: ["{{.Script}}"] },
    }));
  test("stay when the component wants no rendering", () =>
    expect(decode({ text: "{{nope}}" }, { component: plain })).toMatchObject({ text: "{{nope}}" }));
  test("keep build values of a legacy template for later", () =>
    expect(decode({ text: "{{build `ID`}}" }, { build: LEGACY })).toMatchObject({ text: "{{.ID}}" }));
});

test.each([
  { name: "unknown functions", given: { text: "{{nope}}" }, want: "invalid 'text': template: root:1: function" },
  { name: "mistakes in texts for later", given: { later: "{{nope}}" }, want: "invalid 'later': template: root:1:" },
  { name: "failing functions", given: { text: "a {{env `X`}}" }, want: "render 'text': template: root:1:4: executing" },
  { name: "build values in HCL", given: { text: "{{build `ID`}}" }, want: "loaded data, but couldnt find ID in it." },
  { name: "user variables in HCL", given: { text: "{{user `x`}}" }, want: "error calling user: test" },
])("refuses $name", ({ given, want }) => expect(decode(given)).toContain(want));

test("refuses build values in a builder", () =>
  expect(decode({ text: "{{build `ID`}}" }, { component: box, build: LEGACY })).toContain(
    "Error validating build variable: the given variable ID will not be passed into your plugin.",
  ));
