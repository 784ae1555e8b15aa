import { createHash } from "node:crypto";
import {
  variablesOf,
  variablesOfBodyNode,
  type BlockNode,
  type BodyBlock,
  type BodyNode,
  type SourceFile,
  type VariableReference,
} from "@ingot/hcl";

/**
 * Finds the text and the references of a whole block, nested blocks included, whatever its schema. Blocks in native syntax are
 * looked up in the syntax trees; in JSON everything is an argument.
 */
export class BlockIndex {
  readonly #roots = new Map<SourceFile, BodyNode>();
  readonly #nodes = new Map<SourceFile, Map<number, BlockNode>>();

  addFile(root: BodyNode): void {
    this.#roots.set(root.file, root);
  }

  /** Lists the variables that anything in the block refers to. */
  references(block: BodyBlock): readonly VariableReference[] {
    const node = this.#find(block);
    if (node) return variablesOfBodyNode(node.body);
    const attributes = [...block.body.justAttributes().value.values()];
    return attributes.flatMap(({ expression, file }) => variablesOf(expression, file));
  }

  /** A short text that differs for blocks that say different things. */
  fingerprint(block: BodyBlock): string {
    const hash = createHash("sha256");
    const node = this.#find(block);
    if (node) hash.update(block.file.bytes.subarray(node.start, node.end));
    else
      for (const { file, span } of block.body.justAttributes().value.values())
        hash.update(file.bytes.subarray(span.start, span.end));
    return hash.digest("hex").slice(0, 16);
  }

  #find({ file, headerSpan }: BodyBlock): BlockNode | undefined {
    const root = this.#roots.get(file);
    if (root === undefined) return undefined;
    let nodes = this.#nodes.get(file);
    if (nodes === undefined) {
      nodes = new Map();
      collect(root, nodes);
      this.#nodes.set(file, nodes);
    }
    return nodes.get(headerSpan.start);
  }
}

function collect(body: BodyNode, nodes: Map<number, BlockNode>): void {
  for (const block of body.blocks) {
    nodes.set(block.headerSpan.start, block);
    collect(block.body, nodes);
  }
}
