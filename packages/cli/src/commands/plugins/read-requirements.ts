import path from "node:path";
import { hasErrors, type Diagnostic } from "@ingot/diag";
import { requirementsOf, type Requirement } from "@ingot/installer";
import { isHclTemplatePath, parseTemplate, type RequiredPlugin } from "@ingot/template";
import type { PluginUi } from "../../plugins/plugin-ui.js";
import { fileWorld } from "../file-world.js";
import type { CommandContext } from "../registry.js";
import { resolveTemplatePath } from "../template-path.js";

/** What a template requires, and where its lock file belongs. */
export interface TemplateRequirements {
  readonly required: readonly RequiredPlugin[];
  /** Once for each address. */
  readonly requirements: readonly Requirement[];
  /** The template's folder. Absolute. */
  readonly folder: string;
  /** No other template shares the folder, and so the lock file. */
  readonly ownsFolder: boolean;
}

export interface ReadRequirementsOptions {
  readonly template: string;
  readonly configType: "json" | "hcl2";
  readonly variables: ReadonlyMap<string, string>;
  readonly variableFiles: readonly string[];
}

/** In the reference's words. */
const JSON_REFUSAL: Diagnostic = {
  severity: "error",
  summary: "Packer plugins currently only works with HCL2 configuration templates",
  detail:
    "Please manually install plugins with the plugins command or use a HCL2 configuration that will do that for you.",
};

export const NO_REQUIREMENT = `
No plugins requirement found, make sure you reference a Packer config
containing a packer.required_plugins block. See
https://www.packer.io/docs/templates/hcl_templates/blocks/packer
for more info.`;

/** Reads what a template requires. Says what is wrong; undefined then. Nothing of it is evaluated. */
export function readRequirements(
  { template, configType, variables, variableFiles }: ReadRequirementsOptions,
  { console }: CommandContext,
  ui: PluginUi,
): TemplateRequirements | undefined {
  const found = resolveTemplatePath(template, { configType, workingDirectory: console.workingDirectory });
  if (found.kind === "missing") {
    ui.error(found.message);
    return undefined;
  }
  if (found.kind === "json") {
    ui.diagnostics([JSON_REFUSAL]);
    return undefined;
  }
  const world = fileWorld(console);
  const { value, diagnostics } = parseTemplate({
    ...{ path: template, world, variableFiles },
    variables: [...variables].map(([name, text]) => ({ name, text })),
  });
  const all = [...diagnostics, ...(value.template?.pluginDiagnostics ?? [])];
  ui.diagnostics(all, (name) => value.sources.get(name)?.bytes);
  if (hasErrors(all) || value.template === undefined) return undefined;
  const { requiredPlugins: required, rootFolder } = value.template;
  const folder = path.resolve(console.workingDirectory, rootFolder);
  const others = (world.listFolder(rootFolder) ?? []).filter((name) =>
    isHclTemplatePath(path.join(folder, name), world),
  );
  const ownsFolder = world.listFolder(template) !== undefined || others.length <= 1;
  return { required, requirements: requirementsOf(required), folder, ownsFolder };
}
