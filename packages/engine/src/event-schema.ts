import type { EventType } from "./events.js";

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const count: Schema = { type: "integer", minimum: 0 };
const milliseconds: Schema = { type: "number", minimum: 0 };
const identity: Schema = { type: "string", pattern: "^[0-9a-f]{16}$" };
const stepKind = oneOf("builder", "provisioner", "error-cleanup-provisioner", "post-processor", "data-source");
const outcome = oneOf("success", "failed", "cancelled");
const texts = listOf(text);
const path = listOf({ type: ["string", "integer"] });

const position = record({
  line: { type: "integer", minimum: 1 },
  column: { type: "integer", minimum: 1 },
  byte: count,
});
const range = record({ filename: text, start: position, end: position });
const diagnostic = record(
  {
    severity: oneOf("error", "warning"),
    summary: text,
    detail: text,
    subject: range,
    context: range,
    values: texts,
    path,
  },
  ["subject", "context", "values", "path"],
);
const component = record({
  kind: oneOf("builder", "provisioner", "post-processor", "data-source", "communicator"),
  name: text,
});
const resource = record({
  recordId: text,
  kind: text,
  id: text,
  locator: { type: "object", additionalProperties: text },
  state: oneOf("planned", "created", "released"),
  component,
});
const progress = record(
  { id: text, label: text, done: milliseconds, total: milliseconds, unit: text, finished: flag },
  ["total"],
);
const artifact = record({ builderId: text, id: text, description: text, files: texts });
const plannedStep = record({ step: identity, kind: stepKind, component: text, name: text });

const ofBuild = { build: identity };
const ofStep = { build: identity, step: identity };
const noBuild = ["build"];
const leftover = { ...ofStep, recordId: text, kind: text, id: text };

/** What each type of event has beyond the head: its fields, and which of them may be absent. */
const bodies: Readonly<Record<EventType, readonly [Readonly<Record<string, Schema>>, (readonly string[])?]>> = {
  "run-started": [{ version: { const: 1 }, productVersion: text, command: text, workingDirectory: text }],
  "run-finished": [{ outcome, durationMs: milliseconds, succeeded: count, failed: count }],
  "cancel-requested": [{ reason: text }],
  diagnostics: [{ ...ofStep, phase: oneOf("load", "plan", "run"), diagnostics: listOf(diagnostic) }, ["build", "step"]],
  "build-planned": [
    {
      ...ofBuild,
      name: text,
      sourceName: text,
      builderType: text,
      index: count,
      valid: flag,
      steps: listOf(plannedStep),
    },
  ],
  "build-started": [{ ...ofBuild, name: text }],
  "build-finished": [
    {
      ...ofBuild,
      name: text,
      durationMs: milliseconds,
      artifacts: { anyOf: [listOf(artifact), { type: "null" }] },
    },
  ],
  "build-failed": [{ ...ofBuild, name: text, durationMs: milliseconds, error: text, cancelled: flag, started: flag }],
  "step-started": [
    { ...ofStep, kind: stepKind, component: text, name: text, attempt: { type: "integer", minimum: 1 } },
    noBuild,
  ],
  "step-finished": [
    {
      ...ofStep,
      kind: stepKind,
      component: text,
      attempt: { type: "integer", minimum: 1 },
      outcome,
      durationMs: milliseconds,
      error: text,
    },
    ["build", "error"],
  ],
  "step-pausing": [{ ...ofStep, pauseMs: milliseconds }, noBuild],
  "step-timeout-set": [{ ...ofStep, timeoutMs: milliseconds }, noBuild],
  "step-timed-out": [{ ...ofStep, timeoutMs: milliseconds }, noBuild],
  "step-retrying": [{ ...ofStep, error: text, triesLeft: { type: "integer", minimum: 1 } }, noBuild],
  "step-retries-exhausted": [ofStep, noBuild],
  "step-error-ignored": [{ ...ofStep, error: text }, noBuild],
  "machine-ready": [{ ...ofStep, connectionType: text }],
  "provisioning-failed": [{ ...ofBuild, error: text }],
  "provisioning-aborted": [{ ...ofBuild, error: text, interrupted: flag }, ["interrupted"]],
  "provisioning-stopped": [{ ...ofBuild, error: text }],
  "shell-opened": [ofBuild],
  "shell-closed": [{ ...ofBuild, error: text }, ["error"]],
  ui: [{ ...ofStep, level: oneOf("say", "error"), text }, noBuild],
  log: [
    {
      ...ofStep,
      level: oneOf("trace", "debug", "info", "warn", "error"),
      message: text,
      fields: { type: "object", additionalProperties: text },
    },
    noBuild,
  ],
  progress: [{ ...ofStep, progress }, noBuild],
  question: [{ ...ofStep, text }, noBuild],
  "question-answered": [{ ...ofStep, error: text }, ["build", "error"]],
  resource: [{ ...ofStep, resource }, noBuild],
  "resource-cleanup-started": [leftover, noBuild],
  "resource-cleanup-failed": [{ ...leftover, error: text }, noBuild],
  "artifact-destroyed": [{ ...ofBuild, builderId: text, id: text }],
};

const head = {
  seq: { type: "integer", minimum: 1 },
  time: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$" },
  run: { type: "string", minLength: 1 },
};

/** The JSON schema (draft 2020-12) of one event: of each line of a journal and of `-json`. */
export const eventSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Ingot run event, version 1",
  oneOf: Object.entries(bodies).map(([type, [fields, optional]]) =>
    record({ ...head, type: { const: type }, ...fields }, optional),
  ),
};

function record(properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, required, additionalProperties: false };
}

function listOf(items: Schema): Schema {
  return { type: "array", items };
}

function oneOf(...words: readonly string[]): Schema {
  return { enum: words };
}
