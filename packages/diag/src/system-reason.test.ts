import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { systemReason } from "./system-reason.js";

test.each([
  ["/", "is a directory"],
  ["/none/such", "no such file or directory"],
  ["/dev/null/x", "not a directory"],
  ["/" + "x".repeat(300), "file name too long"],
])("says why %s cannot be read", (path, reason) => {
  let caught: unknown;
  try {
    readFileSync(path);
  } catch (error) {
    caught = error;
  }
  expect(systemReason(caught)).toBe(reason);
});

test.each([new Error("no call of the system"), undefined, null, "text", { code: 5 }])("has none for %p", (thrown) => {
  expect(systemReason(thrown)).toBeUndefined();
});
