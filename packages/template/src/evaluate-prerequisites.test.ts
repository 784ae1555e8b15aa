import { describe, expect, test } from "@jest/globals";
import { objectValue, stringType, stringValue } from "@ingot/hcl";
import { attributeSchema, fakeDataSources, load, localX } from "./testing.js";

describe("locals", () => {
  test("are evaluated in the order of their dependencies, over files and kinds of blocks", async () =>
    expect(
      await localX(
        `locals { x = "\${local.b}-\${local["c"]}" }\nlocal "b" { expression = local.c }`,
        {},
        {
          "z.pkr.hcl": `locals { c = [for c in ["1"] : c][0] }`,
        },
      ),
    ).toBe("1-1"));

  test("a chain of 2000 is no problem", async () => {
    const chain = Array.from({ length: 2000 }, (_, at) => `l${at} = local.l${at + 1}`);
    expect(await localX(`locals {\n${chain.join("\n")}\nl2000 = "end"\nx = local.l0\n}`)).toBe("end");
  });

  test.each([
    { name: "cycle", text: "locals {\n  a = local.b\n  b = local.a\n}", want: "\t* Cycle: local.a, local.b\n" },
    { name: "self reference", text: "locals { a = local.a }", want: "\t* Self reference: local.a\n" },
    {
      name: "missing",
      text: "locals { a = local.b }",
      want: '\t* could not get dependency "local.b" for "local.a", "local.b" missing in template\n',
    },
  ])("$name", async ({ text, want }) =>
    expect((await load(text)).lines).toEqual([
      `error: failed to prepare execution graph; An error occurred while building the graph for datasources/locals: 1 error occurred:\n${want}\n`,
    ]),
  );

  test("duplicates are reported where the second stands", async () =>
    expect((await load(`locals { a = 1 }\nlocal "a" { expression = 2 }`)).lines).toEqual([
      'error: main.pkr.hcl:2,26-27: Duplicate local definition; Local variable "a" is defined twice in your templates. Other definition found at "main.pkr.hcl:1,14-15"',
    ]));

  test("source.name is unknown in a local for good", async () =>
    expect(await localX("locals { x = source.name }")).toBe("<unknown>"));

  test("what only a failing local needs is reported once", async () => {
    const { lines } = await load(`variable "v" { default = {} }\nlocals {\n  a = var.v.nope\n  b = local.a\n}`);
    expect(lines).toEqual([
      'error: main.pkr.hcl:3,12-17: Unsupported attribute; This object does not have an attribute named "nope".',
    ]);
  });
});

test("every string in sensitive variables and locals is a secret, also line by line", async () => {
  const { template } = await load(
    `variable "v" {\n  default = ["a1", { k = "b1\\r\\nb2" }, 5, ""]\n  sensitive = true\n}\nlocal "l" {\n  expression = "c1"\n  sensitive = true\n}`,
  );
  expect(template?.sensitiveVariables).toEqual(["v"]);
  expect(template?.secrets).toEqual(["a1", "b1\r\nb2", "b1\nb2", "b1", "b2", "c1"]);
});

describe("data sources", () => {
  const greet = {
    config: attributeSchema({ to: stringType }, ["to"]),
    output: attributeSchema({ text: stringType }),
    execute: (config: { readonly raw: unknown }) =>
      objectValue({
        text: stringValue(`hello ${String((config.raw as Map<string, { raw: string }>).get("to")?.raw)}`),
      }),
  };
  const dataSources = fakeDataSources({ greet });
  const text = `locals {\n  who = "you"\n  x = data.greet.b.text\n}\ndata "greet" "a" { to = local.who }\ndata "greet" "b" { to = data.greet.a.text }`;

  test("run in order and see locals and each other", async () =>
    expect(await localX(text, { evaluate: { dataSources } })).toBe("hello hello you"));

  test.each([false, true])(
    "run after the secrets in the locals that they use are told, sequentially: %s",
    async (isSequential) => {
      const events: string[] = [];
      const noting = fakeDataSources({
        greet: { ...greet, execute: (config) => (events.push("executed"), greet.execute(config)) },
      });
      const onSecret = (secret: string) => void events.push(secret);
      // The old order has no locals in data sources.
      const to = isSequential ? '"me"' : "local.who";
      await load(`local "who" {\n  sensitive = true\n  expression = "hidden"\n}\ndata "greet" "a" { to = ${to} }`, {
        evaluate: { dataSources: noting, onSecret, isSequential },
      });
      expect(events).toEqual(isSequential ? ["executed", "hidden"] : ["hidden", "executed"]);
    },
  );

  test("give unknown values when they don't run", async () =>
    expect(await localX(text, { evaluate: { dataSources, executeDataSources: false } })).toBe("<unknown>"));

  test("of unknown type", async () =>
    expect((await load(`data "greeet" "a" {}`, { evaluate: { dataSources } })).lines).toEqual([
      "error: main.pkr.hcl:1,6-14: Unknown data type greeet; known data sources: [greet]",
    ]));

  test("with a wrong body", async () =>
    expect((await load(`data "greet" "a" { x = 1 }`, { evaluate: { dataSources } })).lines).toEqual([
      'error: main.pkr.hcl:1,18-18: Missing required argument; The argument "to" is required, but no definition was found.',
      'error: main.pkr.hcl:1,20-21: Unsupported argument; An argument named "x" is not expected here. Did you mean "to"?',
    ]));

  test("twice", async () =>
    expect((await load(`data "greet" "a" { to = 1 }\ndata "greet" "a" { to = 1 }`)).lines).toEqual([
      "error: main.pkr.hcl:2,1-17: Duplicate data block; This data block has the same data type and name as a previous block declared at main.pkr.hcl:1,1-17. Each data must have a unique name per builder type.",
    ]));
});

test("the end of the budget is reported once, with what has nothing to do with it", async () => {
  const loops = "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]]";
  const { lines } = await load(
    `locals {\n  a = can(${loops})\n  b = ${loops}\n  c = [for i in [1, 2] : "x"]\n  d = nope\n}`,
  );
  expect(lines.map((line) => line.slice(0, line.indexOf(";")))).toEqual([
    "error: main.pkr.hcl:2,59-85: Evaluation limit reached",
    "error: main.pkr.hcl:5,7-11: Unknown variable",
  ]);
});

test("what does not depend on a failing local is evaluated all the same", async () => {
  const { lines } = await load(
    `variable "v" { default = {} }\nlocals {\n  a = var.v.x\n  b = local.a\n  c = var.v.y\n}`,
  );
  expect(lines).toEqual([
    'error: main.pkr.hcl:3,12-14: Unsupported attribute; This object does not have an attribute named "x".',
    'error: main.pkr.hcl:5,12-14: Unsupported attribute; This object does not have an attribute named "y".',
  ]);
});
