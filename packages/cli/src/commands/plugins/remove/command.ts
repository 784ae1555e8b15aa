import { existsSync } from "node:fs";
import { realpath, rm } from "node:fs/promises";
import path from "node:path";
import { messageOf, type Diagnostic } from "@ingot/diag";
import { parsePluginAddress, type InstalledPlugin } from "@ingot/installer";
import { parseVersionConstraint, type VersionConstraint } from "@ingot/template";
import { withPluginSession, type PluginSession } from "../../../plugins/plugin-session.js";
import { systemErrorText } from "../system-error-text.js";
import { argumentUi, type Subcommand } from "../subcommand.js";

const HELP = `Usage: ingot plugins remove [-json] <plugin> [<version constraint>]

  Removes an installed plugin: all versions for this platform, or those that
  meet the constraint. Instead of a plugin the path of one that "plugins
  installed" lists may be given, then without a constraint.

Options:

  -json                         Print the files that are gone as JSON.

Examples:

  ingot plugins remove github.com/acme/greet
  ingot plugins remove github.com/acme/greet "< 2.0.0"
  ingot plugins remove ~/.config/ingot/plugins/github.com/acme/greet/ingot-plugin-greet_v1.0.0_p1_any.json
`;

/** There are no flags but -json, as in the reference. */
export const remove: Subcommand = {
  help: HELP,
  run: async (context) => {
    const isJson = /^--?json(=true)?$/.test(context.args[0] ?? "");
    const [target, constraintText, ...others] = isJson ? context.args.slice(1) : context.args;
    if (target === undefined || others.length > 0) {
      argumentUi(context).say(HELP);
      return 1;
    }
    return await withPluginSession(context, { isJson }, async (session) => {
      const removed = path.isAbsolute(target)
        ? await removeFile(target, constraintText, session)
        : await removeVersions(target, constraintText, session);
      session.ui.document({ removed: removed ?? [] });
      return removed === undefined ? 1 : 0;
    });
  },
};

/** Gives the files that are gone; undefined after an error, which was told. */
async function removeVersions(
  source: string,
  constraintText: string | undefined,
  { ui, store, signal }: PluginSession,
): Promise<readonly string[] | undefined> {
  const address = parsePluginAddress(source);
  if ("problem" in address) {
    ui.error(`Invalid source string ${JSON.stringify(source)}: ${address.problem}`);
    return undefined;
  }
  const parsed = constraintText === undefined ? { constraint: [] } : parseVersionConstraint(constraintText);
  if ("problem" in parsed) {
    ui.error(lowerFirst(parsed.problem));
    return undefined;
  }
  const constraint: VersionConstraint = parsed.constraint;
  const found = await store.list({ address, constraint, checkApi: false }, { signal });
  if (found.length === 0) {
    const what = [source, ...(constraintText === undefined ? [] : [constraintText])].join(" ");
    ui.error(`No installed plugin found matching the plugin constraints ${what}`);
    return undefined;
  }
  const removed: string[] = [];
  for (const plugin of found) {
    const place = store.placeOf(plugin);
    try {
      removed.push(...(await store.remove(plugin)));
      ui.message(place);
    } catch (error) {
      ui.error(`Failed to remove plugin ${JSON.stringify(place)}: ${JSON.stringify(messageOf(error))}`);
    }
  }
  return removed;
}

async function removeFile(
  file: string,
  constraintText: string | undefined,
  session: PluginSession,
): Promise<readonly string[] | undefined> {
  const { ui, store } = session;
  if (constraintText !== undefined) {
    ui.error("Unsupported: no version constraint may be specified with a local plugin path.\n");
    if (!ui.isJson) ui.say(HELP);
    return undefined;
  }
  // A link in the plugin folder must not lead to other files.
  const realFile = path.join(await realPath(path.dirname(file)), path.basename(file));
  const realRoots = await Promise.all(store.folders.map(realPath));
  const isTheirs = store.folders.some(
    (root, index) => isInside(path.normalize(file), root) && isInside(realFile, realRoots[index] ?? ""),
  );
  if (!isTheirs) {
    const detail = `The path ${JSON.stringify(file)} is not under the plugin directory inferred by Ingot (${store.folders.join(", ")}) and will not be removed.`;
    ui.diagnostics([{ severity: "error", summary: "Invalid plugin location", detail }]);
    return undefined;
  }
  try {
    const plugin = await findByPath(file, session);
    const removed = plugin === undefined ? await removeUnknown(file) : await store.remove(plugin);
    ui.message(file);
    return removed;
  } catch (error) {
    const detail = `The plugin ${JSON.stringify(file)} failed to be deleted with the following error: ${JSON.stringify(systemErrorText("remove", file, error))}`;
    ui.diagnostics([deletionFailure(detail)]);
    return undefined;
  }
}

function isInside(file: string, folder: string): boolean {
  const inside = path.relative(folder, file);
  return inside !== "" && !path.isAbsolute(inside) && inside.split(path.sep)[0] !== "..";
}

async function realPath(folder: string): Promise<string> {
  return await realpath(folder).catch(() => path.normalize(folder)); // it need not be there
}

async function findByPath(file: string, { store, signal }: PluginSession): Promise<InstalledPlugin | undefined> {
  const plugins = await store.list({ checkApi: false }, { signal });
  return plugins.find((plugin) => [store.placeOf(plugin), plugin.executable].includes(path.normalize(file)));
}

/** What is no plugin in order goes too, as in the reference. */
async function removeUnknown(file: string): Promise<readonly string[]> {
  await rm(file);
  const checksum = `${file}_SHA256SUM`;
  if (!existsSync(checksum)) return [file];
  await rm(checksum);
  return [file, checksum];
}

function deletionFailure(detail: string): Diagnostic {
  return { severity: "error", summary: "Failed to delete plugin", detail };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
