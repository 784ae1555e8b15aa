import { hasErrors } from "@ingot/diag";
import { evaluateLine, evaluateValues, type ParsedTemplate, type TemplateWorld } from "@ingot/template";
import type { CommandContext } from "../registry.js";
import { withDataSources } from "../tools/data-sources.js";
import type { ToolUi } from "../tools/tool-ui.js";
import { valueListText } from "../tools/value-list.js";
import type { LineEvaluator } from "./line-evaluator.js";

const HELP = `HCL2 console of Ingot.

Type an expression to see its value. It may use the template's variables and
locals, and all functions, for example: upper(var.name)

  variables    shows all variables and locals with their values
  help         shows this
  exit         leaves, as Control-C and Control-D do

Interpolations of JSON templates, such as {{timestamp}}, do not work here.`;

export interface HclConsoleOptions {
  readonly parsed: ParsedTemplate;
  readonly world: TemplateWorld;
  readonly context: CommandContext;
  readonly ui: ToolUi;
  /** Evaluates all data sources before all locals. */
  readonly isSequential: boolean;
  /** The lines to come. Absent: they are typed. */
  readonly lines?: readonly string[];
}

/** Evaluates the template as far as that goes, for lines that use its values. */
export async function openHclEvaluator({
  parsed,
  world,
  context,
  ui,
  isSequential,
  lines,
}: HclConsoleOptions): Promise<LineEvaluator> {
  const { value: values } = await withDataSources(parsed, { context, secrets: ui.secrets }, (dataSources, signal) =>
    evaluateValues(parsed, {
      ...{ world, dataSources, executeDataSources: true, isSequential },
      onSecret: (secret) => ui.secrets.add([secret]),
      ...(lines === undefined ? { loadAllFunctions: true } : { expressions: lines }),
      ...(signal && { signal }),
    }),
  );
  ui.secrets.add(values.secrets);
  const functions = values.context.parent?.functions ?? new Map<string, unknown>();
  return {
    help: HELP,
    words: [
      ...["exit", "help", "variables", "packer.version", "path.cwd", "path.root"],
      ...[...parsed.variables.keys()].map((name) => `var.${name}`),
      ...[...values.locals.keys()].map((name) => `local.${name}`),
      ...[...functions.keys()].map((name) => `${name}(`),
    ],
    evaluate: (line) => {
      if (line === "variables") return { text: valueListText(parsed, values) };
      const { value = "", diagnostics } = evaluateLine(line, values);
      if (diagnostics.length === 0) return { text: value };
      ui.diagnostics(diagnostics);
      return { text: value, status: hasErrors(diagnostics) ? 1 : 0 };
    },
  };
}
