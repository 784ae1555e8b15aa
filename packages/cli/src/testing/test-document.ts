import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, jest, test } from "@jest/globals";
import { DocumentShell } from "./document-shell.js";
import { codeBlocks, containsJson, fileNameOf, missingLine, type CodeBlock } from "./document.js";

/** Languages of blocks that are only shown. */
const SHOWN = new Set(["text", "mermaid"]);

/** Defines tests that run every code block of a Markdown file of the repository, in order: see `runBlock` for what that means. */
export function testDocument(name: string): void {
  jest.setTimeout(420_000); // a block may have to build the example plugins
  describe(name, () => {
    const all = codeBlocks(readFileSync(new URL(`../../../../${name}`, import.meta.url), "utf8"));
    const blocks = all.filter(({ language, words }) => !SHOWN.has(language) && !words.includes("not-run"));
    let shell: DocumentShell | undefined;
    afterAll(() => shell?.[Symbol.dispose]());

    test.each(blocks.map((block) => ({ ...block, title: titleOf(block) })))("line $line: $title", (block) =>
      runBlock((shell ??= new DocumentShell()), block),
    );

    test("uses every template that it shows", () => {
      const commands = blocks.filter(({ language }) => language === "sh").map(({ text }) => text);
      const templates = blocks.filter(({ language }) => language === "hcl").map((block) => fileNameOf(block) ?? "");
      expect(templates.filter((file) => !commands.some((text) => text.includes(file)))).toEqual([]);
    });
  });
}

/**
 * `sh` is run, in one shell per document, unless the word `not-run` follows: installing, the whole test suite. With `needs=PROGRAM`
 * it is run where this machine has the program. A `text` block after it shows what it prints. Others are files: templates, programs,
 * settings. `text`, on its own, is only shown.
 */
async function runBlock(shell: DocumentShell, block: CodeBlock): Promise<void> {
  if (block.language !== "sh") {
    const file = fileNameOf(block);
    if (file === undefined) throw new Error("the block has no name: give it a first line such as `# file: NAME`");
    shell.write(file, block.text);
    return;
  }
  const needed = block.words.flatMap((word) => (word.startsWith("needs=") ? [word.slice("needs=".length)] : []));
  if (!needed.every(hasProgram)) return;
  const { status, output } = await shell.run(block.text);
  if (status !== 0) throw new Error(`exit status ${status ?? "none"}:\n${output}`);
  const missing = block.output && missingFrom(output, block.output);
  if (missing !== undefined) throw new Error(`This is not in the output:\n${missing}\n\nThe output:\n${output}`);
}

function missingFrom(output: string, shown: NonNullable<CodeBlock["output"]>): string | undefined {
  if (shown.language === "text") return missingLine(output, shown.text);
  return containsJson(output, shown.text) ? undefined : shown.text;
}

function hasProgram(name: string): boolean {
  const found = spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
  if (!found && process.env["CI"] === "true") throw new Error(`"${name}" is not installed`);
  return found;
}

function titleOf({ text, language }: CodeBlock): string {
  return `${language} ${text.trim().split("\n")[0] ?? ""}`.slice(0, 80);
}
