import type { CommandStart } from "../machine.js";

/** Quotes a word for a POSIX shell. */
export function quoteWord(word: string): string {
  return /^[A-Za-z0-9_/.,:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * Quotes a path for the remote side of `scp`: `~`, `$NAME` and the signs of patterns keep their meaning there, and a backslash
 * stays for Windows; all else that a shell would treat in a special way is quoted.
 */
export function quoteRemotePath(path: string): string {
  const safe = path.startsWith("-") ? `./${path}` : path;
  return safe.replace(/[^A-Za-z0-9_./~$*?[\]{}@%+=:,^\\\u0080-\uffff-]/g, (sign) => `\\${sign}`);
}

/** Tells whether the shell of the other side would change a path. */
export function isPlainPath(path: string): boolean {
  return !/[$*?[\]{}`]/.test(path) && !/^~[^/]/.test(path);
}

/** Writes a command as one line: SSH knows nothing else. */
export function commandLine({ command, env, cwd }: CommandStart): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoteWord(value)}`);
  const isShell = typeof command === "string";
  const line = isShell ? command : command.map(quoteWord).join(" ");
  if (variables.length === 0 && cwd === undefined) return line;
  const inFolder = cwd === undefined ? "" : `cd ${quoteWord(cwd)} && `;
  const withVariables = variables.length === 0 ? "" : `env ${variables.join(" ")} `;
  return `${inFolder}exec ${withVariables}${isShell ? `sh -c ${quoteWord(command)}` : line}`;
}
