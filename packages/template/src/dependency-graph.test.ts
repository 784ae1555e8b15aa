import { expect, test } from "@jest/globals";
import { orderByDependencies } from "./dependency-graph.js";

function order(edges: Readonly<Record<string, readonly string[]>>) {
  const vertices = Object.entries(edges).map(([key, dependencies]) => ({ key, dependencies }));
  const { ordered, problems } = orderByDependencies(vertices);
  return { keys: ordered.map(({ key }) => key), problems };
}

test("dependencies come first, the rest stays in order", () =>
  expect(order({ a: ["c"], b: [], c: ["d"], d: [] })).toEqual({ keys: ["d", "c", "a", "b"], problems: [] }));

test("cycles are listed in order of names", () =>
  expect(order({ "local.b": ["local.a"], "local.a": ["local.b"], c: [] }).problems).toEqual([
    "Cycle: local.a, local.b",
  ]));

test("self references and missing vertices are found together", () =>
  expect(order({ "local.a": ["local.a", "local.x"] }).problems).toEqual([
    'could not get dependency "local.x" for "local.a", "local.x" missing in template',
    "Self reference: local.a",
  ]));

test("circles come together, after what is missing", () =>
  expect(order({ a: ["b"], b: ["a"], c: ["c"], d: ["x"] }).problems).toEqual([
    'could not get dependency "x" for "d", "x" missing in template',
    "Cycle: a, b\nSelf reference: c",
  ]));

test("a chain of 50000 needs no stack", () => {
  const vertices = Array.from({ length: 50_000 }, (_, at) => ({ key: `v${at}`, dependencies: [`v${at + 1}`] }));
  const { ordered } = orderByDependencies([...vertices, { key: "v50000", dependencies: [] }]);
  expect(ordered[0]?.key).toBe("v50000");
});
