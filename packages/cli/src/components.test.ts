import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { caseNames, goldenOf, runCase, startCaseServer, twoAtATime } from "./testing/component-case.js";
import { sentencesOf } from "./testing/same-messages.js";

const program = [process.execPath, fileURLToPath(new URL("../bin/ingot.js", import.meta.url))];
const names = caseNames();
/** The renderer of -machine-readable has tests of its own: a few cases show that components have nothing to do with it. */
const WITH_MACHINE = ["artifice", "checksum-bad-folder", "compress-zip", "file-upload", "http-get", "shell-nothing"];
const runs = [
  ...names.map((name) => ({ name, mode: "text" as const })),
  ...WITH_MACHINE.map((name) => ({ name, mode: "machine" as const })),
];
const results = new Map<string, string>();
let close = (): void => {};

beforeAll(async () => {
  const { server, port } = await startCaseServer();
  close = () => server.close();
  await twoAtATime(runs, async ({ name, mode }) => {
    results.set(`${name} ${mode}`, await runCase(name, { program, mode, port }));
  });
}, 600_000);
afterAll(() => close());

/** Cases in which also the words differ: docs/differences.md says why. */
const IN_OTHER_WORDS = [
  "manifest-broken",
  "null-unreachable",
  "shell-bad-duration",
  "shell-local-too-much",
  "windows-restart-bad-timeout",
];
const different = names.flatMap((name) =>
  (["text", "machine"] as const)
    .filter((mode) => existsSync(goldenOf(name, mode).ours))
    .map((mode) => ({ name, mode })),
);

test.each(different)("differs from the reference in the layout of messages only: $name ($mode)", ({ name, mode }) => {
  const { reference, ours } = goldenOf(name, mode);
  const [theirs, own] = [reference, ours].map((file) => sentencesOf(readFileSync(file, "utf8")));
  if (IN_OTHER_WORDS.includes(name)) expect(own).not.toEqual(theirs);
  else expect(own).toEqual(theirs);
});

// Goldens are what the reference printed and made; scripts/compare-components.mjs writes them, and compares with a real `packer`.
test.each(runs)("gives what the reference gives: $name ($mode)", ({ name, mode }) => {
  const { reference, ours } = goldenOf(name, mode);
  expect(results.get(`${name} ${mode}`)).toBe(readFileSync(existsSync(ours) ? ours : reference, "utf8"));
});
