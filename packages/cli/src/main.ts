import { globalHelp, COMMANDS, type CommandContext, type CommandEntry, type CommandName } from "./commands/registry.js";
import { checkStartup } from "./configuration/check-startup.js";
import { processConsole, type Console } from "./console.js";
import { readRequest, type Request } from "./top-level.js";
import type { CommandLog } from "./logging/command-log.js";
import { wantsAnyLog } from "./settings.js";
import { machineUi, textUi, type Ui } from "./ui.js";

/** Runs `ingot` with the process's arguments and sets the exit status. */
export async function main(options: { readonly installFolder: string }): Promise<void> {
  process.exitCode = await runMain(process.argv.slice(2), processConsole(options));
}

async function runMain(argv: readonly string[], given: Console): Promise<number> {
  const flagAt = argv.indexOf("-machine-readable");
  const machineReadable = flagAt !== -1;
  // Plugins and their scripts inherit it, as they do from Packer.
  const console = machineReadable ? { ...given, env: { ...given.env, PACKER_NO_COLOR: "1" } } : given;
  if ((console.env["COMP_LINE"] ?? "") !== "") {
    const { answerRequest } = await import("./completion/answer-request.js");
    await answerRequest(console);
    return 0;
  }
  const request = readRequest(machineReadable ? argv.toSpliced(flagAt, 1) : argv);
  let log: CommandLog | undefined;
  try {
    await checkStartup(console);
    if (request.kind === "run" && wantsAnyLog(console.env)) {
      log = (await import("./logging/command-log.js")).startCommandLog(console, request.command);
    }
  } catch (error) {
    // What is loaded later has a class of its own of that name.
    const { name, message } = error as Partial<Error>;
    if (name !== "StartupError" || message === undefined) throw error;
    console.stderr.write(message);
    return 1;
  }
  if (request.kind === "completion") {
    const { installCompletion } = await import("./completion/install.js");
    return installCompletion(request, console, process.argv[1] ?? "ingot");
  }
  if (request.kind === "help" && request.unknown !== undefined) {
    const { unknownCommandText } = await import("./unknown-command.js");
    console.stderr.write(unknownCommandText(request.unknown));
  }
  if (request.kind !== "run") return await showHelp(request, textUi(console.stdout));
  const ui = machineReadable
    ? machineUi(console.stdout, { mask: (text) => text, now: Date.now })
    : textUi(console.stdout);
  const { command, args } = request;
  const status = await runNamed(command, { args, console: log?.console ?? console, machineReadable }, ui);
  log?.end(status);
  return status;
}

/** Runs a command and reports what it rejects with. */
async function runNamed(command: CommandName, context: Omit<CommandContext, "early">, ui: Ui): Promise<number> {
  const { args, console } = context;
  const early = command === "build" ? (await import("./start-early.js")).startEarly(args, console) : undefined;
  try {
    const { runCommand } = await entryOf(command).load();
    return await runCommand({ ...context, early });
  } catch (error) {
    const { reportFailure } = await import("./report-failure.js");
    const printsEvents = args.some((arg) => /^--?json(=|$)/.test(arg));
    return reportFailure(error, { ui: printsEvents ? textUi(console.stderr) : ui, console });
  } finally {
    await early?.[Symbol.asyncDispose]();
    early?.stopListening();
  }
}

async function showHelp(request: Exclude<Request, { kind: "run" | "completion" }>, ui: Ui): Promise<number> {
  const help = request.command === undefined ? globalHelp() : (await entryOf(request.command).loadHelp()).HELP;
  if (request.kind === "help") {
    ui.say(help);
    return request.status;
  }
  ui.error(`Invalid flags before the subcommand: ${request.flags.join(", ")}`);
  ui.error("Options belong after the subcommand, and before the template.\n");
  ui.say(help);
  return 1;
}

function entryOf(name: CommandName): CommandEntry {
  return COMMANDS[name];
}
