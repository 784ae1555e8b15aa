import { hasErrors } from "@ingot/diag";
import {
  parseLegacyTemplate,
  parseTemplate,
  type ParsedLegacyTemplate,
  type ParsedTemplate,
  type ParseTemplateOptions,
  type TemplateWorld,
} from "@ingot/template";
import { fileWorld } from "../file-world.js";
import { withStandardInput } from "../load-options.js";
import type { CommandContext } from "../registry.js";
import { resolveTemplatePath } from "../template-path.js";
import type { ToolFlags } from "./tool-flags.js";
import type { ToolUi } from "./tool-ui.js";

/** A template to look into. */
export type ToolTemplate =
  | { readonly language: "hcl2"; readonly parsed: ParsedTemplate; readonly world: TemplateWorld }
  | { readonly language: "json"; readonly parsed: ParsedLegacyTemplate; readonly world: TemplateWorld };

const NO_TEMPLATE = {
  hcl2: { path: "none.pkr.hcl", source: "" },
  json: { path: "none.json", source: '{ "builders": [{ "type": "null", "communicator": "none" }] }' },
} as const;

/** Reads the template, without one an empty one. Says what is wrong; undefined then. */
export function loadToolTemplate(
  given: string | undefined,
  { flags, context, ui }: { readonly flags: ToolFlags; readonly context: CommandContext; readonly ui: ToolUi },
): ToolTemplate | undefined {
  const { console } = context;
  const configType = flags["config-type"];
  const files = fileWorld(console);
  const options = {
    variableFiles: flags["var-file"],
    variables: [...flags.var].map(([name, text]) => ({ name, text })),
  };
  if (given === undefined) {
    const { path, source } = NO_TEMPLATE[configType];
    const world: TemplateWorld = {
      ...files,
      readFile: (name) => (name === path ? new TextEncoder().encode(source) : files.readFile(name)),
      listFolder: (name) => (name === path ? undefined : files.listFolder(name)),
    };
    return read(configType, { ...options, path, world }, ui);
  }
  const found = resolveTemplatePath(given, { configType, workingDirectory: console.workingDirectory });
  if (found.kind !== "missing") {
    const world = found.kind === "json" ? withStandardInput(files) : files;
    return read(found.kind, { ...options, path: given, world }, ui);
  }
  ui.error(found.message);
  return undefined;
}

function read(language: "hcl2" | "json", options: ParseTemplateOptions, ui: ToolUi): ToolTemplate | undefined {
  const { world } = options;
  if (language === "json") {
    const { value, diagnostics } = parseLegacyTemplate(options);
    // The whole text is in the summary.
    for (const { summary } of diagnostics) ui.error(summary);
    ui.secrets.add(value.template?.secrets ?? []);
    return value.template && { language, parsed: value.template, world };
  }
  const { value, diagnostics } = parseTemplate(options);
  ui.secrets.add(value.template?.secrets ?? []);
  ui.diagnostics(diagnostics, (name) => value.sources.get(name)?.bytes);
  return hasErrors(diagnostics) || value.template === undefined
    ? undefined
    : { language, parsed: value.template, world };
}
