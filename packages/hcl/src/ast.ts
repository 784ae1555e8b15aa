import type { SourceFile } from "./source-file.js";

/**
 * Every node knows its place as offsets in the UTF-8 bytes of its file: half-open, [start, end). Lines and columns are
 * computed by `SourceFile.range` when a message needs them.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A body in native syntax: a whole file (`start` 0) or what stands between the braces of a block. */
export interface BodyNode extends Span {
  readonly kind: "body";
  readonly file: SourceFile;
  /** In the order of the source. Of an argument that is set twice only the first definition is here. */
  readonly attributes: readonly AttributeNode[];
  readonly blocks: readonly BlockNode[];
  /** Where a missing argument would be added: the closing brace, or the end of the file. An empty range. */
  readonly endOffset: number;
}

/** `name = expression`. Its range ends with the expression, before the newline. */
export interface AttributeNode extends Span {
  readonly kind: "attribute";
  readonly name: string;
  readonly nameSpan: Span;
  readonly equalsSpan: Span;
  readonly expression: Expression;
}

/** `type label* { body }`. */
export interface BlockNode extends Span {
  readonly kind: "block";
  readonly type: string;
  readonly typeSpan: Span;
  readonly labels: readonly LabelNode[];
  /** From the type to the last label. */
  readonly headerSpan: Span;
  readonly openBraceSpan: Span;
  readonly closeBraceSpan: Span;
  readonly body: BodyNode;
}

/** One label of a block. `value` has its escapes resolved. The range includes the quotes. */
export interface LabelNode extends Span {
  readonly value: string;
  readonly isQuoted: boolean;
}

export type Expression =
  | NumberExpression
  | BoolExpression
  | NullExpression
  | TemplateExpression
  | TemplateWrapExpression
  | TraversalExpression
  | RelativeTraversalExpression
  | IndexExpression
  | SplatExpression
  | SplatItemExpression
  | CallExpression
  | ConditionalExpression
  | UnaryExpression
  | BinaryExpression
  | TupleExpression
  | ObjectExpression
  | ForExpression
  | ParenthesesExpression
  | JsonStringExpression
  | ErrorExpression;

/** A number literal. `text` is as written, never signed: digits, fraction and exponent are optional parts. */
export interface NumberExpression extends Span {
  readonly kind: "number";
  readonly text: string;
}

export interface BoolExpression extends Span {
  readonly kind: "bool";
  readonly value: boolean;
}

export interface NullExpression extends Span {
  readonly kind: "null";
}

/** A quoted string, a heredoc, or the text of a template file. No parts: the empty string. The range includes the delimiters. */
export interface TemplateExpression extends Span {
  readonly kind: "template";
  readonly form: "quoted" | "heredoc" | "bare";
  readonly parts: readonly TemplatePart[];
}

/** A template that is exactly one interpolation (`"${x}"`): it has the value of `inner` with its own type. */
export interface TemplateWrapExpression extends Span {
  readonly kind: "template-wrap";
  readonly inner: Expression;
}

export type TemplatePart = TemplateText | TemplateInterpolation | TemplateIf | TemplateFor;

/** Literal text as it goes into the result: escapes resolved, strip markers and heredoc flushing applied. Never empty. */
export interface TemplateText extends Span {
  readonly kind: "text";
  readonly text: string;
}

/** `${ expression }`. The range is that of the whole sequence. */
export interface TemplateInterpolation extends Span {
  readonly kind: "interpolation";
  readonly expression: Expression;
}

/** `%{ if }` to `%{ endif }`. `otherwise` is absent without `%{ else }`, which gives the empty string. */
export interface TemplateIf extends Span {
  readonly kind: "if";
  readonly condition: Expression;
  readonly then: readonly TemplatePart[];
  readonly otherwise?: readonly TemplatePart[];
}

/** `%{ for key, value in collection }` to `%{ endfor }`. */
export interface TemplateFor extends Span {
  readonly kind: "for";
  readonly keyName?: string;
  readonly valueName: string;
  readonly collection: Expression;
  readonly body: readonly TemplatePart[];
}

/** A variable and the constant steps that follow it: `var.list[0].name`. */
export interface TraversalExpression extends Span {
  readonly kind: "traversal";
  readonly name: string;
  readonly nameSpan: Span;
  readonly steps: readonly TraversalStep[];
}

/** Constant steps from the result of another expression: `f(x).name[0]`. At least one step. */
export interface RelativeTraversalExpression extends Span {
  readonly kind: "relative-traversal";
  readonly source: Expression;
  readonly steps: readonly TraversalStep[];
}

