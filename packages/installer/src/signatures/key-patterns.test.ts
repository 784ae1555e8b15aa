import { expect, test } from "@jest/globals";
import { parsePluginAddress } from "../plugin-address.js";
import { keyFilesFor } from "./key-patterns.js";

test.each([
  { patterns: ["*"], address: "github.com/acme/greet", want: ["*"] },
  { patterns: ["github.com/acme/*", "*"], address: "github.com/acme/greet", want: ["github.com/acme/*"] },
  {
    patterns: ["github.com/*", "github.com/acme/greet"],
    address: "github.com/acme/greet",
    want: ["github.com/acme/greet"],
  },
  { patterns: ["github.com/Acme/*"], address: "github.com/acme/Greet", want: ["github.com/Acme/*"] },
  { patterns: ["git.example.com/a/*"], address: "git.example.com/a/b/greet", want: ["git.example.com/a/*"] },
  { patterns: ["github.com/acme/*"], address: "github.com/acme-labs/greet", want: undefined },
  { patterns: ["github.com/acme/greet"], address: "github.com/acme/greeting", want: undefined },
  { patterns: ["github.com/acme/*"], address: "evil.com/acme/greet", want: undefined },
  { patterns: [], address: "github.com/acme/greet", want: undefined },
])("$patterns for $address: $want", ({ patterns, address, want }) => {
  const parsed = parsePluginAddress(address);
  if ("problem" in parsed) throw new Error(parsed.problem);
  expect(
    keyFilesFor(
      patterns.map((pattern) => ({ pattern, files: [pattern] })),
      parsed,
    ),
  ).toEqual(want);
});
