import type { ContentSchema } from "@ingot/hcl";

const none: readonly string[] = [];

/** What a template may contain. Suggestions follow this order. */
export const TOP_LEVEL: ContentSchema = {
  attributes: [],
  blocks: [
    { type: "packer", labelNames: none },
    { type: "source", labelNames: ["type", "name"] },
    { type: "variables", labelNames: none },
    { type: "variable", labelNames: ["name"] },
    { type: "locals", labelNames: none },
    { type: "local", labelNames: ["name"] },
    { type: "data", labelNames: ["type", "name"] },
    { type: "build", labelNames: none },
    { type: "hcp_packer_registry", labelNames: none },
    { type: "communicator", labelNames: ["type", "name"] },
  ],
};

/** The content schema of a body with these arguments, none of them required. */
export function optionalArguments(...names: readonly string[]): ContentSchema {
  return { attributes: names.map((name) => ({ name, required: false })), blocks: [] };
}
