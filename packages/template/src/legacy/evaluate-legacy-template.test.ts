import { describe, expect, test } from "@jest/globals";
import {
  numberType,
  listType,
  stringType,
  boolType,
  toJs,
  type AttributeSchema,
  type BodySchema,
  type Type,
} from "@ingot/hcl";
import type { BuildDeclaration } from "../model.js";
import { memoryWorld } from "../testing.js";
import { evaluateLegacyTemplate, type EvaluatedLegacyTemplate } from "./evaluate-legacy-template.js";
import { parseLegacyTemplate } from "./parse-legacy-template.js";

interface Options {
  readonly only?: readonly string[];
  readonly except?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

function evaluate(document: unknown, options: Options = {}): EvaluatedLegacyTemplate {
  const world = memoryWorld({ "t.json": JSON.stringify(document), ...options.files }, { NAME: "value" });
  const variables = Object.entries(options.variables ?? {}).map(([name, text]) => ({ name, text }));
  const variableFiles = Object.keys(options.files ?? {});
  const { value, diagnostics } = parseLegacyTemplate({ path: "t.json", world, variables, variableFiles });
  if (value.template === undefined) throw new Error(diagnostics[0]?.summary);
  const { only = [], except = [] } = options;
  const evaluated = evaluateLegacyTemplate(value.template, { world, only, except });
  if (evaluated.value === undefined) throw new Error(evaluated.diagnostics[0]?.detail);
  return evaluated.value;
}

function attribute(type: Type): AttributeSchema {
  return { type, required: false, sensitive: false, description: "" };
}

const SCHEMA: BodySchema = {
  attributes: new Map([
    ["text", attribute(stringType)],
    ["count", attribute(numberType)],
    ["flag", attribute(boolType)],
    ["list", attribute(listType(stringType))],
  ]),
  blocks: new Map([
    [
      "disk",
      {
        nesting: "list",
        minItems: 0,
        description: "",
        schema: { attributes: new Map([["size", attribute(numberType)]]), blocks: new Map() },
      },
    ],
  ]),
};

function onlyBuild(document: unknown, options?: Options): BuildDeclaration {
  const [build] = evaluate(document, options).builds;
  if (build === undefined) throw new Error("no build");
  return build;
}

const box = { type: "null" };

describe("variables", () => {
  const valuesOf = (variables: unknown, options?: Options): unknown =>
    Object.fromEntries(evaluate({ variables, builders: [box] }, options).userVariables);

  test("take later sources over earlier ones", () => {
    const files = { "v.json": '{"b": "file", "c": "file"}' };
    expect(valuesOf({ a: "1", b: "2", c: "3" }, { files, variables: { c: "flag", d: "new" } })).toEqual({
      ...{ a: "1", b: "file", c: "flag", d: "new" },
    });
  });
  test("refer to each other in any order, and see the environment", () =>
    expect(valuesOf({ a: "{{user `b`}}!", b: "{{user `c`}}?", c: "{{env `NAME`}}" })).toEqual({
      ...{ a: "value?!", b: "value?", c: "value" },
    }));
  test("keep fields for later", () => expect(valuesOf({ a: "{{ .HTTPIP }}" })).toEqual({ a: "{{ .HTTPIP }}" }));
  test.each([
    { name: "required ones without a value", variables: { a: null }, want: "required variable not set: a" },
    {
      name: "references to nothing",
      variables: { a: "{{user `x`}}" },
      want: 'Failed to interpolate "a": "{{user `x`}}"',
    },
    {
      name: "broken templates",
      variables: { a: "{{user" },
      want: "error interpolating default value for 'a': template: root:1",
    },
    { name: "facts of builds", variables: { a: "{{build_name}}" }, want: "build_name not available" },
  ])("refuse $name", ({ variables, want }) => expect(() => valuesOf(variables)).toThrow(want));
  test("files hold texts only", () =>
    expect(() => valuesOf({}, { files: { "v.json": '{"a": 1}' } })).toThrow(
      "Error reading variables in 'v.json': json: cannot unmarshal number into Go value of type string",
    ));
});

describe("builds", () => {
  const three = { builders: [{ type: "null", name: "c-{{user `x`}}" }, { type: "file" }, { type: "null", name: "a" }] };
  const namesOf = (options?: Options): readonly string[] =>
    evaluate(three, { variables: { x: "1" }, ...options }).builds.map(({ name }) => name);

  test("are sorted by their rendered names", () => expect(namesOf()).toEqual(["null.a", "null.c-1", "file"]));
  test("are chosen by exact names without types", () => {
    expect(namesOf({ only: ["c-1", "null.a", "fil*"] })).toEqual(["null.c-1"]);
    expect(namesOf({ except: ["c-1"] })).toEqual(["null.a", "file"]);
  });
  test("only and except of steps speak of raw names", () => {
    const provisioners = [
      { type: "shell", only: ["c-{{user `x`}}"] },
      { type: "file", except: ["c-{{user `x`}}"] },
    ];
    const { builds } = evaluate({ ...three, provisioners });
    expect(builds.map((build) => build.provisioners.map(({ type }) => type))).toEqual([["file"], ["shell"], ["file"]]);
  });
  test("-except cuts a chain of post-processors", () => {
    const chain = [["compress", { type: "manifest", name: "m" }, "checksum"]];
    const build = onlyBuild({ builders: [box], "post-processors": chain }, { except: ["m"] });
    expect(build.postProcessorChains.map((one) => one.map(({ type }) => type))).toEqual([["compress"]]);
  });
  test("steps carry their meta settings", () => {
    const provisioner = { type: "shell", pause_before: "1m", timeout: 2_000_000, max_retries: "{{user `n`}}" };
    const [step] = onlyBuild({ builders: [box], provisioners: [provisioner] }, { variables: { n: "3" } }).provisioners;
    expect(step).toMatchObject({ pauseBeforeMs: 60_000, timeoutMs: 2, maxRetries: 3 });
  });
});

describe("settings", () => {
  const decode = (settings: object, override?: object): unknown => {
    const provisioners = [{ type: "shell", ...settings, ...(override && { override: { null: override } }) }];
    const [step] = onlyBuild({ builders: [box], provisioners }, { variables: { n: "7" } }).provisioners;
    const { value, diagnostics } = step?.decode(SCHEMA, new Map([["ID", value0]])) ?? {
      value: value0,
      diagnostics: [],
    };
    return diagnostics.length > 0 ? diagnostics.map(({ detail }) => detail).join() : toJs(value);
  };
  const value0 = { type: stringType, raw: "x", marks: new Set() } as never; // only its name counts
  const nothing = { text: null, count: null, flag: null, list: null, disk: [] };

  test.each([
    { name: "numbers and booleans become texts", given: { text: 5 }, want: { ...nothing, text: "5" } },
    { name: "true becomes the text 1", given: { text: true }, want: { ...nothing, text: "1" } },
    { name: "rendered texts become numbers", given: { count: "{{user `n`}}" }, want: { ...nothing, count: 7 } },
    { name: "texts become booleans", given: { flag: "true" }, want: { ...nothing, flag: true } },
    { name: "a text is split into a list", given: { list: "a,b" }, want: { ...nothing, list: ["a", "b"] } },
    { name: "keys match in any case", given: { TEXT: "x" }, want: { ...nothing, text: "x" } },
    {
      name: "one object becomes a list of blocks",
      given: { disk: { size: "1" } },
      want: { ...nothing, disk: [{ size: 1 }] },
    },
    { name: "templates for texts stay", given: { text: "{{.Path}}" }, want: { ...nothing, text: "{{.Path}}" } },
  ])("$name", ({ given, want }) => expect(decode(given)).toEqual(want));

  test("an override replaces a whole list", () =>
    expect(decode({ list: ["a", "b"], text: "x" }, { list: ["c"] })).toEqual({ ...nothing, list: ["c"], text: "x" }));
  test.each([
    { name: "unknown keys", given: { z: 1, b: 2 }, want: `unknown configuration key: '"b"'\n\t* unknown` },
    { name: "keys of long ago", given: { iso_md5: 1 }, want: "Deprecated configuration key: 'iso_md5'. Please call" },
    {
      name: "words for numbers",
      given: { count: "x" },
      want: `cannot parse 'count' as int: strconv.ParseInt: parsing "x"`,
    },
    { name: "objects for texts", given: { text: {} }, want: "'text' expected type 'string', got unconvertible type" },
    { name: "build values that don't exist", given: { text: "{{build `X`}}" }, want: "couldnt find X in it." },
  ])("$name are refused", ({ given, want }) => expect(decode(given)).toContain(want));
});
