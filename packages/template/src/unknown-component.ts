import type { Diagnostic, SourceRange } from "@ingot/diag";
import { suggestName } from "@ingot/hcl";
import type { TemplateComponentKind } from "./list-components.js";

export interface UnknownComponent {
  readonly kind: TemplateComponentKind | "error-cleanup-provisioner";
  readonly name: string;
  /** The names that would do, in the order of preference for "did you mean". */
  readonly known: readonly string[];
  readonly range: SourceRange;
}

const NOUNS = {
  builder: "source",
  provisioner: "provisioner",
  "error-cleanup-provisioner": "error-cleanup-provisioner",
  "post-processor": "post-processor",
  "data-source": "data",
} as const;

/** Says that no plugin offers a component. */
export function unknownComponent({ kind, name, known, range }: UnknownComponent): Diagnostic {
  const noun = NOUNS[kind];
  const shown = kind === "builder" || kind === "data-source" ? name : JSON.stringify(name);
  const summary = `Unknown ${noun} type ${shown}`;
  return { severity: "error", summary, detail: detailFor({ kind, name, known, range }), subject: range };
}

function detailFor({ kind, name, known }: UnknownComponent): string {
  if (kind === "data-source") return `known data sources: [${known.join(" ")}]`;
  const suggestion = suggestName(name, known);
  if (suggestion !== undefined) return `Did you mean to use ${JSON.stringify(suggestion)}?`;
  const [plugin = name] = name.split("-");
  return [
    `The ${NOUNS[kind]} ${name} is unknown by Packer, and is likely part of a plugin that is not installed.`,
    "You may find the needed plugin along with installation instructions documented on the Packer integrations page.",
    "",
    `https://developer.hashicorp.com/packer/integrations?filter=${plugin}`,
  ].join("\n");
}
