import path from "node:path";
import { currentPlatform, parsePlatform, uniquePlatforms, type LockedPlugin, type Platform } from "@ingot/installer";
import { goQuote } from "@ingot/template";
import { withPluginSession } from "../../../plugins/plugin-session.js";
import { forEachExternal, readSourceRequest } from "../source-command.js";
import type { Subcommand } from "../subcommand.js";
import { readLocked, sourceFlags } from "../template-arguments.js";

const HELP = `Usage: ingot plugins vendor [options] DIR [TEMPLATE]

  Copies the plugins that the template requires (default: those of the current
  folder) into a folder, from which "ingot init -mirror=DIR" installs them on a
  machine without a network. A web server may serve it as it is. It takes the
  locked versions, or the newest that fit, and adds to what is there already.

Options:

  -platform=linux_amd64         Which platforms to copy archives for. May be
                                repeated. Default: this one, and those whose
                                content the lock file knows.
  -mirror=DIR|URL               Get plugins from this folder or address, and
                                from nowhere else.
  -json                         Print what was copied as JSON instead of text.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).

Examples:

  ingot plugins vendor /media/plugins
  ingot plugins vendor -platform=linux_amd64,linux_arm64 mirror images.pkr.hcl
`;

export const vendor: Subcommand = {
  help: HELP,
  run: async (context) => {
    const request = readSourceRequest(sourceFlags(), context, { help: HELP, least: 1, most: 2 });
    if (request === undefined) return 1;
    const { flags, positionals, platforms } = request;
    const [folder = "", template = "."] = positionals;
    const mirror = path.resolve(context.console.workingDirectory, folder);
    return await withPluginSession(context, { isJson: flags.json, mirror: flags.mirror }, async (session) => {
      const { ui } = session;
      const read = await readLocked(template, flags, { context, ui });
      if (typeof read === "number") return read;
      const { results, hasFailed } = await forEachExternal(read.requirements, session, async (requirement) => {
        const locked = read.lock.lock.plugins.get(requirement.address.text);
        const wanted = platforms.length > 0 ? platforms : defaultPlatforms(locked);
        const { vendorPlugin } = await import("../../../plugins/online.js");
        const copied = await vendorPlugin(
          requirement,
          { mirror, locked, platforms: wanted },
          await session.openContext(),
        );
        ui.say(`Copied ${requirement.address.text} v${copied.version} to ${goQuote(copied.folder)}`);
        return {
          source: requirement.address.text,
          version: copied.version,
          folder: copied.folder,
          files: copied.files,
        };
      });
      ui.document({ mirror, plugins: results });
      return hasFailed ? 1 : 0;
    });
  },
};

function defaultPlatforms(locked: LockedPlugin | undefined): readonly Platform[] {
  const known = Object.keys(locked?.contents ?? {}).flatMap((text) => parsePlatform(text) ?? []);
  return uniquePlatforms([currentPlatform(), ...known.filter(({ arch }) => arch !== "")]);
}
