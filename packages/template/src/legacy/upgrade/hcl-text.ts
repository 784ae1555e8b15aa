import { compareBytes, formatTokens, scanFile, SourceFile } from "@ingot/hcl";
import { isIdentifier } from "../../identifier.js";
import type { JsonObject, JsonValue } from "../go-json.js";
import { isJsonArray, isJsonObject, plainNumberText } from "../go-value-text.js";

/** These settings of known plugins are blocks even when they hold nothing but scalars. */
const ALWAYS_BLOCKS = new Set(["linux_options", "network_interface", "shared_image_gallery"]);

/** Gives a text the canonical layout, also where it is no HCL. */
export function laidOut(text: string): string {
  const formatted = formatTokens(scanFile(new SourceFile("upgraded.pkr.hcl", text)));
  return formatted === undefined ? text : new TextDecoder().decode(formatted);
}

/** Writes an attribute. The text is not in the canonical layout. */
export function attributeText(name: string, value: JsonValue): string {
  return `${name} = ${valueText(value)}\n`;
}

/** Writes a block with a body that is text already. */
export function blockText(type: string, labels: readonly string[], body: string): string {
  return `${[type, ...labels.map(quotedText)].join(" ")} {\n${body}}\n`;
}

/** Writes settings as the arguments and blocks of a body, sorted by name. */
export function bodyText(settings: JsonObject): string {
  const names = [...settings.keys()].sort(compareBytes);
  return names.map((name) => settingText(name, settings.get(name) ?? null)).join("");
}

function settingText(name: string, value: JsonValue): string {
  if (isJsonObject(value)) {
    const complex = ALWAYS_BLOCKS.has(name) ? null : mostComplex([...value.values()]);
    return complex !== undefined && isScalar(complex)
      ? attributeText(name, value)
      : blockText(name, [], bodyText(value));
  }
  if (!isJsonArray(value)) return attributeText(name, value);
  if (value.length === 0) return "";
  // Objects in a list are repeated blocks, if its last element that is no scalar is one.
  if (!isJsonObject(mostComplex(value) ?? null)) return attributeText(name, value);
  return value
    .map((item) => (isJsonObject(item) ? blockText(name, [], bodyText(item)) : attributeText(name, item)))
    .join("");
}

/** The last value that is no scalar, or else the first one. */
function mostComplex(values: readonly JsonValue[]): JsonValue | undefined {
  return values.findLast((value) => value !== null && !isScalar(value)) ?? values.find((value) => value !== null);
}

function isScalar(value: JsonValue): boolean {
  return value !== null && typeof value !== "object";
}

function valueText(value: JsonValue): string {
  if (typeof value === "string") return quotedText(value);
  if (typeof value === "number") return plainNumberText(value);
  if (isJsonArray(value)) return `[${value.map(valueText).join(", ")}]`;
  if (!isJsonObject(value)) return String(value);
  const names = [...value.keys()].sort(compareBytes);
  const lines = names.map((name) => {
    const key = isIdentifier(name) ? name : quotedText(name);
    return `${key} = ${valueText(value.get(name) ?? null)}\n`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("")}}`;
}

/** Writes a string literal whose value is the text: markers of templates are escaped. */
function quotedText(text: string): string {
  const escaped = text.replace(/["\\]|[$%](?=\{)|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, (character) => {
    const named: Readonly<Record<string, string>> = {
      '"': '\\"',
      "\\": "\\\\",
      $: "$$",
      "%": "%%",
      "\n": "\\n",
      "\r": "\\r",
      "\t": "\\t",
    };
    return named[character] ?? unicodeEscape(character.codePointAt(0) ?? 0);
  });
  return `"${escaped}"`;
}

function unicodeEscape(code: number): string {
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
