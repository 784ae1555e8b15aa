import {
  boolValue,
  convert,
  ConversionError,
  dynamicType,
  fromJs,
  nullValue,
  numberValue,
  objectValue,
  SENSITIVE,
  stringValue,
  tupleValue,
  typeOfBody,
  withMark,
  type BodySchema,
  type JsValue,
  type NestedBlockSchema,
  type Type,
  type Value,
} from "@ingot/hcl";
import { findKey } from "./go-decode.js";
import type { JsonObject, JsonValue } from "./go-json.js";
import { goTypeName, goKindName, goValueText, isJsonArray, isJsonObject, plainNumberText } from "./go-value-text.js";

/** Settings of long ago, which `fix` replaces. A component that still knows one of them takes it. */
const OBSOLETE_KEYS: ReadonlySet<string> = new Set([
  ...["iso_md5", "iso_checksum_type", "iso_checksum_url"],
  ...["ssh_key_path", "ssh_disable_agent", "ssh_wait_timeout"],
  ...["ssh_host_port_min", "ssh_host_port_max", "ssh_skip_nat_mapping"],
]);

/** One thing that doesn't fit, as the reference words it, and where. */
export interface WeakProblem {
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly isUnknownKey?: boolean;
}

interface Spot {
  readonly name: string;
  readonly path: readonly (string | number)[];
}

/**
 * Decodes the settings of a component as Packer's plugins do: scalars become one another, single values become lists, keys match in
 * any case. Texts for strings stay as they are, since the component renders them; other texts are rendered first.
 */
export class WeakDecoder {
  readonly problems: WeakProblem[] = [];
  readonly #render: (text: string, key: string) => string;

  /** `render` throws an Error with the message for the user. */
  constructor(render: (text: string, key: string) => string) {
    this.#render = render;
  }

  /** The value has the type of the schema; absent settings are null. */
  body(schema: BodySchema, config: JsonObject): Value {
    const value = this.#body(schema, config, []);
    try {
      return convert(value, typeOfBody(schema));
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      this.problems.push({ message: error.message, path: [] });
      return value;
    }
  }

  #body(schema: BodySchema, config: JsonObject, path: Spot["path"]): Value {
    const used = new Set<string>();
    const entries = new Map<string, Value>();
    const spotOf = (name: string): { readonly spot: Spot; readonly value: JsonValue } => {
      const key = findKey(config, name);
      if (key !== undefined) used.add(key);
      const spot = {
        name: [...path, name].filter((step) => typeof step === "string").join("."),
        path: [...path, key ?? name],
      };
      return { spot, value: key === undefined ? null : (config.get(key) ?? null) };
    };
    for (const [name, { type, sensitive }] of schema.attributes) {
      const { spot, value } = spotOf(name);
      const decoded = this.#value(value, type, spot);
      entries.set(name, sensitive ? withMark(decoded, SENSITIVE) : decoded);
    }
    for (const [name, block] of schema.blocks) {
      const { spot, value } = spotOf(name);
      entries.set(name, this.#block(value, block, spot));
    }
    for (const key of [...config.keys()].filter((one) => !used.has(one)).sort()) {
      if (path.length === 0 && (key === "type" || key.startsWith("packer_"))) continue;
      const shown = [...path.filter((step) => typeof step === "string"), key].join(".");
      this.problems.push({
        message: OBSOLETE_KEYS.has(shown)
          ? `Deprecated configuration key: '${shown}'. Please call \`packer fix\` against your template to update your template to be compatible with the current version of Packer. Visit https://www.packer.io/docs/commands/fix/ for more detail.`
          : `unknown configuration key: '${JSON.stringify(shown)}'`,
        path: [...path, key],
        isUnknownKey: true,
      });
    }
    return objectValue(entries);
  }

