import { TemplateError, type TemplateFunction } from "@ingot/go-template";
import { compareBytes } from "@ingot/hcl";
import { LegacyError } from "./go-errors.js";
import type { LegacyTemplate } from "./legacy-template.js";
import { renderOnce, type LegacyFacts } from "./render-options.js";

const MOST_PASSES = 100;
/** ``{{user `x`}}``: a value that must be rendered again when others have changed. */
const REFERENCE = /\{\{\s*user\s*`.*`\s*\}\}/;
/** `{{ .Name }}`: left for later. */
const FIELD = /\{\{\s?\.(.*?)\s?\}\}/g;
const NOT_SET = "Error: variable not set:";

export interface ResolveOptions {
  readonly facts: LegacyFacts;
  /** Values of variable files and -var. */
  readonly given: ReadonlyMap<string, string>;
  readonly secretFunctions?: Readonly<Record<string, TemplateFunction>>;
}

/**
 * Gives the values of all user variables: the given ones and the defaults, rendered again and again until those that refer to others
 * have settled. Throws LegacyError.
 */
export function resolveVariables(template: LegacyTemplate, options: ResolveOptions): ReadonlyMap<string, string> {
  const texts = new Map([...template.variables.values()].map(({ name, defaultValue }) => [name, defaultValue]));
  for (const [name, text] of options.given) texts.set(name, text);
  const values = new Map(options.given);
  let pending = [...texts].sort(([a], [b]) => compareBytes(a, b));
  let isFirst = true;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const settled = new Set<string>();
    let failure: string | undefined;
    let rendered = 0;
    let changed = false;
    for (const [name, text] of pending) {
      const result = renderVariable([name, text], { ...options, values: isFirst ? new Map() : values });
      if ("failure" in result) {
        failure = result.failure;
        continue;
      }
      rendered += 1;
      isFirst = false;
      changed ||= values.get(name) !== result.value;
      values.set(name, result.value);
      if (!REFERENCE.test(text)) settled.add(name);
    }
    pending = pending.filter(([name]) => !settled.has(name));
    if (pending.length === 0) break;
    if (rendered === 0) throw new LegacyError(unresolved(failure ?? ""));
    if (!changed && settled.size === 0) break; // further passes would give the same
  }
  return values;
}

function renderVariable(
  [name, text]: readonly [string, string],
  { facts, values, secretFunctions }: ResolveOptions & { readonly values: ReadonlyMap<string, string> },
): { readonly value: string } | { readonly failure: string } {
  const kept: string[] = [];
  const protectedText = text.replace(FIELD, (field) => `\u0001${kept.push(field) - 1}\u0002`);
  try {
    const place = { userVariables: values, isVariablesSection: true, ...(secretFunctions && { secretFunctions }) };
    const value = renderOnce(protectedText, facts, place);
    return { value: value.replace(/\u0001(\d+)\u0002/g, (mark, index) => kept[Number(index)] ?? mark) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const isSyntaxError = !error.message.includes(": executing ");
    if (isSyntaxError) throw new LegacyError(`error interpolating default value for '${name}': ${error.message}`);
    if (!error.message.includes(NOT_SET)) throw new LegacyError(error.message);
    return { failure: `"${name}": "${text}"; error: ${error.message}` };
  }
}

function unresolved(failure: string): string {
  return `Failed to interpolate ${failure}: Please make sure that the variable you're referencing has been defined; Packer treats all variables used to interpolate other user variables as required.`;
}
