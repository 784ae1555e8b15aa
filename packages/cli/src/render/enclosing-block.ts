import { parseHcl, type BodyNode } from "@ingot/hcl";

/** A file may have many mistakes; it is read once. */
const bodies = new WeakMap<Uint8Array, BodyNode>();

/** The header of the outermost block around a place in a file, such as `source "null" "a"`; undefined outside of blocks. */
export function enclosingBlockHeader(place: {
  readonly filename: string;
  readonly source: Uint8Array;
  readonly byte: number;
}): string | undefined {
  if (place.filename.endsWith(".json")) return undefined;
  const body = bodies.get(place.source) ?? parseHcl(place).value;
  bodies.set(place.source, body);
  const block = body.blocks.find(({ start, end }) => start <= place.byte && place.byte < end);
  if (block === undefined) return undefined;
  return [block.type, ...block.labels.map(({ value }) => JSON.stringify(value))].join(" ");
}
