import { expect, test } from "@jest/globals";
import { meetsConstraint, parseVersion, parseVersionConstraint } from "./version-constraint.js";

test.each([
  { constraint: ">= 1.0.0", version: "1.16.0", want: true },
  { constraint: "~> 1.2", version: "1.9.0", want: true },
  { constraint: "~> 1.2", version: "2.0.0", want: false },
  { constraint: "~> 1.2.3", version: "1.2.9", want: true },
  { constraint: "~> 1.2.3", version: "1.3.0", want: false },
  { constraint: "~> 1", version: "2.3.0", want: true },
  { constraint: ">= 1.0, < 2", version: "1.5.0", want: true },
  { constraint: ">= 1.0, < 2", version: "2.0.0", want: false },
  { constraint: "!= 1.0.0", version: "1.0.0", want: false },
  { constraint: "1.0", version: "1.0.0", want: true },
  { constraint: "v1.0", version: "1.0.0", want: true },
  { constraint: ">= 1.0.0", version: "1.1.0-beta", want: false },
  { constraint: ">= 1.1.0-alpha", version: "1.1.0-beta", want: true },
  { constraint: "~> 1.0.0-x", version: "1.0.0", want: false },
])("$version meets $constraint: $want", ({ constraint, version, want }) => {
  const parsed = parseVersionConstraint(constraint);
  const given = parseVersion(version);
  expect("constraint" in parsed && given !== undefined && meetsConstraint(given, parsed.constraint)).toBe(want);
});

test("bad syntax is reported with the part at fault", () =>
  expect(parseVersionConstraint(">= 1, nope")).toEqual({ problem: "Malformed constraint:  nope" }));
