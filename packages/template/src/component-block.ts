import type { AttributePath, Diagnostic, Outcome, SourceRange } from "@ingot/diag";
import {
  convert,
  ConversionError,
  decodeBody,
  entriesOf,
  expandDynamic,
  isNull,
  objectValue,
  rangeOfPath,
  stringValue,
  suggestionSentence,
  typeOfBody,
  type Body,
  type BodySchema,
  type EvaluationContext,
  type Value,
} from "@ingot/hcl";
import { componentContext } from "./evaluation-scope.js";
import type { ComponentBlock } from "./model.js";

export interface ComponentBlockOptions {
  readonly type: string;
  readonly body: Body;
  readonly range: SourceRange;
  readonly identity: string;
  readonly usesBuildData: boolean;
  /** With variables, locals and data; `source` and `build` unknown. */
  readonly context: EvaluationContext;
  /** The source of the build; absent for data sources. */
  readonly source?: { readonly type: string; readonly name: string };
  /** False for data sources, in which the reference doesn't expand dynamic blocks. */
  readonly allowsDynamic: boolean;
  /** What `build.name` gives where `build` is seen. */
  readonly buildName?: string;
  /** False for builders: `build` stays unknown in them. */
  readonly seesBuildData: boolean;
  /** Settings that win over the body's own. */
  readonly override?: { readonly value: Value; readonly range: SourceRange };
}

/** Makes the model's block of a component out of a body and its context. */
export function makeComponentBlock(options: ComponentBlockOptions): ComponentBlock {
  const { type, range, identity, usesBuildData } = options;
  const body = options.allowsDynamic ? expandDynamic(options.body, options.context) : options.body;
  return {
    type,
    range,
    identity,
    usesBuildData,
    decode: (schema, buildData) => decode(body, schema, { options, buildData }),
    rangeOfPath: (path: AttributePath) => rangeOfPath(body, path) ?? range,
  };
}

function decode(
  body: Body,
  schema: BodySchema,
  { options, buildData }: { readonly options: ComponentBlockOptions; readonly buildData: ReadonlyMap<string, Value> },
): Outcome<Value> {
  const { source, override, seesBuildData, buildName = "" } = options;
  const data = seesBuildData ? new Map([...buildData, ["name", stringValue(buildName)]]) : undefined;
  const context = source ? componentContext(options.context, source, data) : options.context;
  if (override === undefined) return decodeBody(body, schema, context);
  const overridden = entriesOf(override.value);
  const outcome = decodeBody(body, relaxed(schema, overridden), context);
  return applyOverride(outcome, schema, override);
}

/** The schema without the duty to set what the override sets. */
function relaxed(schema: BodySchema, overridden: ReadonlyMap<string, Value>): BodySchema {
  const attributes = [...schema.attributes].map(
    ([name, attribute]) => [name, overridden.has(name) ? { ...attribute, required: false } : attribute] as const,
  );
  const blocks = [...schema.blocks].map(
    ([name, block]) => [name, overridden.has(name) ? { ...block, minItems: 0 } : block] as const,
  );
  return { attributes: new Map(attributes), blocks: new Map(blocks) };
}

function applyOverride(
  outcome: Outcome<Value>,
  schema: BodySchema,
  { value, range }: { readonly value: Value; readonly range: SourceRange },
): Outcome<Value> {
  const diagnostics: Diagnostic[] = [...outcome.diagnostics];
  const fail = (summary: string, detail: string): void => {
    diagnostics.push({ severity: "error", summary, detail, subject: range });
  };
  const type = typeOfBody(schema);
  const types = type.kind === "object" ? type.attributes : new Map<string, typeof type>();
  const values = new Map(entriesOf(outcome.value));
  for (const [name, setting] of entriesOf(value)) {
    if (isNull(setting)) continue;
    const wanted = types.get(name);
    if (wanted === undefined) {
      const suggestion = suggestionSentence(name, types.keys());
      fail("Unsupported argument", `An argument named ${JSON.stringify(name)} is not expected here.${suggestion}`);
      continue;
    }
    try {
      values.set(name, convert(setting, wanted));
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      fail(
        "Incorrect attribute value type",
        `Inappropriate value for attribute ${JSON.stringify(name)}: ${error.message}.`,
      );
    }
  }
  return { value: objectValue(values), diagnostics };
}
