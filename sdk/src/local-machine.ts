import { readLocalDir } from "./local-dir.js";
import { readRootedFile, writeRootedDir, writeRootedFile } from "./local-file.js";
import { runLocalCommand, type LocalCommand } from "./local-command.js";
import type { CommandStart, Machine } from "./machine.js";
import { openRooted } from "./rooted-path.js";

/** Options of a local machine. */
export interface LocalMachineOptions {
  /** The kind of connection for `build.ConnType`. Default "local". */
  readonly type?: string;
  /** The folder that is the machine's "/" in file transfers. Links in paths never lead out of it. Default: "/". */
  readonly root?: string;
  /** Put before each command, such as `["nsenter", "-t", "123", "-m"]`. */
  readonly spawnPrefix?: readonly string[];
  /** Makes the whole command, instead of `spawnPrefix`. */
  readonly spawn?: (start: CommandStart) => LocalCommand;
  /** The shell that runs command lines. Default: `["/bin/sh", "-c"]`. */
  readonly shell?: readonly string[];
  /** The environment of commands. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A machine that is this one, or a folder of it: runs commands as local processes and copies files below a root folder. */
export function localMachine(options: LocalMachineOptions = {}): Machine {
  const root = options.root ?? "/";
  return {
    type: options.type ?? "local",
    exec: (start, io) => {
      if (start.terminal !== undefined) return Promise.reject(new Error("This machine has no terminals."));
      return runLocalCommand(options.spawn?.(start) ?? toLocalCommand(start, options), io);
    },
    upload: (file, content, { signal }) => writeRootedFile(root, file, content, { signal }),
    download: (path) => readRootedFile(root, path),
    uploadDir: (destination, entries, { signal }) => writeRootedDir(root, destination, entries, { signal }),
    async *downloadDir(source, { exclude }) {
      const place = openRooted(root, source, { followLast: true });
      try {
        yield* readLocalDir(place.path, { exclude });
      } finally {
        place.close();
      }
    },
  };
}

function toLocalCommand(start: CommandStart, options: LocalMachineOptions): LocalCommand {
  const command =
    typeof start.command === "string" ? [...(options.shell ?? ["/bin/sh", "-c"]), start.command] : start.command;
  const env = { ...(options.env ?? process.env), ...start.env };
  const prefix = options.spawnPrefix ?? [];
  if (prefix.length === 0) return { argv: command, env, ...(start.cwd === undefined ? {} : { cwd: start.cwd }) };
  // The folder exists behind the prefix only.
  const inside = start.cwd === undefined ? command : ["/bin/sh", "-c", 'cd "$0" && exec "$@"', start.cwd, ...command];
  return { argv: [...prefix, ...inside], env };
}
