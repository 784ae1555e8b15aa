import { INVALID_TEMPLATE, messageOf, type AttributePath, type Diagnostic } from "@ingot/diag";

/** A problem that a `check` function found: a sentence, or a diagnostic with a path relative to the checked value. */
export type Problem =
  | string
  | {
      readonly summary: string;
      readonly detail?: string;
      readonly severity?: "error" | "warning";
      readonly path?: AttributePath;
    };

/** What a `check` function gives: nothing when all is well, otherwise one problem or several. */
export type CheckResult = void | undefined | Problem | readonly Problem[];

/** Renders `{{ }}` in the strings of a configuration. Both throw an Error that says why a text is no template. */
export interface TextRenderer {
  render(text: string): string;
  /** Only looks at the syntax. */
  check(text: string): void;
}

type RenderMode = "render" | "check" | "leave";

interface Collected {
  readonly renderer: TextRenderer | undefined;
  readonly diagnostics: Diagnostic[];
  readonly secrets: Set<string>;
  errors: number;
  unknowns: number;
}

/** Where a decoder stands in a configuration, and what it found so far. Scopes of one decoding share their findings. */
export class DecodeScope {
  readonly path: AttributePath;
  readonly #collected: Collected;
  readonly #mode: RenderMode;
  readonly #prefix: string;

  private constructor(
    path: AttributePath,
    collected: Collected,
    { mode, prefix }: { mode: RenderMode; prefix: string },
  ) {
    this.path = path;
    this.#collected = collected;
    this.#mode = mode;
    this.#prefix = prefix;
  }

  /** The scope of a whole configuration. Without a renderer, strings stay as they are. */
  static root(renderer?: TextRenderer): DecodeScope {
    const collected = { renderer, diagnostics: [], secrets: new Set<string>(), errors: 0, unknowns: 0 };
    return new DecodeScope([], collected, { mode: "render", prefix: "" });
  }

  /** Everything that was reported, in order. */
  get diagnostics(): readonly Diagnostic[] {
    return this.#collected.diagnostics;
  }

  /** Texts of sensitive values. */
  get secrets(): ReadonlySet<string> {
    return this.#collected.secrets;
  }

  /** How many errors and unknown values there were. Unchanged after a decoding: it is complete. */
  get gaps(): number {
    return this.#collected.errors + this.#collected.unknowns;
  }

  /** How many values were unknown. */
  get unknowns(): number {
    return this.#collected.unknowns;
  }

  /** The scope of a value inside this one. */
  at(step: string | number): DecodeScope {
    return this.#like({ path: [...this.path, step] });
  }

  /** The same scope for strings that the component renders itself. */
  verbatim(): DecodeScope {
    return this.#like({ mode: this.#mode === "leave" ? "leave" : "check" });
  }

  /** The same scope for a default, which is not the user's and stays as it is. */
  asDefault(): DecodeScope {
    return this.#like({ mode: "leave" });
  }

  /** The same scope, with a text in front of what is said about strings that are no templates. */
  withPrefix(prefix: string): DecodeScope {
    return this.#like({ prefix });
  }

  #like({ path = this.path, mode = this.#mode, prefix = this.#prefix }): DecodeScope {
    return new DecodeScope(path, this.#collected, { mode, prefix });
  }

  /** Renders `{{ }}` in a string as the scope says. Undefined when that fails, which is reported. */
  render(text: string): string | undefined {
    const { renderer } = this.#collected;
    if (renderer === undefined || this.#mode === "leave" || !text.includes("{{")) return text;
    const key = String(this.path[0] ?? "");
    let verb = "invalid";
    try {
      renderer.check(text);
      verb = "render";
      return this.#mode === "check" ? text : renderer.render(text);
    } catch (error) {
      const reason = `${verb} '${key}': ${messageOf(error)} in:\n\n${text}`;
      return this.error(INVALID_TEMPLATE, this.#prefix + reason);
    }
  }

  /** The last attribute name of the path, for messages. */
  get name(): string {
    return String(this.path.findLast((step) => typeof step === "string") ?? "");
  }

  error(summary: string, detail: string): undefined {
    this.report({ severity: "error", summary, detail, path: this.path });
  }

  report(diagnostic: Diagnostic): void {
    this.#collected.diagnostics.push(diagnostic);
    if (diagnostic.severity === "error") this.#collected.errors++;
  }

  /** Notes that a value is not known yet. */
  unknown(): undefined {
    this.#collected.unknowns++;
  }

  /** Remembers a text that must not be shown. */
  secret(text: string): void {
    if (text !== "") this.#collected.secrets.add(text);
  }

  /** Reports what a `check` function found. */
  problems(result: CheckResult): void {
    for (const diagnostic of problemsToDiagnostics(result, this.path)) this.report(diagnostic);
  }
}

/** Turns what a `check` function gave into diagnostics below a path. */
export function problemsToDiagnostics(result: CheckResult, base: AttributePath = []): Diagnostic[] {
  if (result === undefined) return [];
  const problems = Array.isArray(result) ? (result as readonly Problem[]) : [result as Problem];
  return problems.map((problem) =>
    typeof problem === "string"
      ? { severity: "error", summary: problem, detail: "", path: base }
      : {
          severity: problem.severity ?? "error",
          summary: problem.summary,
          detail: problem.detail ?? "",
          path: [...base, ...(problem.path ?? [])],
        },
  );
}
