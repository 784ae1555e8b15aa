import type { RunCommand } from "../commands/registry.js";
import { SUBCOMMANDS } from "../commands/plugins/command.js";
import type { Console } from "../console.js";
import type { Candidate } from "./complete.js";

/** The plugins that come with Ingot. */
const OWN = ["core", "oci"];

/** What fits as the next argument of a command below `plugins`. Undefined: its arguments are files, or free. */
export async function pluginWords(
  command: string,
  { positionals, console }: { readonly positionals: readonly string[]; readonly console: Console },
): Promise<readonly Candidate[] | undefined> {
  const [plugin, ...more] = positionals;
  if (command === "describe") {
    if (plugin === undefined)
      return [...OWN, ...(await installedSources(console))].map((text) => ({ text, summary: "" }));
    if (more.length > 0) return [];
    return componentsIn(await ask(console, ["describe", "-json", plugin]));
  }
  if (command === "remove" && plugin === undefined) {
    return (await installedSources(console)).map((text) => ({ text, summary: "" }));
  }
  return command === "remove" || command === "installed" ? [] : undefined;
}

function componentsIn(description: unknown): readonly Candidate[] {
  const { components = [] } = description as { components?: readonly { name: string; summary?: string }[] };
  const byName = new Map(components.map(({ name, summary = "" }) => [name, summary]));
  return [...byName].map(([text, summary]) => ({ text, summary: summary.replace(/\. .*$|\.$/s, "") }));
}

async function installedSources(console: Console): Promise<readonly string[]> {
  const { plugins = [] } = (await ask(console, ["installed", "-json"])) as { plugins?: readonly { source?: string }[] };
  return [...new Set(plugins.flatMap(({ source }) => source ?? []))];
}

/** What a command prints as JSON; an empty object when it can't. */
async function ask(console: Console, [name = "", ...args]: readonly string[]): Promise<object> {
  const run: RunCommand | undefined = SUBCOMMANDS[name]?.run;
  let text = "";
  const output = { isTerminal: false, columns: 80 };
  const quiet = {
    ...console,
    stdout: { ...output, write: (piece: string) => void (text += piece) },
    stderr: { ...output, write: () => undefined },
  };
  try {
    await run?.({ args, console: quiet, machineReadable: false });
    return JSON.parse(text) as object;
  } catch {
    return {}; // a shell that completes has no place for messages
  }
}
