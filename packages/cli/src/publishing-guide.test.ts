import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { codeBlocks } from "./testing/document.js";
import { testDocument } from "./testing/test-document.js";

const NAME = "docs/publishing.md";
testDocument(NAME);

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

test("its workflows are YAML of the form that GitHub reads", () => {
  const blocks = codeBlocks(readFileSync(new URL(`../../../${NAME}`, import.meta.url), "utf8"));
  const [workflow, go] = blocks.filter(({ language }) => language === "yaml").map(({ text }) => parse(text) as unknown);
  const { on, permissions, jobs } = workflow as {
    on: unknown;
    permissions: unknown;
    jobs: { release: { "runs-on": string; steps: readonly Step[] } };
  };
  expect(on).toEqual({ push: { tags: ["v*"] } });
  expect(permissions).toEqual({ contents: "write", "id-token": "write", attestations: "write" });
  const steps = [...jobs.release.steps, ...(go as readonly Step[])];
  for (const { uses, run } of steps) expect([uses, run].filter((part) => part !== undefined)).toHaveLength(1);
  expect(steps.filter(({ run }) => run?.includes("@ingot/sdk pack"))).toHaveLength(2);
});
