import { parseGoDuration } from "../go-duration.js";
import type { JsonObject, JsonValue } from "./go-json.js";
import { goKindName, goTypeName, goValueText, isJsonArray, isJsonObject, plainNumberText } from "./go-value-text.js";

/** Decodes the parts of a document whose form is fixed, with the reference's messages. Weak: scalars become one another. */
export class GoDecoder {
  readonly errors: string[] = [];
  readonly #isWeak: boolean;

  constructor(options: { readonly isWeak: boolean }) {
    this.#isWeak = options.isWeak;
  }

  string(value: JsonValue | undefined, name: string): string {
    if (value === undefined || value === null) return "";
    if (typeof value === "string") return value;
    if (this.#isWeak && typeof value === "number") return plainNumberText(value);
    if (this.#isWeak && typeof value === "boolean") return value ? "1" : "0";
    if (this.#isWeak && isJsonArray(value) && value.length === 0) return "";
    this.#unconvertible(value, name, "string");
    return "";
  }

  boolean(value: JsonValue | undefined, name: string): boolean | undefined {
    if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
    this.#unconvertible(value, name, "bool");
    return undefined;
  }

  array(value: JsonValue | undefined, name: string): readonly JsonValue[] {
    if (value === undefined || value === null) return [];
    if (isJsonArray(value)) return value;
    if (this.#isWeak) return isJsonObject(value) && value.size === 0 ? [] : [value];
    this.errors.push(`'${name}': source data must be an array or slice, got ${goKindName(value)}`);
    return [];
  }

  strings(value: JsonValue | undefined, name: string): readonly string[] {
    return this.array(value, name).map((item, index) => this.string(item, `${name}[${index}]`));
  }

  object(value: JsonValue | undefined, name: string): JsonObject {
    if (value === undefined || value === null) return new Map();
    if (isJsonObject(value)) return value;
    if (this.#isWeak && isJsonArray(value) && value.every(isJsonObject))
      return new Map(value.flatMap((item) => [...item])); // every says so
    this.errors.push(`'${name}' expected a map, got '${goKindName(value)}'`);
    return new Map();
  }

  /** A Go duration, or a number of nanoseconds; milliseconds. */
  durationMs(value: JsonValue | undefined, name: string): number {
    if (value === undefined || value === null) return 0;
    if (typeof value === "number") return Math.trunc(value) / 1e6;
    if (typeof value === "string") {
      const duration = parseGoDuration(value);
      if ("nanoseconds" in duration) return Number(duration.nanoseconds) / 1e6;
      this.errors.push(`error decoding '${name}': ${duration.problem}`);
      return 0;
    }
    if (this.#isWeak && typeof value === "boolean") return value ? 1e-6 : 0;
    this.#unconvertible(value, name, "time.Duration");
    return 0;
  }

  #unconvertible(value: JsonValue, name: string, wanted: string): void {
    const text = goValueText(value);
    this.errors.push(
      `'${name}' expected type '${wanted}', got unconvertible type '${goTypeName(value)}', value: '${text}'`,
    );
  }
}

/** Finds a key as Go's decoders do: as it is, or else in any case. */
export function findKey(object: JsonObject, name: string): string | undefined {
  if (object.has(name)) return name;
  const wanted = name.toLowerCase();
  return [...object.keys()].find((key) => key.toLowerCase() === wanted);
}

/** The value of a key, found as `findKey` does. */
export function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  const key = findKey(object, name);
  return key === undefined ? undefined : object.get(key);
}
