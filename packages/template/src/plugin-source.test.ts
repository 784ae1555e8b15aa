import { expect, test } from "@jest/globals";
import { parsePluginSource } from "./plugin-source.js";

test("a source is kept as typed; its last part is the name", () => {
  const text = "github.com/acme/tools/greet";
  expect(parsePluginSource(text)).toEqual({ text, name: "greet" });
});

test.each([
  { text: "greet", says: "must at least contain a host and a path with 2 components" },
  { text: "https://github.com/acme/greet", says: "must not contain a scheme" },
  { text: "github.com/acme/greet?x=1", says: "must not contain a query" },
  { text: "github.com/acme/packer-plugin-greet", says: 'Did you mean "greet"?' },
  { text: "github.com/acme/packer-greet", says: 'Ex: "greet"' },
  { text: "github.com/acme/ingot-plugin-greet", says: 'Did you mean "greet"?' },
  { text: `github.com/${"a/".repeat(15)}greet`, says: "at most 16 components, and the one provided has 17" },
])("$text is refused", ({ text, says }) => {
  const read = parsePluginSource(text);
  expect("problem" in read ? read.problem : "").toContain(says);
});
