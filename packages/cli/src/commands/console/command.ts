import { parseFlags } from "../../flags/parse-flags.js";
import type { CommandContext, RunCommand } from "../registry.js";
import { loadToolTemplate, type ToolTemplate } from "../tools/load-template.js";
import { toolFlags } from "../tools/tool-flags.js";
import { toolUi, type ToolUi } from "../tools/tool-ui.js";
import { HELP } from "./help.js";
import { answerLine, type LineEvaluator } from "./line-evaluator.js";

/** `ingot console`: evaluates what is typed or piped in. */
export const runCommand: RunCommand = async (context) => {
  const ui = toolUi(context);
  const flags = parseFlags(toolFlags(), context.args);
  if (!flags.ok) {
    ui.error(flags.message);
    ui.say(HELP);
    return 1;
  }
  const [template, ...others] = flags.positionals;
  const given = others.length === 0 && template !== "" ? template : undefined; // more than one counts as none
  const loaded = loadToolTemplate(given, { flags: flags.values, context, ui });
  if (loaded === undefined) return 1;
  const options = { context, ui, isSequential: flags.values["use-sequential-evaluation"] };
  if (process.stdin.isTTY) {
    const { runInteractive } = await import("./interactive.js");
    return await runInteractive(await openEvaluator(loaded, options), ui);
  }
  const lines = await readLines(context);
  return answerAll(lines, await openEvaluator(loaded, { ...options, lines }), ui);
};

async function openEvaluator(
  loaded: ToolTemplate,
  options: {
    readonly context: CommandContext;
    readonly ui: ToolUi;
    readonly isSequential: boolean;
    readonly lines?: readonly string[];
  },
): Promise<LineEvaluator> {
  if (loaded.language === "json") {
    const { openLegacyEvaluator } = await import("./legacy-evaluator.js");
    return openLegacyEvaluator(loaded.parsed, { world: loaded.world, ui: options.ui });
  }
  const { openHclEvaluator } = await import("./hcl-evaluator.js");
  return await openHclEvaluator({ ...options, parsed: loaded.parsed, world: loaded.world });
}

async function readLines({ console }: CommandContext): Promise<readonly string[]> {
  const text = new TextDecoder().decode(await console.readInput());
  const lines = text.split("\n").map((line) => line.trim());
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Answers all lines and prints what the last one gave. The last line with something wrong decides the status. */
function answerAll(lines: readonly string[], evaluator: LineEvaluator, ui: ToolUi): number {
  let status = 0;
  let last = "";
  for (const line of lines) {
    const answer = answerLine(line, evaluator);
    last = answer.text;
    status = answer.status ?? status;
  }
  ui.message(last);
  return status;
}
