import { parseHcl } from "@ingot/hcl";

/** The header of the outermost block around a place in a file, such as `source "null" "a"`; undefined outside of blocks. */
export function enclosingBlockHeader(place: {
  readonly filename: string;
  readonly source: Uint8Array;
  readonly byte: number;
}): string | undefined {
  if (place.filename.endsWith(".json")) return undefined;
  const { value: body } = parseHcl(place);
  const block = body.blocks.find(({ start, end }) => start <= place.byte && place.byte < end);
  if (block === undefined) return undefined;
  return [block.type, ...block.labels.map(({ value }) => JSON.stringify(value))].join(" ");
}