  #block(value: JsonValue, { nesting, schema }: NestedBlockSchema, spot: Spot): Value {
    const type = typeOfBody(schema);
    const one = (item: JsonValue, path: Spot["path"]): Value =>
      isJsonObject(item) ? this.#body(schema, item, path) : this.#notAMap(item, type, spot);
    switch (nesting) {
      case "single": {
        const only = isJsonArray(value) && value.length === 1 ? (value[0] ?? null) : value;
        return only === null ? nullValue(type) : one(only, spot.path);
      }
      case "list":
      case "set": {
        const items = value === null ? [] : isJsonArray(value) ? value : [value];
        return tupleValue(items.map((item, index) => one(item, [...spot.path, index])));
      }
      case "map": {
        if (value !== null && !isJsonObject(value)) return this.#notAMap(value, dynamicType, spot);
        const entries = value === null ? [] : [...value];
        return objectValue(new Map(entries.map(([key, item]) => [key, one(item, [...spot.path, key])])));
      }
    }
  }

  #value(value: JsonValue, type: Type, spot: Spot): Value {
    if (value === null) return nullValue(type);
    switch (type.kind) {
      case "string":
        return this.#string(value, spot);
      case "number":
        return this.#number(value, spot);
      case "bool":
        return this.#bool(value, spot);
      case "list":
      case "set":
        return tupleValue(this.#elements(value, type.element, spot));
      case "map": {
        const object = isJsonArray(value) && value.every(isJsonObject) ? merged(value) : value; // every says so
        if (!isJsonObject(object)) return this.#notAMap(value, type, spot);
        return objectValue(
          new Map([...object].map(([key, item]) => [key, this.#element(item, type.element, at(spot, key))] as const)),
        );
      }
      case "object": {
        if (!isJsonObject(value)) return this.#notAMap(value, type, spot);
        const names = [...type.attributes];
        return objectValue(
          new Map(
            names.map(([name, attribute]) => {
              const key = findKey(value, name);
              const item = key === undefined ? null : (value.get(key) ?? null);
              return [
                name,
                this.#value(item, attribute, { name: `${spot.name}.${name}`, path: [...spot.path, key ?? name] }),
              ] as const;
            }),
          ),
        );
      }
      default:
        return fromJs(plain(value));
    }
  }

  /** An element of a collection; the reference makes zero values of nulls. */
  #element(value: JsonValue, type: Type, spot: Spot): Value {
    return value === null && type.kind === "string" ? stringValue("") : this.#value(value, type, spot);
  }

  #elements(value: JsonValue, element: Type, spot: Spot): readonly Value[] {
    let items: readonly JsonValue[];
    if (isJsonArray(value)) items = value;
    else if (typeof value === "string" && element.kind === "string") {
      const text = this.#rendered(value, spot);
      items = text === undefined || text === "" ? [] : text.split(",");
    } else items = isJsonObject(value) && value.size === 0 ? [] : [value];
    return items.map((item, index) => this.#element(item, element, at(spot, index)));
  }

  #string(value: JsonValue, spot: Spot): Value {
    if (typeof value === "string") return stringValue(value);
    if (typeof value === "number") return stringValue(plainNumberText(value));
    if (typeof value === "boolean") return stringValue(value ? "1" : "0");
    if (isJsonArray(value) && value.length === 0) return stringValue("");
    return this.#unconvertible(value, "string", spot);
  }

  #number(value: JsonValue, spot: Spot): Value {
    if (typeof value === "number") return numberValue(value);
    if (typeof value === "boolean") return numberValue(value ? 1 : 0);
    if (typeof value !== "string") return this.#unconvertible(value, "int", spot);
    const text = this.#rendered(value, spot);
    if (text === undefined) return nullValue(dynamicType);
    const digits = text.replaceAll("_", "");
    const number =
      text === ""
        ? 0
        : /^[+-]?(?:0[xXbBoO][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)$/.test(digits)
          ? Number(digits)
          : NaN;
    if (Number.isFinite(number)) return numberValue(number);
    const reason = `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
    return this.#problem(`cannot parse '${spot.name}' as int: ${reason}`, spot);
  }

  #bool(value: JsonValue, spot: Spot): Value {
    if (typeof value === "boolean") return boolValue(value);
    if (typeof value === "number") return boolValue(value !== 0);
    if (typeof value !== "string") return this.#unconvertible(value, "bool", spot);
    const text = this.#rendered(value, spot);
    if (text === undefined || text === "") return nullValue(dynamicType);
    if (/^(?:1|t|T|TRUE|true|True)$/.test(text)) return boolValue(true);
    if (/^(?:0|f|F|FALSE|false|False)$/.test(text)) return boolValue(false);
    const reason = `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`;
    return this.#problem(`cannot parse '${spot.name}' as bool: ${reason}`, spot);
  }

  #rendered(text: string, spot: Spot): string | undefined {
    try {
      return this.#render(text, spot.name.replace(/[.[].*/s, ""));
    } catch (error) {
      this.#problem(error instanceof Error ? error.message : String(error), spot);
      return undefined;
    }
  }

  #notAMap(value: JsonValue, type: Type, spot: Spot): Value {
    this.#problem(`'${spot.name}' expected a map, got '${goKindName(value)}'`, spot);
    return nullValue(type);
  }

  #unconvertible(value: JsonValue, wanted: string, spot: Spot): Value {
    const type = goTypeName(value).replace("map[string]", "map[interface {}]");
    const message = `'${spot.name}' expected type '${wanted}', got unconvertible type '${type}', value: '${goValueText(value)}'`;
    return this.#problem(message, spot);
  }

  #problem(message: string, { path }: Spot): Value {
    this.problems.push({ message, path });
    return nullValue(dynamicType);
  }
}

function at({ name, path }: Spot, step: string | number): Spot {
  return { name: `${name}[${step}]`, path: [...path, step] };
}

function merged(objects: readonly JsonObject[]): JsonObject {
  return new Map(objects.flatMap((object) => [...object]));
}

function plain(value: JsonValue): JsValue {
  if (isJsonArray(value)) return value.map(plain);
  if (isJsonObject(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  return value;
}

/** Puts settings over others, key by key. */
export function overrideSettings(base: JsonObject, override: JsonObject): JsonObject {
  const result = new Map(base);
  for (const [key, value] of override) {
    const below = result.get(key);
    result.set(key, isJsonObject(below) && isJsonObject(value) ? overrideSettings(below, value) : value);
  }
  return result;
}
