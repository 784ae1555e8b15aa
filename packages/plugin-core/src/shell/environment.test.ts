import { expect, test } from "@jest/globals";
import { flattenEnvironment, malformedEntries, scriptEnvironment } from "./environment.js";

const facts = { buildName: "n", builderType: "t" };

test.each([
  { name: "quotes a single quote", entry: "BAR=bar's", want: `BAR='bar'"'"'s' ` },
  { name: "splits at the first equals sign", entry: "BAZ=baz=baz", want: "BAZ='baz=baz' " },
  { name: "keeps a leading equals sign of the value", entry: "QUX==qux", want: "QUX='=qux' " },
  { name: "leaves double quotes alone", entry: 'Q="x"', want: `Q='"x"' ` },
])("$name", ({ entry, want }) => {
  const variables = scriptEnvironment({ facts, environmentVars: [entry], env: {} }).filter(({ fromUser }) => fromUser);
  expect(flattenEnvironment(variables, "%s='%s' ")).toBe(want);
});

test("sorts bytewise and lets env win over environment_vars", () => {
  const variables = scriptEnvironment({ facts, environmentVars: ["A=1", "B=1"], env: { B: "2" } });
  expect(flattenEnvironment(variables, "%s=%s;")).toBe("A=1;B=2;PACKER_BUILDER_TYPE=t;PACKER_BUILD_NAME=n;");
});

test("finds entries without a name or an equals sign", () => {
  expect(malformedEntries(["A=1", "=x", "B"])).toEqual(["=x", "B"]);
});
