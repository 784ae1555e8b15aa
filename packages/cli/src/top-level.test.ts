import { expect, test } from "@jest/globals";
import { readRequest } from "./top-level.js";

test.each([
  { args: [], want: { kind: "help", command: undefined, status: 127 } },
  { args: ["nonsense"], want: { kind: "help", command: undefined, status: 127, unknown: "nonsense" } },
  { args: ["build", "--autocomplete-install"], want: { kind: "completion", install: true, uninstall: false } },
  { args: ["-h"], want: { kind: "help", command: undefined, status: 0 } },
  { args: ["build", "x", "--help"], want: { kind: "help", command: "build", status: 0 } },
  { args: ["build", "--", "-h"], want: { kind: "run", command: "build", args: ["--", "-h"] } },
  { args: ["--version", "build"], want: { kind: "run", command: "version", args: [] } },
  { args: ["build", "-v"], want: { kind: "run", command: "build", args: ["-v"] } },
  { args: ["-x", "build"], want: { kind: "invalid-flags", flags: ["-x"], command: "build" } },
  { args: ["constructor"], want: { kind: "help", command: undefined, status: 127, unknown: "constructor" } },
])("$args", ({ args, want }) => expect(readRequest(args)).toEqual(want));
