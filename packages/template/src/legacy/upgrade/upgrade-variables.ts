import { compareBytes } from "@ingot/hcl";
import type { LegacyTemplate, LegacyVariable } from "../legacy-template.js";
import { attributeText, blockText, laidOut } from "./hcl-text.js";
import { referencedVariables, transposeCalls, transposeVariable, type UpgradeNeeds } from "./transpose-calls.js";

export interface UpgradedVariables {
  readonly variables: string;
  readonly locals: string;
}

/** Turns user variables into input variables, or into locals when their values call functions. */
export function upgradeVariables(template: LegacyTemplate, needs: UpgradeNeeds): UpgradedVariables {
  const declared = new Map(template.variables);
  for (const name of referencedVariables(template.source.text({ start: 0, end: template.source.bytes.length })))
    if (!declared.has(name)) declared.set(name, { name, defaultValue: "", isRequired: true });
  let variables = "";
  let locals = "";
  let plainLocals = "";
  for (const variable of [...declared.values()].sort((a, b) => compareBytes(a.name, b.name))) {
    const isSensitive = template.sensitiveVariables.includes(variable.name);
    if (!transposeVariable(variable.defaultValue).isLocal) {
      variables += transposeVariable(laidOut(`\n${variableText(variable, isSensitive)}`)).text;
      continue;
    }
    needs.locals.add(variable.name);
    if (isSensitive) locals += transposeCalls(`\n${sensitiveLocalText(variable)}`, needs);
    else plainLocals += attributeText(variable.name, variable.defaultValue);
  }
  if (plainLocals !== "") locals += transposeCalls(`\n${blockText("locals", [], plainLocals)}`, needs);
  return { variables, locals };
}

function variableText({ name, defaultValue, isRequired }: LegacyVariable, isSensitive: boolean): string {
  const value = defaultValue !== "" || !isRequired ? attributeText("default", defaultValue) : "";
  const sensitive = isSensitive ? attributeText("sensitive", true) : "";
  return blockText("variable", [name], `type = string\n${value}${sensitive}`);
}

function sensitiveLocalText({ name, defaultValue }: LegacyVariable): string {
  return blockText("local", [name], attributeText("sensitive", true) + attributeText("expression", defaultValue));
}
