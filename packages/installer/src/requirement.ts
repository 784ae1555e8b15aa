import type { RequiredPlugin, VersionConstraint } from "@ingot/template";
import { InstallError } from "./install-error.js";
import { parsePluginAddress, type PluginAddress } from "./plugin-address.js";

/** A plugin that is wanted, once for each address, however many local names it has. */
export interface Requirement {
  readonly address: PluginAddress;
  /** In the order of the template; empty for a plugin that no template asks for. */
  readonly localNames: readonly string[];
  /** All terms must hold. Empty: any release. */
  readonly constraint: VersionConstraint;
  /** As written; several joined by commas. */
  readonly constraintText: string;
}

/** What a template requires, by address. */
export function requirementsOf(required: readonly RequiredPlugin[]): readonly Requirement[] {
  const byAddress = new Map<string, Requirement>();
  for (const { localName, source, constraint, constraintText } of required) {
    const known = byAddress.get(source.text);
    byAddress.set(source.text, {
      address: mustParseAddress(source.text),
      localNames: [...(known?.localNames ?? []), localName],
      constraint: [...(known?.constraint ?? []), ...constraint],
      constraintText: joinTexts(known?.constraintText, constraintText),
    });
  }
  return [...byAddress.values()];
}

function joinTexts(first: string | undefined, second: string): string {
  return first === undefined || first === second ? second : `${first}, ${second}`;
}

/** Reads an address. Throws InstallError when it is none. */
export function mustParseAddress(text: string): PluginAddress {
  const address = parsePluginAddress(text);
  if ("problem" in address) throw new InstallError(address.problem);
  return address;
}
