import { InstallError } from "../install-error.js";
import { platformText, type Platform } from "../platform.js";
import { printable } from "../printable.js";

/** The names that the executable of a plugin may have, for a platform. */
export function executableNames(name: string, platform: Platform): readonly string[] {
  const stem = `ingot-plugin-${name}`;
  const scripts = [`${stem}.mjs`, `${stem}.js`];
  if (platform.os === "any") return scripts;
  return [platform.os === "windows" ? `${stem}.exe` : stem, ...scripts];
}

/** Tells whether a file of this name is a plugin's executable. */
export function isExecutableName(name: string): boolean {
  return /^ingot-plugin-[a-z0-9]+(?:-[a-z0-9]+)*(?:\.exe|\.mjs|\.js)?$/.test(name);
}

const COMPANIONS = /^(?:LICEN[CS]E|README|CHANGELOG|NOTICE|COPYING)(?:[-.][A-Za-z0-9.-]*)?$/i;

/** Tells whether a file of this name is kept beside the executable. */
export function isCompanionName(fileName: string, pluginName: string): boolean {
  return COMPANIONS.test(fileName) || fileName === `ingot-plugin-${pluginName}.describe.json`;
}

/**
 * Finds the executable among the files of an archive. Throws InstallError when there is none, more than one, or that of another
 * plugin or system.
 */
export function chooseExecutable<T extends { readonly name: string }>(
  files: readonly T[],
  { name, platform }: { readonly name: string; readonly platform: Platform },
): T {
  const wanted = executableNames(name, platform);
  const found = files.filter((file) => wanted.includes(file.name));
  const others = files.filter((file) => isExecutableName(file.name) && !wanted.includes(file.name));
  const [executable] = found;
  if (others.length > 0) {
    throw new InstallError(
      `The archive has ${listed(others)}, which is not the plugin ${JSON.stringify(name)} for ${platformText(platform)}. Expected: ${wanted.join(" or ")}.`,
    );
  }
  if (found.length > 1) throw new InstallError(`The archive has several executables: ${listed(found)}.`);
  if (executable === undefined) {
    const inside = files.length === 0 ? "It is empty" : `It has ${listed(files.slice(0, 5))}`;
    throw new InstallError(`The archive lacks the executable ${wanted.join(" or ")}. ${inside}.`);
  }
  return executable;
}

function listed(files: readonly { readonly name: string }[]): string {
  return files.map(({ name }) => JSON.stringify(printable(name))).join(", ");
}
