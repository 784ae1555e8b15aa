import type { Diagnostic } from "@ingot/diag";
import { suggestionSentence } from "@ingot/hcl";
import { FIRST_PARTY_NAMES } from "@ingot/installer";
import type { Configuration } from "./read-configuration.js";

/** The plugins that come with Ingot and are wanted from elsewhere, and a warning for each name that is none of them. */
export function externalPlugins({ entries, rangeOf }: Configuration): {
  readonly names: readonly string[];
  readonly warnings: readonly Diagnostic[];
} {
  const list = entries.get("external_plugins");
  if (!Array.isArray(list)) return { names: [], warnings: [] };
  const values: readonly unknown[] = list;
  const warnings = values.flatMap((value, index): readonly Diagnostic[] => {
    const name = String(value);
    if (FIRST_PARTY_NAMES.includes(name)) return [];
    const subject = rangeOf(list, index);
    return [{ severity: "warning", ...text(name), ...(subject === undefined ? {} : { subject }) }];
  });
  return { names: values.map(String).filter((name) => FIRST_PARTY_NAMES.includes(name)), warnings };
}

function text(name: string): Pick<Diagnostic, "summary" | "detail"> {
  const known = FIRST_PARTY_NAMES.map((one) => JSON.stringify(one)).join(", ");
  const similar = suggestionSentence(lastPart(name), FIRST_PARTY_NAMES);
  return {
    summary: 'Unknown plugin in "external_plugins"',
    detail: `No plugin called ${JSON.stringify(name)} comes with Ingot, so this changes nothing.${similar} Those that do are ${known}. All other plugins come from elsewhere anyway.`,
  };
}

/** The name in an address, for those who wrote one. */
function lastPart(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
