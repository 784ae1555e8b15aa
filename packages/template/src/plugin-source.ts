/** Where a required plugin comes from: `HOST/PATH.../NAME`, as typed. */
export interface PluginSource {
  readonly text: string;
  /** The last part. */
  readonly name: string;
}

const MOST_PARTS = 16;
const LABEL = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u;

/** Reads a plugin's source address, or lists what is wrong with it. */
export function parsePluginSource(text: string): PluginSource | { readonly problem: string } {
  const faults = addressFaults(text);
  if (faults.length > 0) {
    const list = faults.map((fault) => `* ${fault}`).join("\n");
    return {
      problem: `The provided source URL is invalid.\nThe following errors have been discovered:\n${list}\n\nA valid source looks like "github.com/hashicorp/happycloud"`,
    };
  }
  const parts = text.split("/");
  const name = parts.at(-1) ?? "";
  if (parts.length > MOST_PARTS)
    return {
      problem: `The source URL must have at most ${MOST_PARTS} components, and the one provided has ${parts.length}.`,
    };
  const label = labelFault(name);
  if (label !== undefined) return { problem: `Invalid plugin type ${JSON.stringify(name)} in source: ${label}"` };
  const prefixed = /^(?:packer-(?:plugin-)?|ingot-plugin-)/.exec(name)?.[0];
  const rest = name.slice(prefixed?.length);
  if (prefixed === "ingot-plugin-")
    return {
      problem: `Plugin source has a type with the prefix "ingot-plugin-", which isn't valid: repositories and files have it, sources don't.\n\nDid you mean ${JSON.stringify(rest)}?`,
    };
  if (prefixed === "packer-plugin-")
    return {
      problem: `Plugin source has a type with the prefix "packer-plugin-", which isn't valid.\nAlthough that prefix is often used in the names of version control repositories for Packer plugins, plugin source strings should not include it.\n\nDid you mean ${JSON.stringify(rest)}?`,
    };
  if (prefixed !== undefined)
    return {
      problem: `Plugin source has a type with the "packer-" prefix, which isn't valid.\nIf you are the author of this plugin, rename it to not include the prefix.\nEx: ${JSON.stringify(rest)}`,
    };
  return { text, name };
}

function addressFaults(text: string): string[] {
  const faults: string[] = [];
  if (text.startsWith("/")) faults.push("A source URL must not start with a '/' character.");
  if (text.endsWith("/")) faults.push("A source URL must not end with a '/' character.");
  if (text.split("/").length < 3) faults.push("A source URL must at least contain a host and a path with 2 components");
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) faults.push("A source URL must not contain a scheme (e.g. https://).");
  if (text.includes("?")) faults.push("A source URL must not contain a query (e.g. ?var=val)");
  if (text.includes("#")) faults.push("A source URL must not contain a fragment (e.g. #anchor).");
  if (/[\s\\<>^`{|}]/.test(text)) faults.push("The source URL is not a URL.");
  return faults;
}

function labelFault(name: string): string | undefined {
  if (name.includes("--")) return "cannot use multiple consecutive dashes";
  if (name.includes(".")) return "dots are not allowed";
  if (!LABEL.test(name))
    return "must contain only letters, digits, and dashes, and may not use leading or trailing dashes";
  return undefined;
}

/** What is wrong with the local name of a required plugin: a summary's detail, or undefined. */
export function localNameFault(name: string): string | undefined {
  const fault = labelFault(name);
  if (fault !== undefined) return `${name} is an invalid plugin local name: ${fault}`;
  const normal = name.normalize("NFC").toLowerCase();
  return normal === name
    ? undefined
    : `Plugin names must be normalized. Replace ${JSON.stringify(name)} with ${JSON.stringify(normal)} to fix this error.`;
}
