import { expect, test } from "@jest/globals";
import type { Diagnostic } from "./diagnostic.js";
import { limitDiagnostics } from "./limit-diagnostics.js";

const problems = (count: number): Diagnostic[] =>
  Array.from({ length: count }, (_, index) => ({ severity: "error", summary: `Problem ${index}`, detail: "" }));

test("a hundred diagnostics stay as they are", () => {
  expect(limitDiagnostics(problems(100))).toEqual(problems(100));
});

test("the hundred-and-first and later ones become one", () => {
  const limited = limitDiagnostics(problems(100_000));
  expect(limited.slice(0, 100)).toEqual(problems(100));
  expect(limited.slice(100).map(({ summary }) => summary)).toEqual(["Too many problems"]);
});

test("one that comes again is shown once", () => {
  const [first, second] = problems(2) as [Diagnostic, Diagnostic];
  expect(limitDiagnostics([first, second, first, { ...second }])).toEqual([first, second, second]);
});

test("what is limited already stays the same", () => {
  const limited = limitDiagnostics(problems(101));
  expect(limitDiagnostics(limited)).toEqual(limited);
});
