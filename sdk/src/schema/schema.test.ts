import { describe, expect, test } from "@jest/globals";
import { Type_Kind, type Value } from "@ingot/protocol";
import { toValue } from "../value.js";
import { decodeConfig } from "./decode-config.js";
import { describeSchema } from "./describe-schema.js";
import type { AttributeField, Infer } from "./field.js";
import { schema as s } from "./schema.js";

const one = (field: AttributeField<unknown>, value: unknown) => {
  const { config, diagnostics } = decodeConfig(s.object({ x: field }), toValue({ x: value }));
  return diagnostics.length === 0 ? (config as { x: unknown }).x : diagnostics.map(({ summary }) => summary);
};

const unknown: Value = { kind: { $case: "unknownValue", value: { type: undefined } }, sensitive: false };

describe("one value", () => {
  test.each([
    { name: "string", field: s.string(), value: "a", want: "a" },
    { name: "string from a number", field: s.string(), value: 5, want: "5" },
    { name: "string from a bool", field: s.string(), value: true, want: "true" },
    { name: "string from a list", field: s.string(), value: ["a"], want: ["Incorrect attribute value type"] },
    { name: "absent", field: s.string(), value: null, want: ["Missing required argument"] },
    { name: "absent optional", field: s.string({ optional: true }), value: null, want: undefined },
    { name: "absent with default", field: s.string({ default: "d" }), value: null, want: "d" },
    { name: "one of", field: s.string({ oneOf: ["a", "b"] }), value: "b", want: "b" },
    { name: "none of", field: s.string({ oneOf: ["a", "b"] }), value: "c", want: ["Invalid value"] },
    { name: "number", field: s.number(), value: 1.5, want: 1.5 },
    { name: "number from text", field: s.number(), value: "2", want: 2 },
    { name: "number from other text", field: s.number(), value: "two", want: ["Incorrect attribute value type"] },
    { name: "number from empty text", field: s.number(), value: "", want: ["Incorrect attribute value type"] },
    { name: "integer", field: s.integer({ min: 1, max: 3 }), value: 3, want: 3 },
    { name: "fraction for integer", field: s.integer(), value: 1.5, want: ["Incorrect attribute value type"] },
    { name: "huge integer", field: s.integer(), value: 2n ** 60n, want: ["Invalid value"] },
    { name: "too small", field: s.integer({ min: 1 }), value: 0, want: ["Invalid value"] },
    { name: "too large", field: s.number({ max: 1 }), value: 2, want: ["Invalid value"] },
    { name: "bool from text", field: s.boolean(), value: "true", want: true },
    { name: "bool from a word of Go's", field: s.boolean(), value: "T", want: ["Incorrect attribute value type"] },
    { name: "trilean from a word of Go's", field: s.trilean(), value: "T", want: true },
    { name: "trilean unset", field: s.trilean(), value: "", want: undefined },
    { name: "trilean from other text", field: s.trilean(), value: "yes", want: ["Incorrect attribute value type"] },
    { name: "duration", field: s.duration(), value: "1h1.5s", want: 3_601_500 },
    {
      name: "duration without unit",
      field: s.duration(),
      value: "5",
      want: [`error decoding 'x': time: missing unit in duration "5"`],
    },
    { name: "duration default", field: s.duration({ default: "5m" }), value: null, want: 300_000 },
    { name: "bytes from numbers", field: s.bytes(), value: [104, 105], want: Buffer.from("hi") },
    { name: "bytes from bytes", field: s.bytes(), value: Buffer.from("hi"), want: Buffer.from("hi") },
    { name: "bytes out of range", field: s.bytes(), value: [256], want: ["Incorrect attribute value type"] },
    { name: "list", field: s.list(s.integer()), value: [1, "2"], want: [1, 2] },
    { name: "text for a list", field: s.list(s.string()), value: "a,b", want: ["Incorrect attribute value type"] },
    { name: "too few", field: s.list(s.string(), { minItems: 1 }), value: [], want: ["Invalid value"] },
    { name: "set", field: s.set(s.string()), value: new Set(["a"]), want: ["a"] },
    { name: "map", field: s.map(s.number()), value: { a: 1 }, want: { a: 1 } },
    { name: "object", field: s.object({ a: s.string() }), value: { a: "1" }, want: { a: "1" } },
    { name: "object with more", field: s.object({}), value: { a: "1" }, want: ["Unsupported argument"] },
    { name: "anything", field: s.any(), value: { a: [1, null, "x"] }, want: { a: [1, null, "x"] } },
    { name: "checked", field: s.string({ check: () => "No good." }), value: "a", want: ["No good."] },
    { name: "checked in vain", field: s.string({ check: () => undefined }), value: "a", want: "a" },
  ])("$name", ({ field, value, want }) => expect(one(field, value)).toEqual(want));
});

