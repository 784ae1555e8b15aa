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
  return secrets.isEmpty ? event : (maskValue(event, secrets) as T);
}

function maskValue(value: unknown, secrets: SecretSet): unknown {
  if (typeof value === "string") return secrets.mask(value);
  if (Array.isArray(value)) return value.map((element) => maskValue(element, secrets));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, STRUCTURAL.has(key) ? field : maskValue(field, secrets)]),
  );
}
