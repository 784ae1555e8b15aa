/** A flag as a command's help lists it. */
export interface FlagHelp {
  /** Without dashes. */
  readonly name: string;
  /** Switches take a value only after `=`. */
  readonly isSwitch: boolean;
  readonly summary: string;
}

/** Reads the flags out of a command's help, so that they are listed in one place only. */
export function listFlags(help: string): readonly FlagHelp[] {
  const flags: FlagHelp[] = [];
  for (const match of help.matchAll(/^ {2}-([a-z][a-z-]*)(=\S+| '[^']+')?(?: {2,}(.*))?((?:\n {10,}\S.*)*)/gm)) {
    const [, name = "", value = "", first = "", rest = ""] = match;
    const summary = `${first} ${rest}`.replaceAll(/\s+/g, " ").trim();
    flags.push({ name, isSwitch: value === "" || value === "=false", summary: summary.replace(/\.( .*)?$/, "") });
  }
  return flags;
}

/** Reads the commands out of the help of the command above them. */
export function listCommands(help: string): readonly { readonly text: string; readonly summary: string }[] {
  return [...help.matchAll(/^ {4}([a-z]+) {2,}(\S.*)$/gm)].map(([, text = "", summary = ""]) => ({ text, summary }));
}