describe("a configuration", () => {
  test("reports all problems, each with its path", () => {
    const config = s.object({
      disks: s.block({ size: s.integer({ min: 1 }) }, { nesting: "list", min: 1 }),
      tags: s.map(s.string()),
      boot: s.block({ order: s.list(s.string()) }),
      env: s.block({ value: s.string() }, { nesting: "map" }),
    });
    const value = toValue({
      disks: [{ size: 1 }, { size: 0 }],
      tags: { a: ["not a string"] },
      boot: { order: ["a", ["b"]] },
      env: { PATH: {} },
      more: 1,
    });
    expect(decodeConfig(config, value).diagnostics.map(({ path }) => path)).toEqual([
      ["disks", 1, "size"],
      ["tags", "a"],
      ["boot", "order", 1],
      ["env", "PATH", "value"],
      ["more"],
    ]);
  });

  test("counts blocks", () => {
    const config = s.object({
      needed: s.block({}, { min: 1 }),
      few: s.block({}, { nesting: "list", max: 1 }),
    });
    const { diagnostics } = decodeConfig(config, toValue({ few: [{}, {}] }));
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Insufficient needed blocks", "Too many few blocks"]);
  });

  test("is checked as a whole only when nothing is missing or unknown", () => {
    let calls = 0;
    const config = s.object(
      { a: s.string({ optional: true }), b: s.string({ optional: true }) },
      {
        check: ({ a, b }) => {
          calls++;
          return a !== undefined && b !== undefined ? [{ summary: "Either a or b", path: ["b"] }] : [];
        },
      },
    );
    expect(decodeConfig(config, toValue({ a: "1", b: "2" })).diagnostics).toMatchObject([{ path: ["b"] }]);
    const entries = { a: unknown, b: toValue("2") };
    const half: Value = { kind: { $case: "objectValue", value: { entries } }, sensitive: false };
    expect(decodeConfig(config, half)).toMatchObject({ diagnostics: [], hasUnknowns: true, config: undefined });
    decodeConfig(config, toValue({ a: ["wrong"] }));
    expect(calls).toBe(1);
  });

  test("collects secrets, and leaves warnings of deprecated arguments to the host", () => {
    const config = s.object({
      password: s.string({ sensitive: true, optional: true }),
      old: s.string({ deprecated: "Use new.", optional: true }),
    });
    const decoded = decodeConfig(config, toValue({ password: "hunter2", old: "x" }));
    expect(decoded.secrets).toEqual(["hunter2"]);
    expect(decoded.diagnostics).toEqual([]);
    expect(decoded.config).toEqual({ password: "hunter2", old: "x" });
  });

  test("never shows a secret in a problem", () => {
    const config = s.object({
      pin: s.integer({ sensitive: true, max: 1 }),
      key: s.string({ sensitive: true, oneOf: ["a"] }),
    });
    const { diagnostics } = decodeConfig(config, toValue({ pin: 4711, key: "hunter2" }));
    expect(JSON.stringify(diagnostics)).not.toMatch(/4711|hunter2/);
  });

  test("has the type that its schema says", () => {
    const config = s.object({
      name: s.string(),
      mode: s.string({ oneOf: ["a", "b"], optional: true }),
      count: s.integer({ default: 1 }),
      disks: s.block({ size: s.integer() }, { nesting: "list" }),
      boot: s.block({ wait: s.duration({ optional: true }) }),
    });
    const value: Infer<typeof config> = { name: "n", mode: "a", count: 1, disks: [{ size: 1 }], boot: undefined };
    // @ts-expect-error "c" is not among the allowed values
    const wrong: Infer<typeof config> = { ...value, mode: "c" };
    expect(wrong).toBeDefined();
    expect(Object.keys(config.fields)).toEqual(["name", "mode", "count", "disks", "boot"]);
  });
});

describe("the wire form", () => {
  test("has types, defaults, allowed values, blocks and groups", () => {
    const schema = describeSchema(
      s.object({
        mode: s.string({ describe: "How.", oneOf: ["a", "b"], default: "a" }),
        wait: s.duration({ default: "5m" }),
        size: s.list(s.number(), { optional: true }),
        disk: s.block({ path: s.string() }, { nesting: "set", min: 1, max: 2, describe: "Disks." }),
        communicator: s.communicator({ default: "none" }),
      }).fields,
    );
    expect(schema.attributes["mode"]).toMatchObject({
      required: false,
      description: "How.",
      allowedValues: ["a", "b"],
      defaultValue: { kind: { $case: "stringValue", value: "a" } },
    });
    expect(schema.attributes["wait"]?.defaultValue?.kind).toEqual({ $case: "stringValue", value: "5m" });
    expect(schema.attributes["size"]?.type).toMatchObject({
      kind: Type_Kind.LIST,
      element: { kind: Type_Kind.NUMBER },
    });
    expect(schema.blocks["disk"]).toMatchObject({ nesting: 3, minItems: 1, maxItems: 2, description: "Disks." });
    expect(schema.attributes["communicator"]?.defaultValue?.kind).toEqual({ $case: "stringValue", value: "none" });
    expect(schema.attributes["ssh_password"]?.sensitive).toBe(true);
  });
});

describe("the communicator option set", () => {
  const config = s.object({ communicator: s.communicator() });
  const problems = (value: object) => decodeConfig(config, toValue(value)).diagnostics.map(({ summary }) => summary);

  test("needs a user for ssh, the default, and nothing for none", () => {
    expect(problems({})).toEqual([
      'An ssh_username must be specified\n  Note: some builders used to default ssh_username to "root".',
    ]);
    expect(problems({ communicator: "none" })).toEqual([]);
    expect(problems({ communicator: "winrm" })).toEqual(["winrm_username must be specified."]);
  });

  test.each([
    { name: "an unknown type", value: { communicator: "x" }, want: "Communicator type x is invalid" },
    {
      name: "two ways around",
      value: { ssh_username: "u", ssh_bastion_host: "b", ssh_bastion_password: "p", ssh_proxy_host: "q" },
      want: "please specify either ssh_bastion_host or ssh_proxy_host, not both",
    },
    {
      name: "another transfer method",
      value: { ssh_username: "u", ssh_file_transfer_method: "ftp" },
      want: "ssh_file_transfer_method ('ftp') is invalid, valid methods: sftp, scp",
    },
  ])("refuses $name", ({ value, want }) => expect(problems(value)).toEqual([want]));

  test("is decoded into one value", () => {
    const decoded = decodeConfig(config, toValue({ ssh_username: "u", ssh_timeout: "1m" })).config;
    expect(decoded?.communicator).toMatchObject({ type: "ssh", ssh_username: "u", ssh_port: 22, ssh_timeout: 60_000 });
  });
});
