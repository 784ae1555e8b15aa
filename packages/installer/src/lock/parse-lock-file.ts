import type { Diagnostic, Outcome } from "@ingot/diag";
import { nativeBody, parseHcl, SourceFile, type BodyBlock, type Expression, type Span } from "@ingot/hcl";
import { parseVersionConstraint } from "@ingot/template";
import { parsePlatform } from "../platform.js";
import { parsePluginAddress } from "../plugin-address.js";
import { isCanonicalVersion } from "../plugin-version.js";
import { LOCK_FILE_NAME, type LockedPlugin, type LockFile } from "./lock-file.js";

const FIELDS = [
  { name: "version", required: true },
  { name: "constraints", required: false },
  { name: "repository", required: true },
  { name: "signer", required: false },
  { name: "archives", required: true },
  { name: "contents", required: false },
];

const ADVICE =
  "This file is written by ingot init. If it was edited by hand, take back the change; else remove the block and run ingot init.";

/**
 * Reads a lock file. Each mistake is a diagnostic at its place; the value holds the blocks that are in order. Values must be
 * plain text: there are no expressions in lock files.
 */
export function parseLockFile(file: { readonly filename: string; readonly source: Uint8Array }): Outcome<LockFile> {
  const { value: body, diagnostics: syntax } = parseHcl(file);
  if (syntax.length > 0) {
    const conflict = mergeConflict(file);
    const advised = syntax.map((one) => ({ ...one, detail: `${one.detail} ${ADVICE}` }));
    return { value: { plugins: new Map() }, diagnostics: conflict === undefined ? advised : [conflict] };
  }
  const schema = { attributes: [], blocks: [{ type: "plugin", labelNames: ["address"] }] };
  const { value: content, diagnostics: structure } = nativeBody(body).content(schema);
  const diagnostics: Diagnostic[] = [...structure];
  const plugins = new Map<string, LockedPlugin>();
  for (const block of content.blocks) {
    const reader = new BlockReader(block, diagnostics);
    const plugin = reader.read();
    if (plugin === undefined) continue;
    if (plugins.has(plugin.address)) {
      reader.complain("Duplicate plugin block", block.headerSpan, `The plugin "${plugin.address}" is locked twice.`);
    } else plugins.set(plugin.address, plugin);
  }
  return { value: { plugins }, diagnostics };
}

class BlockReader {
  readonly #block: BodyBlock;
  readonly #diagnostics: Diagnostic[];
  #isInOrder = true;

  constructor(block: BodyBlock, diagnostics: Diagnostic[]) {
    this.#block = block;
    this.#diagnostics = diagnostics;
  }

  read(): LockedPlugin | undefined {
    const { value: content, diagnostics } = this.#block.body.content({ attributes: FIELDS, blocks: [] });
    this.#diagnostics.push(...diagnostics);
    const expressions = new Map([...content.attributes].map(([name, { expression }]) => [name, expression]));
    const address = this.#readAddress();
    const version = this.#readText(expressions.get("version"), isCanonicalVersion, 'a version such as "1.2.0"');
    const constraints = this.#readText(expressions.get("constraints"), isConstraint, "version constraints");
    const repository = this.#readText(expressions.get("repository"), isPlainText, "the repository that it comes from");
    const signer = this.#readText(expressions.get("signer"), isPlainText, "who signed the release");
    const archives = this.#readHashes(expressions.get("archives"));
    const contents = this.#readHashes(expressions.get("contents"));
    if (!this.#isInOrder || diagnostics.length > 0 || version === undefined || repository === undefined)
      return undefined;
    return {
      address,
      version,
      constraints: constraints ?? "",
      repository,
      ...(signer === undefined ? {} : { signer }),
      archives,
      contents,
    };
  }

  complain(summary: string, span: Span, detail: string): void {
    this.#isInOrder = false;
    const subject = this.#block.file.range(span);
    this.#diagnostics.push({ severity: "error", summary, detail: `${detail} ${ADVICE}`, subject });
  }

  #readAddress(): string {
    const [label = ""] = this.#block.labels;
    const address = parsePluginAddress(label);
    if ("problem" in address) {
      const span = this.#block.labelSpans[0] ?? this.#block.headerSpan;
      this.complain("Invalid plugin address in the lock file", span, address.problem);
    }
    return label;
  }

  #readText(
    expression: Expression | undefined,
    isValid: (text: string) => boolean,
    wanted: string,
  ): string | undefined {
    if (expression === undefined) return undefined;
    const text = literalText(expression);
    if (text !== undefined && isValid(text)) return text;
    this.complain("Invalid value in the lock file", expression, `This must be ${wanted}, in quotes.`);
    return undefined;
  }

  #readHashes(expression: Expression | undefined): Readonly<Record<string, string>> {
    const hashes: Record<string, string> = {};
    if (expression === undefined) return hashes;
    if (expression.kind !== "object") {
      this.complain("Invalid value in the lock file", expression, "This must be hashes by platform, in braces.");
      return hashes;
    }
    for (const { key, keyName, value } of expression.items) {
      const platform = keyName ?? literalText(key) ?? "";
      const hash = literalText(value);
      if (parsePlatform(platform) === undefined) {
        const detail = 'This must be a platform such as linux_amd64, or "any".';
        this.complain("Invalid platform in the lock file", key, detail);
      } else if (Object.hasOwn(hashes, platform)) {
        this.complain("Duplicate platform in the lock file", key, `There are two hashes for ${platform}.`);
      } else if (hash === undefined || !isHash(hash)) {
        const detail = 'This must be "sha256:" and 64 hexadecimal digits in lower case.';
        this.complain("Invalid hash in the lock file", value, detail);
      } else hashes[platform] = hash;
    }
    return hashes;
  }
}

/** What a merge leaves in a file in which two branches changed the same lines. */
function mergeConflict({ filename, source }: { readonly filename: string; readonly source: Uint8Array }) {
  const found = /^<{7}(?: [^\n]*)?\r?$/m.exec(Buffer.from(source).toString("latin1")); // a byte is a character
  if (found === null) return undefined;
  const span = { start: found.index, end: found.index + found[0].trimEnd().length };
  const detail = `Two branches changed the lock file, and their merge is not finished. Keep one of the two sides (such as git checkout --ours or --theirs ${LOCK_FILE_NAME}) and run ingot init: it adds what is missing.`;
  const subject = lockSource(filename, source).range(span);
  return { severity: "error", summary: "Unresolved merge conflict", detail, subject } satisfies Diagnostic;
}

/** The text of a quoted string without interpolation. */
function literalText(expression: Expression): string | undefined {
  if (expression.kind !== "template" || expression.form !== "quoted") return undefined;
  let text = "";
  for (const part of expression.parts) {
    if (part.kind !== "text") return undefined;
    text += part.text;
  }
  return text;
}

function isConstraint(text: string): boolean {
  return text === "" || "constraint" in parseVersionConstraint(text);
}

function isPlainText(text: string): boolean {
  return text !== "" && !/\p{Cc}/u.test(text);
}

/** Tells whether the text is a hash as it is written in lock files. */
export function isHash(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** The lock file as a source, for messages that show its lines. */
export function lockSource(filename: string, source: Uint8Array): SourceFile {
  return new SourceFile(filename || LOCK_FILE_NAME, source);
}
