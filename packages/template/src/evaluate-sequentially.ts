import type { Value } from "@ingot/hcl";
import { evaluateAttribute } from "@ingot/hcl";
import { Collector } from "./collector.js";
import type { ComponentHeader } from "./decode-component-header.js";
import type { LocalDeclaration } from "./decode-local-block.js";
import {
  evaluateDataSource,
  keepLocal,
  type Prerequisites,
  type PrerequisitesOptions,
} from "./evaluate-prerequisites.js";
import { contextWith } from "./evaluation-scope.js";
import type { ParsedTemplate } from "./parse-template.js";
import { graphReferences, graphReferencesOf } from "./references.js";

/** How many references in a row are followed, for data sources and for locals. */
const MOST_LEVELS = 10;

/**
 * The order of evaluation before there was a graph: all data sources first, which see no locals, then all locals. Each is evaluated
 * after those that it refers to. Source: chapter 5.1 of the language specification.
 */
export async function evaluateSequentially(
  parsed: ParsedTemplate,
  options: PrerequisitesOptions,
  collector: Collector,
): Promise<Prerequisites> {
  const data = new Map<string, Value>();
  const ofData = new Collector();
  await evaluateAllData(parsed, { options, data, collector: ofData });
  const seen = new Set<string>();
  collector.add(...ofData.diagnostics.filter(({ summary }) => !seen.has(summary) && seen.add(summary)));
  if (ofData.hasErrors) return { locals: new Map(), data, isComplete: false };
  const locals = new Map<string, Value>();
  const ofLocals = new Collector();
  evaluateAllLocals(parsed, { options, data, locals, collector: ofLocals });
  collector.add(...ofLocals.diagnostics);
  return { locals, data, isComplete: !ofLocals.hasErrors };
}

interface Evaluation {
  readonly options: PrerequisitesOptions;
  readonly data: Map<string, Value>;
  readonly collector: Collector;
}

async function evaluateAllData(parsed: ParsedTemplate, { options, data, collector }: Evaluation): Promise<void> {
  const done = new Set<string>();
  const visit = async (key: string, header: ComponentHeader, level: number): Promise<void> => {
    if (done.has(key) || collector.hasErrors) return;
    options.signal?.throwIfAborted();
    if (level > MOST_LEVELS) {
      const detail = `Data sources refer to one another over more than ${MOST_LEVELS} levels, or in a circle.`;
      collector.error("Max datasource recursion depth exceeded.", detail, header.range);
      return;
    }
    for (const dependency of graphReferences(parsed.sourceSet.blocks.references(header.block)).dependencies) {
      const other = dependency.startsWith("data.") ? dependency.slice("data.".length) : undefined;
      const found = other === undefined ? undefined : parsed.dataSources.get(other);
      if (other !== undefined && found !== undefined) await visit(other, found, level + 1);
    }
    if (collector.hasErrors) return;
    done.add(key);
    const context = contextWith(options.base, new Map(), data);
    data.set(key, await evaluateDataSource(header, { context, options, parsed, collector }));
  };
  for (const [key, header] of parsed.dataSources) await visit(key, header, 0);
}

function evaluateAllLocals(
  parsed: ParsedTemplate,
  { options, data, locals, collector }: Evaluation & { readonly locals: Map<string, Value> },
): void {
  const byName = new Map(parsed.locals.map((local) => [local.name, local]));
  const done = new Set<string>();
  /** Tells whether the local has a value. */
  const visit = (local: LocalDeclaration, level: number): boolean => {
    if (done.has(local.name)) return locals.has(local.name);
    const { file, expression } = local.expression;
    const fail = (summary: string, detail: string): boolean => {
      done.add(local.name);
      collector.error(summary, detail, file.range(expression));
      return false;
    };
    if (level > MOST_LEVELS) {
      const detail = `Locals refer to one another over more than ${MOST_LEVELS} levels, or in a circle.`;
      return fail("Max local recursion depth exceeded.", detail);
    }
    for (const dependency of graphReferencesOf(local.expression).dependencies) {
      if (!dependency.startsWith("local.")) continue;
      const other = byName.get(dependency.slice("local.".length));
      if (other === undefined) {
        const detail = `While evaluating "local.${local.name}", its dependency "${dependency}" was not found, is it defined?`;
        return fail("failed to get local variable", detail);
      }
      if (visit(other, level + 1)) continue;
      // What is wrong is reported already.
      done.add(local.name);
      return false;
    }
    done.add(local.name);
    const own = new Collector();
    const value = own.take(evaluateAttribute(local.expression, contextWith(options.base, locals, data)));
    collector.add(...own.diagnostics);
    if (!own.hasErrors) keepLocal(local, value, { locals, options });
    return !own.hasErrors;
  };
  for (const local of parsed.locals) visit(local, 0);
}
