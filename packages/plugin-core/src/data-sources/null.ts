import { dataSource, schema as s } from "@ingot/sdk";

/** The data source that gives back its input: for tests, and to see how a value changes on its way through a plugin. */
export const nullDataSource = dataSource({
  name: "null",
  summary: "Gives back its input.",
  config: s.object({
    input: s.string({
      describe: "The text to give back.",
      optional: true,
      check: (input) => (input === "" ? MISSING : undefined),
    }),
  }),
  output: s.object({ output: s.string({ describe: "The input." }) }),
  prepare: ({ config }) => (config.input === undefined ? { summary: MISSING, path: ["input"] } : undefined),
  execute: ({ config }) => ({ output: config.input ?? "" }),
});

const MISSING = "The `input` must be specified";
