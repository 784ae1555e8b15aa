import type { EventBody } from "./events.js";
import type { SecretSet } from "./secret-set.js";

/** Fields that hold identities and fixed words. Replacing text in them would break the stream, and no secret can get there. */
const STRUCTURAL = new Set([
  "type",
  "run",
  "build",
  "step",
  "command",
  "phase",
  "severity",
  "level",
  "kind",
  "component",
  "outcome",
  "state",
  "recordId",
  "filename",
  "sourceName",
  "builderType",
  "connectionType",
  "unit",
]);

/** Gives the event with every secret in its text replaced. */
export function maskEvent<T extends EventBody>(event: T, secrets: SecretSet): T {
  // The result has the shape of the input: only strings change.
  return secrets.isEmpty ? event : (maskObject(event, secrets) as T);
}

function maskValue(value: unknown, secrets: SecretSet): unknown {
  if (typeof value === "string") return secrets.mask(value);
  if (Array.isArray(value)) return value.map((element) => maskValue(element, secrets));
  return typeof value === "object" && value !== null ? maskObject(value, secrets) : value;
}

function maskObject(object: object, secrets: SecretSet): object {
  const masked: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(object)) {
    if (STRUCTURAL.has(key)) masked[key] = field;
    else masked[key] = key === "fields" ? maskFields(field as object, secrets) : maskValue(field, secrets);
  }
  return masked;
}

/** The fields of a log record: plugins choose their names. */
function maskFields(fields: object, secrets: SecretSet): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [secrets.mask(name), maskValue(value, secrets)]),
  );
}
