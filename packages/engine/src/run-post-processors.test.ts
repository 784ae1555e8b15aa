import { expect, test } from "@jest/globals";
import type { PostProcessorResult } from "./plugin-set.js";
import { artifactOf, failedWith, MemoryPlugins, provisioningBuilder } from "./testing/memory-plugins.js";
import { eventsOf, runTemplate } from "./testing/run-template.js";
import { postProcessor, templateOf } from "./testing/template-of.js";
import type { PostProcessorBlock } from "@ingot/template";

const plain = { diagnostics: [], cancelled: false, keepInput: false, forceKeepInput: false };

/** `wrap` makes a new artifact and needs no input, `keep` wants it, `force` needs it, `look` passes it through, `end` gives none. */
const postProcessors = {
  wrap: (input: { readonly id: string }): Promise<PostProcessorResult> =>
    Promise.resolve({ ...plain, artifact: artifactOf(`${input.id}+wrap`) }),
  keep: (input: { readonly id: string }): Promise<PostProcessorResult> =>
    Promise.resolve({ ...plain, keepInput: true, artifact: artifactOf(`${input.id}+keep`) }),
  force: (input: { readonly id: string }): Promise<PostProcessorResult> =>
    Promise.resolve({ ...plain, keepInput: true, forceKeepInput: true, artifact: artifactOf(`${input.id}+force`) }),
  end: (): Promise<PostProcessorResult> => Promise.resolve(plain),
  fail: (): Promise<PostProcessorResult> => Promise.resolve({ ...plain, ...failedWith("no") }),
};

interface Case {
  readonly name: string;
  readonly chains: readonly (readonly PostProcessorBlock[])[];
  readonly artifacts?: readonly string[];
  readonly destroyed: readonly string[];
  readonly error?: string;
}

const cases: readonly Case[] = [
  { name: "without post-processors the artifact stays", chains: [], artifacts: ["a"], destroyed: [] },
  {
    name: "the input goes when nobody wants it",
    chains: [[postProcessor("wrap")]],
    artifacts: ["a+wrap"],
    destroyed: ["a"],
  },
  {
    name: "the input stays when the post-processor wants it",
    chains: [[postProcessor("keep")]],
    artifacts: ["a", "a+keep"],
    destroyed: [],
  },
  {
    name: "the template's word counts",
    chains: [[postProcessor("keep", { keepInputArtifact: false })]],
    artifacts: ["a+keep"],
    destroyed: ["a"],
  },
  {
    name: "the template keeps",
    chains: [[postProcessor("wrap", { keepInputArtifact: true })]],
    artifacts: ["a", "a+wrap"],
    destroyed: [],
  },
  {
    name: "a forced keep can't be turned off",
    chains: [[postProcessor("force", { keepInputArtifact: false })]],
    artifacts: ["a", "a+force"],
    destroyed: [],
  },
  {
    name: "artifacts in the middle of a chain go or stay alike",
    chains: [[postProcessor("wrap"), postProcessor("wrap"), postProcessor("keep")]],
    artifacts: ["a+wrap+wrap", "a+wrap+wrap+keep"],
    destroyed: ["a+wrap", "a"],
  },
  {
    name: "one chain that keeps is enough",
    chains: [[postProcessor("wrap")], [postProcessor("keep")]],
    artifacts: ["a", "a+wrap", "a+keep"],
    destroyed: [],
  },
  {
    name: "no artifact ends the chain",
    chains: [[postProcessor("end"), postProcessor("wrap")]],
    artifacts: [],
    destroyed: ["a"],
  },
  {
    name: "a failure ends its chain only, and the build fails",
    chains: [[postProcessor("fail"), postProcessor("wrap")], [postProcessor("wrap")]],
    destroyed: ["a"],
    error: "1 error(s) occurred:\n\n* Post-processor failed: no",
  },
  {
    name: "several failures are counted",
    chains: [[postProcessor("fail")], [postProcessor("fail")]],
    destroyed: ["a"],
    error: "2 error(s) occurred:\n\n* Post-processor failed: no\n* Post-processor failed: no",
  },
];

test.each(cases)("$name", async ({ chains, artifacts, destroyed, error }) => {
  const plugins = new MemoryPlugins({ builders: { box: provisioningBuilder("a") }, postProcessors });
  const { events } = await runTemplate(templateOf([{ name: "box.a", chains }]), { plugins });
  expect(eventsOf(events, "build-finished")[0]?.artifacts?.map(({ id }) => id)).toEqual(artifacts);
  expect(eventsOf(events, "build-failed")[0]?.error).toBe(error);
  expect(plugins.destroyed).toEqual(destroyed);
  expect(plugins.alive).toBe(0);
});
