import type { Diagnostic, SourceRange } from "@ingot/diag";
import { enclosingBlockHeader } from "./enclosing-block.js";
import type { SecretMask } from "../secret-mask.js";
import type { Styles } from "./styles.js";
import { wrapWords } from "./word-wrap.js";

const WIDTH = 80;
const LINE_FEED = 0x0a;

/** Gives the bytes of a file that a diagnostic points into; undefined when it can't be read. */
export type ReadSource = (filename: string) => Uint8Array | undefined;

interface RenderOptions {
  readonly readSource: ReadSource;
  readonly styles: Styles;
  /** Masks the lines of the source, and all else before it is broken into lines. Default: nothing is secret. */
  readonly mask?: SecretMask;
}

/** All diagnostics as one text: what is wrong, where, the lines at fault, what to do. */
export function diagnosticsText(diagnostics: readonly Diagnostic[], options: RenderOptions): string {
  return diagnostics.map((diagnostic) => diagnosticText(diagnostic, options)).join("");
}

function diagnosticText(diagnostic: Diagnostic, options: RenderOptions): string {
  const { severity, subject } = diagnostic;
  const mask = options.mask ?? ((text: string) => text);
  const [summary, detail] = [mask(diagnostic.summary), mask(diagnostic.detail)];
  const title = severity === "error" ? options.styles.error("Error: ") : options.styles.warning("Warning: ");
  const place = subject === undefined ? "" : `${placeText(subject, diagnostic.context, options)}\n`;
  const values = valuesText(diagnostic.values ?? []);
  const explanation = detail === "" ? "" : `${wrapWords(detail, WIDTH)}\n\n`;
  return `${title}${summary}\n\n${place}${values}${explanation}`;
}

function valuesText(values: readonly string[]): string {
  return values.length === 0 ? "" : `with ${values.join(",\n     ")}.\n\n`;
}

function placeText(subject: SourceRange, context: SourceRange | undefined, options: RenderOptions): string {
  const source = options.readSource(subject.filename);
  const place = `  on ${subject.filename} line ${subject.start.line}`;
  if (source === undefined) return `${place}:\n  (source code not available)\n`;
  const header = enclosingBlockHeader({ filename: subject.filename, source, byte: subject.start.byte });
  const within = header === undefined ? "" : `, in ${options.mask?.(header) ?? header}`;
  const lines = snippetLines(source, { subject, context, ...options });
  return `${place}${within}:\n${lines.map((line) => `${line}\n`).join("")}`;
}

interface Snippet {
  readonly subject: SourceRange;
  readonly context: SourceRange | undefined;
  readonly styles: Styles;
  readonly mask?: SecretMask;
}

function snippetLines(source: Uint8Array, { subject, context, ...looks }: Snippet): readonly string[] {
  const first = Math.min(subject.start.line, context?.start.line ?? Infinity);
  const last = Math.max(lastLine(subject), context === undefined ? 0 : lastLine(context));
  const lines: string[] = [];
  let start = 0;
  for (let line = 1; line <= last && start <= source.length; line++) {
    const feed = source.indexOf(LINE_FEED, start);
    const end = feed === -1 ? source.length : feed;
    if (line >= first && (start < source.length || line === first)) {
      lines.push(`${String(line).padStart(4)}: ${lineText(source, { start, end, subject, ...looks })}`);
    }
    start = end + 1;
  }
  return lines;
}

/** The last line that a range touches: one that ends before the first column of a line does not touch it. */
function lastLine({ start, end }: SourceRange): number {
  return end.column === 1 && end.line > start.line ? end.line - 1 : end.line;
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly subject: SourceRange;
  readonly styles: Styles;
  readonly mask?: SecretMask;
}

/** The text of a line, with the subject underlined. An empty subject underlines what stands there. */
function lineText(source: Uint8Array, { start, end, subject, styles, mask }: Line): string {
  const decoder = new TextDecoder();
  const piece = (from: number, to: number): string => decoder.decode(source.subarray(from, to)).replaceAll("\r", "");
  const from = Math.min(Math.max(subject.start.byte, start), end);
  const to = Math.min(Math.max(subject.end.byte, subject.start.byte + 1, start), end);
  const isTouched = subject.start.byte <= end && to > from;
  const window = shownPart(source, { start, end, from: isTouched ? from : start });
  const whole = piece(start, end);
  const masked = mask?.(whole) ?? whole;
  // A secret may begin before the subject or end after it.
  if (masked !== whole) return window.isWhole ? masked : `${masked.slice(0, LONG_LINE.shown)}…`;
  const [first, last] = [Math.min(from, window.end), Math.min(to, window.end)];
  const text = isTouched
    ? piece(window.start, first) + styles.underline(piece(first, last)) + piece(last, window.end)
    : piece(window.start, window.end);
  return `${window.start > start ? "…" : ""}${text}${window.end < end ? "…" : ""}`;
}

/** Bytes: lines longer than `over` are cut to what is `shown`, with so much `before` the subject. */
const LONG_LINE = { over: 500, shown: 240, before: 80 };

interface ShownPart {
  readonly start: number;
  readonly end: number;
  readonly isWhole: boolean;
}

/** Which part of a line is shown: all of it, or the surroundings of the subject in a line that would fill the screen. */
function shownPart(
  source: Uint8Array,
  { start, end, from }: { readonly start: number; readonly end: number; readonly from: number },
): ShownPart {
  if (end - start <= LONG_LINE.over) return { start, end, isWhole: true };
  // Not within a character: the bytes after its first have these two bits.
  const boundary = (byte: number): number => {
    let at = byte;
    while (at > start && at < end && ((source[at] ?? 0) & 0xc0) === 0x80) at--;
    return at;
  };
  const first = boundary(Math.max(start, from - LONG_LINE.before));
  return { start: first, end: boundary(Math.min(end, first + LONG_LINE.shown)), isWhole: false };
}
