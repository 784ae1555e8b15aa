import { createHash } from "node:crypto";
import type { BuildDeclaration, ComponentBlock } from "@ingot/template";
import type { StepKind } from "./events.js";

/**
 * The identity of a build: made of its name and its source's place and content, so that it is the same in the next run of the same
 * template. `occurrence` tells apart builds that are the same in all that.
 */
export function buildIdentity(build: BuildDeclaration, occurrence: number): string {
  return shortHash("build", build.name, build.builder.identity, String(occurrence));
}

/** The identity of a step: its build, its kind, its place among the steps of that kind, and its block's place and content. */
export function stepIdentity(options: {
  readonly buildId: string;
  readonly kind: StepKind;
  readonly position: string;
  readonly block: ComponentBlock;
}): string {
  return shortHash("step", options.buildId, options.kind, options.position, options.block.identity);
}

function shortHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest("hex").slice(0, 16);
}
