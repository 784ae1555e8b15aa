import type { ComponentRef } from "@ingot/engine";

/** Says a component as messages do: `builder "oci"`. */
export function componentText({ kind, name }: ComponentRef): string {
  return `${kind} "${name}"`;
}
