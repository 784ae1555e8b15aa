import type { Diagnostic } from "@ingot/diag";
import type { Expression } from "../ast.js";
import { evaluate } from "../evaluate.js";
import { EvaluationBudget, type EvaluationContext } from "../evaluation-context.js";
import { formatHcl } from "../format.js";
import { parseHclJson } from "../json-parse.js";
import { parseExpressionFile } from "../parse-expression-text.js";
import { parseHcl } from "../parse-hcl.js";
import { parseTemplateFile } from "../parse-template-file.js";
import { scanFile } from "../scan.js";
import { showBody } from "../show-tree.js";
import { SourceFile } from "../source-file.js";

/** What must hold for every input of fuzz tests. Each function throws an Error that says what doesn't. */

/** Whatever the bytes are: no exception, tokens that give back the file, ranges inside of it, and a stable layout. */
export function checkSyntax(source: Uint8Array): void {
  const file = new SourceFile("x", source);
  inTime("syntax", () => {
    checkTokens(file);
    const { value: body, diagnostics } = parseHcl({ filename: "x", source });
    checkRanges(diagnostics, source);
    checkTree(body, source.length);
    checkLayout(source, diagnostics.length === 0 ? showBody(body) : undefined);
    checkRanges(parseHclJson({ filename: "x", source }).diagnostics, source);
    for (const parse of [parseExpressionFile, parseTemplateFile]) {
      const outcome = parse(file);
      checkRanges(outcome.diagnostics, source);
      checkTree(outcome.value, source.length);
    }
  });
}

/** An expression that parses can be evaluated: there is a value, or diagnostics inside the text. Gives whether it parsed. */
export function checkExpression(source: string, context: EvaluationContext): boolean {
  return inTime("evaluation", () => {
    const file = new SourceFile("x", source);
    const parsed = parseExpressionFile(file);
    if (parsed.diagnostics.length > 0) return false;
    checkEvaluation(parsed.value, file, context);
    return true;
  });
}

function checkEvaluation(expression: Expression, file: SourceFile, context: EvaluationContext): void {
  const { diagnostics } = evaluate(expression, file, { parent: context, budget: new EvaluationBudget(1_000_000) });
  checkRanges(diagnostics, file.bytes);
}

function inTime<T>(what: string, run: () => T): T {
  // The time of the processor: others may be at work on it.
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  const tookMs = (user + system) / 1000;
  if (tookMs > 1000) throw new Error(`${what} took ${Math.round(tookMs)} ms`);
  return result;
}

/** Between two tokens there are spaces and tabs only. */
function checkTokens(file: SourceFile): void {
  const { bytes } = file;
  let at = 0;
  for (const { start, end } of scanFile(file)) {
    if (start < at || end < start || end > bytes.length) throw new Error(`a token at ${start}-${end} after ${at}`);
    const isMark = at === 0 && bytes[0] === 0xef;
    const gap = bytes.subarray(at, start);
    if (!isMark && gap.some((byte) => byte !== 0x20 && byte !== 0x09)) throw new Error(`lost text before ${start}`);
    at = end;
  }
  if (at !== bytes.length) throw new Error(`lost text after ${at}`);
}

function checkRanges(diagnostics: readonly Diagnostic[], { length }: Uint8Array): void {
  if (diagnostics.length > 200) throw new Error(`${diagnostics.length} diagnostics`);
  for (const { subject, context, summary } of diagnostics) {
    for (const range of [subject, context]) {
      if (range === undefined) continue;
      const { start, end } = range;
      if (start.byte > end.byte || end.byte > length || start.byte < 0) {
        throw new Error(`"${summary}" at ${start.byte}-${end.byte} of ${length}`);
      }
      if (start.line < 1 || start.column < 1) throw new Error(`"${summary}" at line ${start.line}`);
    }
  }
}

/** Every node lies within the file. */
function checkTree(root: unknown, length: number): void {
  const open: unknown[] = [root];
  for (let node = open.pop(); node !== undefined || open.length > 0; node = open.pop()) {
    if (typeof node !== "object" || node === null || node instanceof SourceFile) continue;
    if ("start" in node && "end" in node) {
      const [start, end] = [Number(node.start), Number(node.end)];
      if (!(start >= 0 && start <= end && end <= length)) {
        throw new Error(`a node of kind ${"kind" in node ? String(node.kind) : "?"} at ${start}-${end} of ${length}`);
      }
    }
    open.push(...(Object.values(node) as unknown[]));
  }
}

/** Formatting once is enough, and changes nothing that the text means. */
function checkLayout(source: Uint8Array, tree: string | undefined): void {
  const once = formatHcl({ filename: "x", source });
  if ((tree === undefined) !== once.diagnostics.length > 0)
    throw new Error("the formatter refuses what the parser takes");
  if (tree === undefined) return;
  const twice = formatHcl({ filename: "x", source: once.value });
  if (twice.value !== once.value) throw new Error("formatting twice changes the text");
  const again = parseHcl({ filename: "x", source: once.value });
  if (again.diagnostics.length > 0 || showBody(again.value) !== tree) throw new Error("formatting changes the meaning");
}
