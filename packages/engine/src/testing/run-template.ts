import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "@jest/globals";
import type { Template } from "@ingot/template";
import { Ajv2020 } from "ajv/dist/2020.js";
import { eventSchema } from "../event-schema.js";
import type { RunEvent } from "../events.js";
import type { PluginSet } from "../plugin-set.js";
import type { RunSettings } from "../run-context.js";
import { Run, type RunOptions, type RunResult } from "../run.js";

const validate = new Ajv2020({ allowUnionTypes: true }).compile(eventSchema);

/** Fails the test when the event is not as the schema says. */
export function expectValidEvent(event: unknown): void {
  if (!validate(event)) {
    // The schema is one choice of many; the error of the wrong choices says nothing.
    expect({ event, errors: validate.errors?.slice(0, 5) }).toBe("an event that fits the schema");
  }
}

/** What came out of a run. */
export interface Observed {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  /** The journal's lines; none when there is no journal. */
  readonly journal: readonly RunEvent[];
  readonly journalMode: number | undefined;
}

export interface RunTemplateOptions {
  readonly plugins: PluginSet;
  readonly settings?: Partial<RunSettings>;
  readonly ask?: NonNullable<RunOptions["ask"]>;
  readonly runId?: string;
  readonly controller?: AbortController;
  readonly onEvent?: (event: RunEvent) => void;
}

/** Loads, plans and runs a template with its state in a folder of its own. Checks every event against the schema. */
export async function runTemplate(template: Template, options: RunTemplateOptions): Promise<Observed> {
  const stateDirectory = await mkdtemp(path.join(tmpdir(), "ingot-engine-"));
  const controller = options.controller ?? new AbortController();
  const { signal } = controller;
  const events: RunEvent[] = [];
  try {
    const run = new Run({
      plugins: options.plugins,
      settings: { ...defaultSettings, ...options.settings },
      ...{ command: "build", productVersion: "0.0.0", stateDirectory },
      ...(options.ask === undefined ? {} : { ask: options.ask }),
      ...(options.runId === undefined ? {} : { runId: options.runId }),
    });
    run.subscribe((event) => {
      events.push(event);
      options.onEvent?.(event);
    });
    const result = await run.execute(await run.plan(template, { signal }), { signal });
    await run[Symbol.asyncDispose]();
    events.forEach(expectValidEvent);
    const file = path.join(stateDirectory, "runs", run.id, "journal.jsonl");
    const text = await readFile(file, "utf8").catch(() => "");
    const journal =
      text === ""
        ? []
        : text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as RunEvent);
    journal.forEach(expectValidEvent);
    const journalMode = (await stat(file).catch(() => undefined))?.mode;
    return { result, events, journal, journalMode };
  } finally {
    await rm(stateDirectory, { recursive: true });
  }
}

const defaultSettings: RunSettings = {
  ...{ workingDirectory: "/work", cacheDirectory: "/cache" },
  ...{ debug: false, force: false, onError: "", parallelBuilds: 0, validateOnly: false },
};

/** The events of one type, in order. */
export function eventsOf<T extends RunEvent["type"]>(
  events: readonly RunEvent[],
  type: T,
): readonly Extract<RunEvent, { type: T }>[] {
  return events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);
}
