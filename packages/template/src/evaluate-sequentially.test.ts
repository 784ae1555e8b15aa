import { describe, expect, test } from "@jest/globals";
import { load, localX } from "./testing.js";

const sequential = { evaluate: { isSequential: true } };

describe("sequential evaluation", () => {
  test("locals come after what they refer to", async () => {
    expect(await localX("locals {\n  x = local.b\n  b = local.c\n  c = 1\n}", sequential)).toBe(1);
  });

  test("a missing local is named, and others go on", async () => {
    const { lines } = await load("locals {\n  a = local.no\n  b = 1\n  c = upper(1, 2)\n}", sequential);
    expect(lines).toEqual([
      'error: main.pkr.hcl:2,7-15: failed to get local variable; While evaluating "local.a", its dependency "local.no" was not found, is it defined?',
      'error: main.pkr.hcl:4,16-17: Too many function arguments; Function "upper" expects only 1 argument(s).',
    ]);
  });

  test("a circle ends at the eleventh level", async () => {
    const { lines } = await load("locals {\n  a = local.b\n  b = local.a\n}", sequential);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("Max local recursion depth exceeded.");
  });

  test("chains of ten levels work", async () => {
    const chain = Array.from({ length: 10 }, (_, at) => `  a${at} = local.a${at + 1}\n`).join("");
    expect(await localX(`locals {\n${chain}  a10 = 7\n  x = local.a1\n}`, sequential)).toBe(7);
  });
});
