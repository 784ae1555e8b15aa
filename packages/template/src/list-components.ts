import type { BodyBlock } from "@ingot/hcl";

export type TemplateComponentKind = "builder" | "provisioner" | "post-processor" | "data-source";

/** A component that a template names. */
export interface TemplateComponent {
  readonly kind: TemplateComponentKind;
  readonly name: string;
}

const BUILD_BLOCKS = [
  { type: "provisioner", labelNames: ["type"] },
  { type: "error-cleanup-provisioner", labelNames: ["type"] },
  { type: "post-processor", labelNames: ["type"] },
  { type: "post-processors", labelNames: [] },
];

/** Lists the components that top-level blocks name, each once, without what only dynamic blocks produce. */
export function listComponents(blocks: readonly BodyBlock[]): readonly TemplateComponent[] {
  const found = new Map<string, TemplateComponent>();
  const add = (kind: TemplateComponentKind, name: string | undefined): void => {
    if (name !== undefined) found.set(`${kind} ${name}`, { kind, name });
  };
  const visit = (block: BodyBlock): void => {
    const [label] = block.labels;
    if (block.type === "source") add("builder", label);
    else if (block.type === "data") add("data-source", label);
    else if (block.type === "post-processor") add("post-processor", label);
    else if (block.type === "provisioner" || block.type === "error-cleanup-provisioner") add("provisioner", label);
    else if (block.type === "build" || block.type === "post-processors")
      block.body.partialContent({ attributes: [], blocks: BUILD_BLOCKS }).value.content.blocks.forEach(visit);
  };
  blocks.forEach(visit);
  return [...found.values()];
}
