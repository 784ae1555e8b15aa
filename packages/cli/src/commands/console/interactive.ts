import { createInterface } from "node:readline";
import type { ToolUi } from "../tools/tool-ui.js";
import { completions } from "./completions.js";
import { answerLine, type LineEvaluator } from "./line-evaluator.js";

/** Asks for lines on the terminal until the user leaves. Errors are shown and don't end it. */
export async function runInteractive(evaluator: LineEvaluator, ui: ToolUi): Promise<number> {
  const terminal = createInterface({
    ...{ input: process.stdin, output: process.stdout, prompt: "> ", historySize: 1000, removeHistoryDuplicates: true },
    completer: (line: string) => completions(line, evaluator.words),
  });
  return await new Promise((resolve) => {
    terminal.on("line", (line) => {
      if (line === "exit") {
        terminal.close();
        return;
      }
      ui.say(answerLine(line, evaluator).text);
      terminal.prompt();
    });
    // As in a shell: it drops what was typed, and leaves when nothing was.
    terminal.on("SIGINT", () => {
      if (terminal.line === "") {
        terminal.close();
        return;
      }
      process.stdout.write("^C\n");
      terminal.write(null, { ctrl: true, name: "e" });
      terminal.write(null, { ctrl: true, name: "u" });
    });
    terminal.on("close", () => {
      process.stdout.write("\n");
      resolve(0);
    });
    terminal.prompt();
  });
}
