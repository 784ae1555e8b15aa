import { variablesOfAttribute, type BodyAttribute, type VariableReference } from "@ingot/hcl";

/** What a local or data source refers to, as far as the graph of locals and data sources minds. */
export interface GraphReferences {
  /** Keys of vertices: `local.x`, `data.type.name`. */
  readonly dependencies: readonly string[];
  /** True when the whole `local` object is used; it then shows what happens to be evaluated already. */
  readonly usesWholeLocal: boolean;
  /** True when the whole `data` object is used, or all data sources of one type. */
  readonly usesWholeData: boolean;
}

/** Picks the references to locals and data sources. */
export function graphReferences(references: readonly VariableReference[]): GraphReferences {
  const dependencies: string[] = [];
  let usesWholeLocal = false;
  let usesWholeData = false;
  for (const { name, steps } of references) {
    if (name !== "local" && name !== "data") continue;
    const names = steps.slice(0, name === "local" ? 1 : 2).map(stepName);
    if (names.length === (name === "local" ? 1 : 2) && names.every((step) => step !== undefined))
      dependencies.push([name, ...names].join("."));
    else if (name === "local") usesWholeLocal = true;
    else usesWholeData = true;
  }
  return { dependencies, usesWholeLocal, usesWholeData };
}

function stepName(step: VariableReference["steps"][number]): string | undefined {
  if (step.kind === "attribute") return step.name;
  return step.key.kind === "string" ? step.key.text : undefined;
}

/** The references of an argument, as `graphReferences`. */
export function graphReferencesOf(attribute: BodyAttribute): GraphReferences {
  return graphReferences(variablesOfAttribute(attribute));
}
