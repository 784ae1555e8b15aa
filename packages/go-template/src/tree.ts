/** A parsed template: its own content and the templates that it defines. */
export interface TemplateTree {
  readonly name: string;
  readonly text: string;
  readonly content: readonly Node[];
  readonly definitions: ReadonlyMap<string, readonly Node[]>;
}

/** One piece of a template. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "with";
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | {
      readonly kind: "range";
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: "template"; readonly name: string; readonly pipeline?: Pipeline; readonly offset: number }
  | { readonly kind: "break" | "continue" };

/** Commands joined by `|`, perhaps assigned to variables. */
export interface Pipeline {
  /** Names with `$`; two only in `range`. */
  readonly variables: readonly string[];
  /** True for `:=`, which makes the variables. */
  readonly declares: boolean;
  readonly commands: readonly Command[];
  readonly offset: number;
}

/** An operand, or a function with arguments. */
export interface Command {
  readonly operands: readonly Operand[];
  /** As written, for messages. */
  readonly text: string;
  readonly offset: number;
}

/** A value in an action. `fields` are read from it one after another. */
export type Operand = Base & { readonly fields: readonly string[]; readonly text: string; readonly offset: number };

type Base =
  | { readonly kind: "dot" | "nil" }
  | { readonly kind: "variable" | "function"; readonly name: string }
  | { readonly kind: "constant"; readonly value: string | number | boolean }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline };
