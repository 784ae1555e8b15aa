import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startPlugin, type PluginUnderTest } from "./testing/index.js";

let plugin: PluginUnderTest;

beforeAll(async () => {
  plugin = await startPlugin(new URL("../testdata/plugins/everything.mjs", import.meta.url));
});
afterAll(async () => {
  await plugin[Symbol.asyncDispose]();
});

interface Case {
  readonly name: string;
  readonly config?: { readonly fail?: number; readonly interrupted?: boolean };
  readonly debug?: boolean;
  readonly onError?: string;
  /** Given one after another; then empty ones. */
  readonly answers?: readonly string[];
  readonly want: readonly string[];
}

const ASK =
  "[c] Clean up and exit, [a] abort without cleanup, or [r] retry step (build may fail even if retry succeeds)?";

const cases: readonly Case[] = [
  { name: "say nothing by themselves", want: ["closed first", "destroyed first"] },
  {
    name: "pause with -debug, and keep what they made until then",
    debug: true,
    config: { fail: 1 },
    want: [
      "? Pausing after run of step 'StepFirst'. Press enter to continue.",
      "? Pausing before cleanup of step 'StepFirst'. Press enter to continue.",
      "destroyed second",
      "closed first",
      "destroyed first",
    ].sort(),
  },
  {
    name: "are tried again with -on-error=ask",
    config: { fail: 2 },
    onError: "ask",
    answers: ["what", "r", "R"],
    want: [
      ...["destroyed second", "! failure 1 of second", 'Step "StepSecond" failed'],
      ...[`? ${ASK}`, 'Incorrect input: "what"', `? ${ASK}`],
      ...["destroyed second", "! failure 2 of second", 'Step "StepSecond" failed', `? ${ASK}`],
      ...["closed first", "destroyed first"],
    ],
  },
  {
    name: "are cleaned up when the answer is empty",
    config: { fail: 1 },
    onError: "ask",
    want: [
      ...["destroyed second", "! failure 1 of second", 'Step "StepSecond" failed', `? ${ASK}`],
      ...["closed first", "destroyed first"],
    ],
  },
  {
    name: "stay when the user says so",
    config: { fail: 1 },
    onError: "ask",
    answers: ["a"],
    want: [
      ...["destroyed second", "! failure 1 of second", 'Step "StepSecond" failed', `? ${ASK}`],
      ...["! failure 1 of second", '! Step "StepSecond" failed, aborting...'],
      ...['! aborted: skipping cleanup of step "StepFirst"', "closed first"],
      '! aborted: skipping cleanup of thing "first"',
    ],
  },
  {
    name: "stay with -on-error=abort",
    config: { fail: 1 },
    onError: "abort",
    want: [
      ...["! failure 1 of second", '! Step "StepSecond" failed, aborting...'],
      '! aborted: skipping cleanup of thing "second"',
      ...['! aborted: skipping cleanup of step "StepFirst"', "closed first"],
      '! aborted: skipping cleanup of thing "first"',
    ],
  },
];

describe("steps of a builder", () => {
  test.each(cases)("$name", async ({ config = {}, debug = false, onError = "", answers = [], want }) => {
    const said: string[] = [];
    const rest = [...answers];
    await plugin.runBuilder("stepper", config, {
      build: { debug, onError },
      answer: (question) => {
        said.push(`? ${question}`);
        return rest.shift() ?? "";
      },
      onUi: ({ level, text }) => said.push(level === "error" ? `! ${text}` : text),
    });
    expect(debug ? [...said].sort() : said).toEqual(want);
  });
});