export type TraversalStep = AttributeStep | IndexStep;

/** `.name`. The range includes the dot. */
export interface AttributeStep extends Span {
  readonly kind: "attribute";
  readonly name: string;
}

/** `["key"]`, `[0]`, or `.0` (legacy). The range includes the brackets or the dot. A number is given as its text. */
export interface IndexStep extends Span {
  readonly kind: "index";
  readonly key: { readonly kind: "string" | "number"; readonly text: string };
  readonly isLegacy: boolean;
}

/** `collection[key]` with a key that is not a constant. */
export interface IndexExpression extends Span {
  readonly kind: "index";
  readonly collection: Expression;
  readonly key: Expression;
  /** From bracket to bracket. */
  readonly bracketSpan: Span;
}

/**
 * `source.*.a` (attributes only) or `source[*].a[i]` (full). `each` is evaluated for every element; the element itself is the
 * one `SplatItemExpression` in it.
 */
export interface SplatExpression extends Span {
  readonly kind: "splat";
  readonly isFull: boolean;
  readonly source: Expression;
  readonly each: Expression;
  /** `.*` or `[*]`. */
  readonly markerSpan: Span;
}

/** The element of the innermost splat whose `each` contains this node. Splats nest: `a[*][*]` has one in the other's `each`. */
export interface SplatItemExpression extends Span {
  readonly kind: "splat-item";
}

/** `name(arguments)`. A name in a namespace is written with its separators: `ns::name`. */
export interface CallExpression extends Span {
  readonly kind: "call";
  readonly name: string;
  readonly nameSpan: Span;
  readonly openParenSpan: Span;
  readonly closeParenSpan: Span;
  readonly arguments: readonly Expression[];
  /** The last argument is followed by `...`. */
  readonly expandsFinal: boolean;
}

export interface ConditionalExpression extends Span {
  readonly kind: "conditional";
  readonly condition: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression;
}

export interface UnaryExpression extends Span {
  readonly kind: "unary";
  readonly operator: "-" | "!";
  readonly operatorSpan: Span;
  readonly operand: Expression;
}

export type BinaryOperator = "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%";

export interface BinaryExpression extends Span {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly left: Expression;
  readonly right: Expression;
}

export interface TupleExpression extends Span {
  readonly kind: "tuple";
  readonly elements: readonly Expression[];
  /** The opening bracket, for messages about the tuple as a whole. */
  readonly openSpan: Span;
}

export interface ObjectExpression extends Span {
  readonly kind: "object";
  readonly items: readonly ObjectItem[];
  readonly openSpan: Span;
  /** Native: the last of equal keys wins. JSON: equal keys are an error. */
  readonly syntax: "native" | "json";
}

/** `key = value` or `key : value`. */
export interface ObjectItem {
  /**
   * The key as written. A bare name is a traversal without steps and stands for its own name (see `keyName`); a traversal
   * with steps is ambiguous unless it is in parentheses.
   */
  readonly key: Expression;
  /** The key when it is a bare name that is not in parentheses, including `true`, `false` and `null`. */
  readonly keyName?: string;
  readonly value: Expression;
}

/** `[for k, v in collection : value if condition]` or `{for k, v in collection : key => value... if condition}`. */
export interface ForExpression extends Span {
  readonly kind: "for";
  readonly keyName?: string;
  readonly valueName: string;
  readonly collection: Expression;
  /** Present exactly when the result is an object. */
  readonly key?: Expression;
  readonly value: Expression;
  readonly condition?: Expression;
  /** `...` after the value: collects the values of equal keys into tuples. */
  readonly groups: boolean;
  readonly openSpan: Span;
  readonly closeSpan: Span;
}

export interface ParenthesesExpression extends Span {
  readonly kind: "parentheses";
  readonly inner: Expression;
}

/**
 * A string in JSON syntax. In a context without any variables and functions it is `text` as it is, else the template that
 * `parseTemplateFile(file)` gives, together with its diagnostics. The spans of that template belong to `file`, not to the file around it.
 */
export interface JsonStringExpression extends Span {
  readonly kind: "json-string";
  readonly text: string;
  /** Maps offsets in the decoded text back to places in the JSON file. */
  readonly file: SourceFile;
}

/** Stands where no expression could be read. The mistake is reported already; it evaluates to an unknown value of any type. */
export interface ErrorExpression extends Span {
  readonly kind: "error";
}
