import type { AttributePath, Diagnostic, SourceRange } from "@ingot/diag";
import { TemplateError } from "@ingot/go-template";
import type { BodySchema, Value } from "@ingot/hcl";
import type { ComponentBlock } from "../model.js";
import { joinDecodingErrors, joinErrors } from "./go-errors.js";
import type { JsonObject, JsonValue } from "./go-json.js";
import { isJsonArray, isJsonObject } from "./go-value-text.js";
import type { LegacyComponent, LegacyTemplate } from "./legacy-template.js";
import { renderOnce, type LegacyFacts, type PlaceFacts } from "./render-options.js";
import { overrideSettings, WeakDecoder, type WeakProblem } from "./weak-decode.js";

export interface LegacyBlockOptions {
  readonly template: LegacyTemplate;
  readonly facts: LegacyFacts;
  /** With the build's name and type. */
  readonly place: PlaceFacts;
  /** Settings that win over the component's own. */
  readonly override?: JsonObject;
  /** False for builders: `build` is an error in them. */
  readonly seesBuildData: boolean;
}

/** Makes the model's block of a component of a legacy template. */
export function makeLegacyBlock(component: LegacyComponent, options: LegacyBlockOptions): ComponentBlock {
  const { override } = options;
  const config = override ? overrideSettings(component.config, override) : component.config;
  const range = rangeOf(component, options.template);
  const rangeOfPath = (path: AttributePath): SourceRange =>
    locate(override, path, options.template) ?? locate(component.origin, path, options.template) ?? range;
  return {
    type: component.type,
    range,
    identity: `${component.place} ${component.type} ${canonicalText(config)}`,
    usesBuildData: options.seesBuildData && textsOf(config).some(callsBuild),
    decode: (schema, buildData) => {
      const { value, problems } = decode(config, schema, { options, buildData });
      return { value, diagnostics: toDiagnostics(problems, { buildName: options.place.buildName ?? "", rangeOfPath }) };
    },
    rangeOfPath,
  };
}

interface DecodeOptions {
  readonly options: LegacyBlockOptions;
  readonly buildData: ReadonlyMap<string, Value>;
}

function decode(
  config: JsonObject,
  schema: BodySchema,
  { options, buildData }: DecodeOptions,
): { readonly value: Value; readonly problems: readonly WeakProblem[] } {
  const { facts, place, seesBuildData } = options;
  const build = (name: string): string => {
    if (buildData.has(name)) return `{{.${name}}}`;
    throw new Error(`loaded data, but couldnt find ${name} in it.`);
  };
  const render = (text: string, key: string): string => {
    try {
      return renderOnce(text, facts, seesBuildData ? { ...place, build } : place);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const problem = error.message.includes(": executing ") ? "render" : "invalid";
      throw new TemplateError(`${problem} '${key}': ${error.message} in:\n\n${text}`);
    }
  };
  const decoder = new WeakDecoder(render);
  const value = decoder.body(schema, config);
  return { value, problems: [...buildCallProblems(config, render), ...decoder.problems] };
}

/** Finds calls of `build` that can't succeed: the component would only see that when it runs. */
function buildCallProblems(config: JsonObject, render: (text: string, key: string) => string): readonly WeakProblem[] {
  return [...config].flatMap(([key, value]) =>
    textsOf(value)
      .filter(callsBuild)
      .flatMap((text) => {
        try {
          render(text, key);
          return [];
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          return message.includes("error calling build:") ? [{ message, path: [key] }] : [];
        }
      }),
  );
}

function callsBuild(text: string): boolean {
  return /\{\{[^}]*\bbuild\b/.test(text);
}

function textsOf(value: JsonValue): readonly string[] {
  if (typeof value === "string") return [value];
  if (isJsonArray(value)) return value.flatMap(textsOf);
  return isJsonObject(value) ? [...value].flatMap(([key, item]) => [key, ...textsOf(item)]) : [];
}

function toDiagnostics(
  problems: readonly WeakProblem[],
  {
    buildName,
    rangeOfPath,
  }: { readonly buildName: string; readonly rangeOfPath: (path: AttributePath) => SourceRange },
): readonly Diagnostic[] {
  // As the reference does: first what can't be rendered, then what can't be decoded, then unknown keys.
  const rendering = problems.find(({ message }) => /^(?:render|invalid) '/.test(message));
  const unknown = problems.filter(({ isUnknownKey }) => isUnknownKey);
  const decoding = problems.filter((problem) => problem.isUnknownKey !== true);
  const chosen = rendering ? [rendering] : decoding.length > 0 ? decoding : unknown;
  const [first] = chosen;
  if (first === undefined) return [];
  const texts = chosen.map(({ message }) => message);
  const joined = rendering ? undefined : decoding.length > 0 ? joinDecodingErrors(texts) : joinErrors(texts);
  const summary = `Failed to prepare build: ${JSON.stringify(buildName)}`;
  return [{ severity: "error", summary, detail: joined?.message ?? first.message, subject: rangeOfPath(first.path) }];
}

function rangeOf({ origin }: LegacyComponent, template: LegacyTemplate): SourceRange {
  const span = (origin && spanOfContainer(origin, template)) ?? { start: 0, end: 0 };
  return template.source.range(span);
}

/** The span from the first to the last setting of an object. */
function spanOfContainer(
  container: JsonObject,
  { document }: LegacyTemplate,
): { readonly start: number; readonly end: number } | undefined {
  const spans = [...container.keys()].flatMap((key) => document.spanOf(container, key) ?? []);
  const [first] = spans;
  return first && { start: first.start, end: first.end };
}

function locate(
  origin: JsonObject | undefined,
  path: AttributePath,
  template: LegacyTemplate,
): SourceRange | undefined {
  let container: JsonValue | undefined = origin;
  let range: SourceRange | undefined;
  for (const step of path) {
    if (container === undefined || container === null) break;
    const span = template.document.spanOf(container, step);
    if (span === undefined) break;
    range = template.source.range(span);
    container = isJsonObject(container)
      ? container.get(String(step))
      : isJsonArray(container) && typeof step === "number"
        ? container[step]
        : undefined;
  }
  return range;
}

/** JSON with sorted keys: the same for settings that mean the same. */
function canonicalText(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const entries = [...value].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalText(item)}`).join(",")}}`;
}
