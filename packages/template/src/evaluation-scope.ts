import path from "node:path";
import {
  childContext,
  EvaluationBudget,
  mapValue,
  objectType,
  objectValue,
  stringType,
  stringValue,
  typesEqual,
  unknownValue,
  type EvaluationContext,
  type FunctionTable,
  type Value,
} from "@ingot/hcl";
import type { TemplateWorld } from "./model.js";
import type { ParsedTemplate } from "./parse-template.js";

/** Values of data sources by `TYPE.NAME`. */
export type DataValues = ReadonlyMap<string, Value>;

export interface BaseContextOptions {
  readonly world: TemplateWorld;
  readonly functions: FunctionTable;
  /** Bounds the whole run. */
  readonly budget: EvaluationBudget;
}

/** What one run may produce: many builds can each decode large bodies, but not without end. */
export function runBudget(): EvaluationBudget {
  return new EvaluationBudget(128 * 1024 * 1024);
}

/** What every expression of an evaluated template can see but locals and data sources. */
export function baseContext(
  parsed: ParsedTemplate,
  { world, functions, budget }: BaseContextOptions,
): EvaluationContext {
  const slashes = (text: string): Value => stringValue(text.replaceAll("\\", "/"));
  const variables = [...parsed.variables.values()].map((variable): [string, Value] => [
    variable.name,
    parsed.variableValues.get(variable.name)?.value ?? unknownValue(variable.constraint.type),
  ]);
  return {
    functions,
    variables: new Map<string, Value>([
      ["var", objectValue(new Map(variables))],
      ["path", objectValue({ root: slashes(parsed.rootFolder), cwd: slashes(path.resolve(world.workingDirectory)) })],
      [
        "packer",
        objectValue({
          version: stringValue(parsed.version),
          iterationID: unknownValue(stringType),
          versionFingerprint: unknownValue(stringType),
        }),
      ],
      ["source", objectValue({ type: unknownValue(stringType), name: unknownValue(stringType) })],
      ["build", unknownValue(objectType({}))],
    ]),
    budget,
  };
}

/** The context of expressions that see these locals and data sources. */
export function contextWith(
  base: EvaluationContext,
  locals: ReadonlyMap<string, Value>,
  data: DataValues,
): EvaluationContext {
  return childContext(
    base,
    new Map([
      ["local", objectValue(locals)],
      ["data", dataObject(data)],
    ]),
  );
}

/** `data`: a map by name for each type, or an object where the values of one type differ in theirs. */
function dataObject(data: DataValues): Value {
  const byType = new Map<string, Map<string, Value>>();
  for (const [key, value] of data) {
    const dot = key.indexOf(".");
    const names = byType.get(key.slice(0, dot)) ?? new Map<string, Value>();
    byType.set(key.slice(0, dot), names.set(key.slice(dot + 1), value));
  }
  return objectValue(new Map([...byType].map(([type, values]) => [type, uniform(values)])));
}

function uniform(values: ReadonlyMap<string, Value>): Value {
  const [first] = values.values();
  if (first === undefined) return objectValue({});
  const isUniform = [...values.values()].every((value) => typesEqual(value.type, first.type));
  return isUniform ? mapValue(first.type, values) : objectValue(values);
}

/** The context of a component's body: the source is known, and `build` when there is data. */
export function componentContext(
  context: EvaluationContext,
  source: { readonly type: string; readonly name: string },
  buildData: ReadonlyMap<string, Value> | undefined,
): EvaluationContext {
  const variables = new Map<string, Value>([
    ["source", objectValue({ type: stringValue(source.type), name: stringValue(source.name) })],
  ]);
  if (buildData) variables.set("build", objectValue(buildData));
  return { variables, parent: context };
}
