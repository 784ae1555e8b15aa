import { LOCK_FILE_NAME, mergeLock, writeLockFile } from "@ingot/installer";
import { withPluginSession } from "../../../plugins/plugin-session.js";
import { lockedJson } from "../outcome-json.js";
import { forEachExternal, readSourceRequest } from "../source-command.js";
import type { Subcommand } from "../subcommand.js";
import { readLocked, sourceFlags } from "../template-arguments.js";

const HELP = `Usage: ingot plugins lock [options] TEMPLATE

  Writes the lock file without installing anything: the locked versions, or for
  plugins that are not locked yet the newest ones that fit, with the archives of
  all platforms. For the platforms that are given it also gets the archives and
  writes down what is in them, and fails when a plugin has none.

Options:

  -platform=linux_amd64         May be repeated.
  -mirror=DIR|URL               Get plugins from this folder or address, and
                                from nowhere else.
  -json                         Print the outcome as JSON instead of text.
  -var 'key=value'              Set a variable. May be repeated.
  -var-file=FILE                Set variables from a .pkrvars.hcl or .json file.
                                May be repeated.
  -config-type=hcl2             The language of a template whose name doesn't
                                tell it: hcl2 or json (default).

Examples:

  ingot plugins lock .
  ingot plugins lock -platform=linux_amd64 -platform=darwin_arm64 .
`;

export const lock: Subcommand = {
  help: HELP,
  run: async (context) => {
    const request = readSourceRequest(sourceFlags(), context, { help: HELP, least: 1, most: 1 });
    if (request === undefined) return 1;
    const { flags, positionals, platforms } = request;
    return await withPluginSession(context, { isJson: flags.json, mirror: flags.mirror }, async (session) => {
      const { ui } = session;
      const read = await readLocked(positionals[0] ?? ".", flags, { context, ui });
      if (typeof read === "number") return read;
      const known = read.lock.lock;
      const { results, hasFailed } = await forEachExternal(read.requirements, session, async (requirement) => {
        const locked = known.plugins.get(requirement.address.text);
        const { lockForPlatforms } = await import("../../../plugins/online.js");
        const entry = await lockForPlatforms(requirement, { locked, platforms }, await session.openContext());
        const keeps = !read.ownsFolder && locked?.version === entry.version;
        return keeps ? { ...entry, constraints: locked.constraints } : entry;
      });
      const merged = results.reduce(mergeLock, known);
      const isWritten = results.length > 0 && (await writeLockFile(read.folder, merged));
      const change = !isWritten ? "none" : read.lock.exists ? "updated" : "created";
      if (!hasFailed) ui.say(change === "none" ? `${LOCK_FILE_NAME} is complete.` : `Wrote ${LOCK_FILE_NAME}.`);
      ui.document({ plugins: results.map(lockedJson), lockFile: { path: read.lock.path, change } });
      return hasFailed ? 1 : 0;
    });
  },
};
