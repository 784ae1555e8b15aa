import { isError } from "@ingot/diag";
import { HELP } from "./help.js";
import { pack } from "./pack.js";
import { PackError } from "./pack-error.js";

/** The program `ingot-sdk`: its arguments are those after the program's name. */
export async function main(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  try {
    process.stdout.write(await run(command, rest));
  } catch (error) {
    // `instanceof` would miss errors of another realm.
    if (!isError(error) || error.name !== "PackError") throw error;
    process.stderr.write(`Error: ${error.message}\n`);
    process.exitCode = 1;
  }
}

async function run(command: string | undefined, rest: readonly string[]): Promise<string> {
  if (command === "pack") return await pack(rest);
  if (command === "--help" || command === "-h" || command === "help") return HELP;
  const given = command === undefined ? "No command was given" : `There is no command ${JSON.stringify(command)}`;
  throw new PackError(`${given}. The command is pack: npx @ingot/sdk pack --help tells more.`);
}
