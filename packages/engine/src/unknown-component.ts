import type { Diagnostic, SourceRange } from "@ingot/diag";
import { suggestName } from "@ingot/hcl";
import type { ComponentRef } from "./plugin-set.js";

const KIND_WORDS = {
  builder: "source",
  provisioner: "provisioner",
  "post-processor": "post-processor",
  "data-source": "data source",
  communicator: "communicator",
} as const;

/**
 * Says that no plugin offers a component: with the name that was probably meant, or with what to do. `written` is the keyword in the
 * template, where it is not the kind.
 */
export function unknownComponent(
  component: ComponentRef,
  options: { readonly subject: SourceRange; readonly known: readonly string[]; readonly written?: string },
): Diagnostic {
  const { kind, name } = component;
  const word = KIND_WORDS[kind];
  const summary =
    kind === "builder" ? `Unknown source type ${name}` : `Unknown ${options.written ?? word} type "${name}"`;
  const similar = suggestName(name, options.known);
  const detail = similar === undefined ? adviceFor(word, name, options.known) : `Did you mean to use "${similar}"?`;
  return { severity: "error", summary, detail, subject: options.subject };
}

function adviceFor(word: string, name: string, known: readonly string[]): string {
  const family = name.split("-", 1)[0] ?? name;
  const offered = known.length === 0 ? "none" : known.join(", ");
  return [
    `No plugin offers the ${word} type "${name}"; it is probably part of a plugin that is not installed.`,
    `Name its plugin in required_plugins and run ingot init; or, while you write one, put the folder of ingot-plugin-${family} into INGOT_PLUGIN_PATH.`,
    `Known ${word} types: ${offered}.`,
  ].join("\n");
}
