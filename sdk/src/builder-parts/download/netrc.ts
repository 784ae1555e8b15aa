import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** A login for a web server. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The login for a host in `$NETRC` or `~/.netrc`; undefined when there is none. */
export async function loginFor(host: string, environment: NodeJS.ProcessEnv = process.env): Promise<Login | undefined> {
  const name = process.platform === "win32" ? "_netrc" : ".netrc";
  const text = await readFile(environment["NETRC"] || join(homedir(), name), "utf8").catch(() => "");
  return parseNetrc(text, host);
}

/** Finds a host's login in a netrc file. The entry `default` is for all hosts that come after it in no other. */
export function parseNetrc(text: string, host: string): Login | undefined {
  const withoutMacros = text.replace(/^[^\S\n]*macdef[^\n]*\n(?:[^\n]+\n)*/gm, "");
  const words = withoutMacros.replace(/^\s*#.*$/gm, "").match(/"(?:\\.|[^"\\])*"|\S+/g) ?? [];
  let isOurs = false;
  let [username, password] = ["", ""];
  const value = (index: number): string => (words[index] ?? "").replace(/^"(.*)"$/s, "$1").replace(/\\(.)/gs, "$1");
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === "machine" || word === "default") {
      if (isOurs) break;
      isOurs = word === "default" || value(++index) === host;
    } else if (word === "login" || word === "password" || word === "account") {
      const text = value(++index);
      if (isOurs && word === "login") username = text;
      if (isOurs && word === "password") password = text;
    }
  }
  return isOurs && (username !== "" || password !== "") ? { username, password } : undefined;
}
