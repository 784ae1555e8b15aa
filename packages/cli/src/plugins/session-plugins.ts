import type { RequirePlugins } from "@ingot/engine";
import type { ChosenPlugin, PluginHost } from "@ingot/host";
import { mayChooseExternal } from "../configuration/check-startup.js";
import type { RunPluginsOptions } from "./run-plugins.js";

/** Joins a run with the plugins that are installed. What that needs is loaded when a template needs it: most need none. */
export interface SessionPlugins {
  readonly findInstalled: () => Promise<readonly ChosenPlugin[]>;
  /** Gives what a run calls to make the host use the plugins that its template requires. */
  readonly requireFor: (host: PluginHost) => RequirePlugins;
  /** The text of the lock file and of the configuration file, by the name that diagnostics use. */
  readonly readSource: (filename: string) => Uint8Array | undefined;
}

export function sessionPlugins(options: RunPluginsOptions): SessionPlugins {
  const read = new Map<string, Uint8Array>();
  return {
    readSource: (filename) => read.get(filename),
    findInstalled: async () => {
      const { findInstalled } = await import("./run-plugins.js");
      return await findInstalled(options);
    },
    requireFor:
      (host) =>
      async (required, { templateFolder }) => {
        if (required.length === 0 && !mayChooseExternal(options.console)) return [];
        const { findRequired } = await import("./run-plugins.js");
        const { value, diagnostics, sources } = await findRequired(required, templateFolder, options);
        for (const { filename, bytes } of sources) read.set(filename, bytes);
        host.choose(value);
        return diagnostics;
      },
  };
}
