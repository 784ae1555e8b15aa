import { compareBytes } from "@ingot/hcl";
import type { LegacyTemplate, LegacyVariable } from "@ingot/template";
import type { Ui } from "../../ui.js";

const NOTE = `
Note: If your build names contain user variables or template
functions such as 'timestamp', these are processed at build time,
and therefore only show in their raw form here.`;

/** Shows a legacy JSON template as written: nothing is interpolated. */
export function showLegacyTemplate(template: LegacyTemplate, ui: Ui): void {
  ui.say("Packer Inspect: JSON mode");
  if (template.description !== "") {
    ui.say("Description:\n");
    ui.say(`${template.description}\n`);
  }
  showVariables(template, ui);
  showBuilders(template, ui);
  ui.say("Provisioners:\n");
  if (template.provisioners.length === 0) ui.say("  <No provisioners>");
  for (const { type } of template.provisioners) {
    ui.machine({ type: "template-provisioner", data: [type] });
    ui.say(`  ${type}`);
  }
  ui.say(NOTE);
}

function showVariables({ variables, sensitiveVariables }: LegacyTemplate, ui: Ui): void {
  const sorted = [...variables.values()].sort((a, b) => compareBytes(a.name, b.name));
  if (sorted.length === 0) {
    ui.say("Variables:\n");
    ui.say("  <No variables>");
  }
  const required = sorted.filter(({ isRequired }) => isRequired);
  if (required.length > 0) {
    ui.say("Required variables:\n");
    for (const { name } of required) {
      ui.machine({ type: "template-variable", data: [name, "", "1"] });
      ui.say(`  ${name}`);
    }
    ui.say("");
  }
  if (sorted.length > 0) {
    ui.say("Optional variables and their defaults:\n");
    const width = Math.max(...sorted.map(({ name }) => name.length));
    for (const variable of sorted.filter(({ isRequired }) => !isRequired)) {
      const value = shownDefault(variable, { variables, sensitiveVariables });
      ui.machine({ type: "template-variable", data: [variable.name, value, "0"] });
      ui.say(`  ${variable.name.padEnd(width)} = ${value}`);
    }
  }
  ui.say("");
}

/** Equal to the default of any sensitive variable is as good as sensitive. */
function shownDefault(
  { defaultValue }: LegacyVariable,
  { variables, sensitiveVariables }: Pick<LegacyTemplate, "variables" | "sensitiveVariables">,
): string {
  const isSecret = sensitiveVariables.some((name) => variables.get(name)?.defaultValue === defaultValue);
  return isSecret ? "<sensitive>" : defaultValue;
}

function showBuilders({ builders }: LegacyTemplate, ui: Ui): void {
  ui.say("Builders:\n");
  const sorted = [...builders.values()].sort((a, b) => compareBytes(a.name, b.name));
  if (sorted.length === 0) ui.say("  <No builders>");
  const width = Math.max(...sorted.map(({ name }) => name.length));
  for (const { name, type } of sorted) {
    ui.machine({ type: "template-builder", data: [name, type] });
    ui.say(`  ${name.padEnd(width)}${name === type ? "" : ` (${type})`}`);
  }
  ui.say("");
}
