import { hasErrors } from "@ingot/diag";
import { evaluateAttribute, isNull, typeOfBody, unknownValue, type EvaluationContext, type Value } from "@ingot/hcl";
import { Collector } from "./collector.js";
import { makeComponentBlock } from "./component-block.js";
import type { ComponentHeader } from "./decode-component-header.js";
import type { LocalDeclaration } from "./decode-local-block.js";
import { orderByDependencies, type GraphVertex } from "./dependency-graph.js";
import { contextWith } from "./evaluation-scope.js";
import type { DataSources } from "./model.js";
import type { ParsedTemplate } from "./parse-template.js";
import { graphReferences, graphReferencesOf, type GraphReferences } from "./references.js";
import { secretsOf } from "./secrets.js";
import { unknownComponent } from "./unknown-component.js";

/** The values of locals by name and of data sources by `TYPE.NAME`. */
export interface Prerequisites {
  readonly locals: ReadonlyMap<string, Value>;
  readonly data: ReadonlyMap<string, Value>;
  /** False when one failed, so that others are missing. */
  readonly isComplete: boolean;
}

export interface PrerequisitesOptions {
  /** What locals and data sources see besides each other. */
  readonly base: EvaluationContext;
  readonly dataSources: DataSources;
  /** Otherwise data sources give unknown values of their output's type. */
  readonly executeDataSources: boolean;
  readonly signal?: AbortSignal;
  /** Called with each string in a sensitive local as soon as there is a value. */
  readonly onSecret?: (secret: string) => void;
}

type Vertex = GraphVertex & { readonly references: GraphReferences } & (
    | { readonly kind: "local"; readonly local: LocalDeclaration }
    | { readonly kind: "data"; readonly header: ComponentHeader }
  );

/**
 * Evaluates data sources and locals in the order of their dependencies. After a failure no further data source runs, and locals
 * that depend on what is missing are skipped.
 */
export async function evaluatePrerequisites(
  parsed: ParsedTemplate,
  options: PrerequisitesOptions,
  collector: Collector,
): Promise<Prerequisites> {
  const locals = new Map<string, Value>();
  const data = new Map<string, Value>();
  const { ordered, problems } = orderByDependencies(verticesOf(parsed));
  if (problems.length > 0) {
    reportGraph(problems, collector);
    return { locals, data, isComplete: false };
  }
  const missing = new Set<string>();
  for (const vertex of ordered) {
    options.signal?.throwIfAborted();
    const isCut = vertex.dependencies.some((key) => missing.has(key));
    if (isCut || (vertex.kind === "data" && missing.size > 0)) {
      missing.add(vertex.key);
      continue;
    }
    const context = contextFor(vertex, { locals, data, base: options.base });
    const own = new Collector();
    const value =
      vertex.kind === "local"
        ? own.take(evaluateAttribute(vertex.local.expression, context))
        : await evaluateDataSource(vertex.header, { context, options, parsed, collector: own });
    collector.add(...own.diagnostics);
    if (own.hasErrors) missing.add(vertex.key);
    else if (vertex.kind === "local") keepLocal(vertex.local, value, { locals, options });
    else data.set(`${vertex.header.type}.${vertex.header.name}`, value);
  }
  return { locals, data, isComplete: missing.size === 0 };
}

/** Takes a local's value. Its secrets are told at once: a data source that uses it may print them. */
export function keepLocal(
  { name, isSensitive }: LocalDeclaration,
  value: Value,
  { locals, options }: { readonly locals: Map<string, Value>; readonly options: PrerequisitesOptions },
): void {
  locals.set(name, value);
  if (isSensitive && options.onSecret) secretsOf([value]).forEach(options.onSecret);
}

function verticesOf(parsed: ParsedTemplate): readonly Vertex[] {
  const { blocks } = parsed.sourceSet;
  const keysOfData = [...parsed.dataSources.keys()].map((key) => `data.${key}`);
  return [
    ...[...parsed.dataSources.values()].map((header): Vertex => {
      const references = graphReferences(blocks.references(header.block));
      return {
        kind: "data",
        key: `data.${header.type}.${header.name}`,
        references,
        header,
        dependencies: references.dependencies,
      };
    }),
    ...parsed.locals.map((local): Vertex => {
      const references = graphReferencesOf(local.expression);
      // Whoever uses all of `data` comes after all data sources.
      const extra = references.usesWholeData ? keysOfData : [];
      return {
        kind: "local",
        key: `local.${local.name}`,
        references,
        local,
        dependencies: [...references.dependencies, ...extra],
      };
    }),
  ];
}

const MOST_PROBLEMS = 100;

function reportGraph(problems: readonly string[], collector: Collector): void {
  const shown = problems.slice(0, MOST_PROBLEMS);
  const hidden = problems.length - shown.length;
  const count = problems.length === 1 ? "1 error occurred:" : `${problems.length} errors occurred:`;
  const list = [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])].map((problem) => `\t* ${problem}\n`).join("");
  collector.error(
    "failed to prepare execution graph",
    `An error occurred while building the graph for datasources/locals: ${count}\n${list}\n`,
  );
}

interface Evaluated extends Omit<Prerequisites, "isComplete"> {
  readonly base: EvaluationContext;
}

/** Shows a vertex what it refers to and no more, so that the work grows with the references only. */
function contextFor({ references }: Vertex, { locals, data, base }: Evaluated): EvaluationContext {
  if (references.usesWholeLocal || references.usesWholeData) return contextWith(base, locals, data);
  const seenLocals = new Map<string, Value>();
  const seenData = new Map<string, Value>();
  for (const key of references.dependencies) {
    const name = key.slice(key.indexOf(".") + 1);
    const value = key.startsWith("local.") ? locals.get(name) : data.get(name);
    if (value) (key.startsWith("local.") ? seenLocals : seenData).set(name, value);
  }
  return contextWith(base, seenLocals, seenData);
}

export interface DataEvaluation {
  readonly context: EvaluationContext;
  readonly options: PrerequisitesOptions;
  readonly parsed: ParsedTemplate;
  readonly collector: Collector;
}

/** Decodes the body of a data source and runs it, or gives an unknown value of its output. */
export async function evaluateDataSource(
  { type, name, block, range }: ComponentHeader,
  { context, options, parsed, collector }: DataEvaluation,
): Promise<Value> {
  const { dataSources } = options;
  const described = await dataSources.describe(type);
  if (described === undefined) {
    const [label = block.headerSpan] = block.labelSpans;
    const known = await dataSources.names();
    collector.add(unknownComponent({ kind: "data-source", name: type, known, range: block.file.range(label) }));
    return unknownValue();
  }
  if ("broken" in described) {
    collector.error("Failed to load data source type", described.broken, range);
    return unknownValue();
  }
  const component = makeComponentBlock({
    type,
    body: block.body,
    range,
    identity: `data.${type}.${name} ${parsed.sourceSet.blocks.fingerprint(block)}`,
    usesBuildData: false,
    context,
    allowsDynamic: false,
    seesBuildData: false,
  });
  const config = component.decode(described.config, new Map());
  collector.add(...config.diagnostics);
  const output = unknownValue(typeOfBody(described.output));
  if (hasErrors(config.diagnostics)) return output;
  if (!options.executeDataSources) {
    if (dataSources.check) collector.add(...(await dataSources.check(component, name, config.value)));
    return output;
  }
  const outcome = await dataSources.execute(component, name, config.value);
  collector.add(...outcome.diagnostics);
  return isNull(outcome.value) ? output : outcome.value;
}
