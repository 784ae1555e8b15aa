import { parsePluginSource } from "@ingot/template";

/** Where a plugin comes from: `HOST/NAMESPACE.../NAME`, such as `github.com/acme/greet`. */
export interface PluginAddress {
  /** As typed. */
  readonly text: string;
  readonly host: string;
  /** What stands between host and name; at least one part. */
  readonly namespace: readonly string[];
  readonly name: string;
}

/** Reads an address, or says what is wrong with it in the words that `required_plugins` uses. */
export function parsePluginAddress(text: string): PluginAddress | { readonly problem: string } {
  const source = parsePluginSource(text);
  if ("problem" in source) return source;
  const [host = "", ...rest] = text.split("/");
  return { text, host, namespace: rest.slice(0, -1), name: source.name };
}
