import { parseArgs } from "node:util";
import { messageOf } from "@ingot/diag";
import { checkPlatform } from "./asset.js";
import { PackError } from "./pack-error.js";

/** What the command line asks for. */
export interface PackArguments {
  readonly entry?: string;
  readonly executables: ReadonlyMap<string, string>;
  readonly name?: string;
  readonly version?: string;
  readonly out: string;
  readonly sign?: string;
  readonly oci?: string;
  readonly site?: string;
}

/** Reads the arguments after `pack`; "help" when that is what they ask for. Throws PackError. */
export function parsePackArguments(args: readonly string[]): PackArguments | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  if (positionals.length > 1)
    throw new PackError(`One entry point can be given, not ${positionals.length}: ${positionals.join(" ")}`);
  const executables = readExecutables(values.executable ?? []);
  const [entry] = positionals;
  if (entry !== undefined && executables.size > 0) {
    throw new PackError(
      "An entry point is bundled; with --executable there is nothing to bundle. Give one of the two.",
    );
  }
  const { name, version, sign, oci, site } = values;
  const given = { entry, name, version: version?.replace(/^v/, ""), sign, oci, site };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...known, executables, out: values.out ?? "release" };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      // A bare --sign means the default key.
      args: args.map((argument) => (argument === "--sign" ? "--sign=" : argument)),
      allowPositionals: true,
      options: {
        executable: { type: "string", multiple: true },
        name: { type: "string" },
        version: { type: "string" },
        out: { type: "string" },
        sign: { type: "string" },
        oci: { type: "string" },
        site: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new PackError(`${messageOf(error).split(". ")[0]}. See npx @ingot/sdk pack --help.`, { cause: error });
  }
}

function readExecutables(texts: readonly string[]): ReadonlyMap<string, string> {
  const executables = new Map<string, string>();
  for (const text of texts) {
    const [platform = "", ...rest] = text.split("=");
    const file = rest.join("=");
    if (file === "") throw new PackError(`--executable takes PLATFORM=FILE, not ${JSON.stringify(text)}.`);
    checkPlatform(platform);
    if (executables.has(platform)) throw new PackError(`There are two executables for ${platform}.`);
    executables.set(platform, file);
  }
  return executables;
}
