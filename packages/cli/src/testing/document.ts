/** A fenced code block of a Markdown file. */
export interface CodeBlock {
  /** The number of its first line, from 1. */
  readonly line: number;
  readonly language: string;
  /** The words after the language. */
  readonly words: readonly string[];
  readonly text: string;
  /** For commands: what they print, from the `text` or `json` block that follows. */
  readonly output: { readonly language: string; readonly text: string } | undefined;
}

/** Finds the code blocks of a Markdown text. A `text` or `json` block that follows an `sh` block becomes its output. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let open: { readonly line: number; readonly info: string; readonly lines: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (!line.startsWith("```")) open?.lines.push(line);
    else if (open === undefined) open = { line: index + 1, info: line.slice(3), lines: [] };
    else {
      addBlock(blocks, open);
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the code block of line ${open.line} has no end`);
  return blocks;
}

function addBlock(blocks: CodeBlock[], open: { line: number; info: string; lines: readonly string[] }): void {
  const [language = "", ...words] = open.info.trim().split(/\s+/);
  const text = open.lines.map((line) => `${line}\n`).join("");
  const last = blocks.at(-1);
  const isOutput = (language === "text" || language === "json") && words.length === 0;
  if (isOutput && last?.language === "sh" && last.output === undefined) {
    blocks.splice(-1, 1, { ...last, output: { language, text } });
  } else blocks.push({ line: open.line, language, words, text, output: undefined });
}

/** The file that a block is: named in its first line, `# file: NAME` or `// file: NAME`, or after its language, `file=NAME`. */
export function fileNameOf({ text, words }: CodeBlock): string | undefined {
  const titled = /^(?:#|\/\/) file: (\S+)\n/.exec(text)?.[1];
  return titled ?? words.find((word) => word.startsWith("file="))?.slice("file=".length);
}

/**
 * Compares output with what a document shows of it: its lines occur in this order, perhaps with others between them; `…` stands for
 * any text. Gives the first line that is missing.
 */
export function missingLine(output: string, shown: string): string | undefined {
  const lines = output.split("\n").map((line) => line.trimEnd());
  let next = 0;
  for (const wanted of shown.split("\n").map((line) => line.trimEnd())) {
    if (wanted === "") continue;
    const pattern = new RegExp(`^${wanted.split("…").map(escapeRegExp).join(".*")}$`);
    const found = lines.findIndex((line, index) => index >= next && pattern.test(line));
    if (found === -1) return wanted;
    next = found + 1;
  }
  return undefined;
}

/** Tells whether output contains a JSON text, whatever the white space; `…` stands for any text. */
export function containsJson(output: string, shown: string): boolean {
  const compact = (text: string): string => text.replace(/\s/g, "");
  return new RegExp(compact(shown).split("…").map(escapeRegExp).join(".*")).test(compact(output));
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
