import type { Outcome, SourceRange } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import type { SourceFile } from "./source-file.js";
import type { Value } from "./value.js";

/** What a reader of a body looks for. JSON has no syntax that tells an argument from a block, so the reader must say. */
export interface ContentSchema {
  readonly attributes: readonly ContentAttribute[];
  readonly blocks: readonly ContentBlock[];
}

export interface ContentAttribute {
  readonly name: string;
  readonly required: boolean;
}

export interface ContentBlock {
  readonly type: string;
  /** What the labels stand for ("type", "name"); messages name them. Exactly so many labels are taken. */
  readonly labelNames: readonly string[];
}

/**
 * A body of any origin: native or JSON syntax, merged, or with its dynamic blocks expanded. Each method returns what was found
 * together with the complaints; what is wrong is left out of the value.
 */
export interface Body {
  /** Reads by a schema and complains about everything else in the body. */
  content(schema: ContentSchema): Outcome<BodyContent>;
  /** Reads by a schema and leaves everything else to `rest`, a body of its own. */
  partialContent(schema: ContentSchema): Outcome<PartialBodyContent>;
  /** Takes every argument and complains about blocks. */
  justAttributes(): Outcome<ReadonlyMap<string, BodyAttribute>>;
  /** Where a missing argument would be added. */
  missingItemRange(): SourceRange;
}

export interface BodyContent {
  /** In the order of the source. */
  readonly attributes: ReadonlyMap<string, BodyAttribute>;
  /** Of all types, in the order of the source. */
  readonly blocks: readonly BodyBlock[];
}

export interface PartialBodyContent {
  readonly content: BodyContent;
  readonly rest: Body;
}

/** An argument. All spans, including those in `expression`, belong to `file`. */
export interface BodyAttribute {
  readonly name: string;
  readonly file: SourceFile;
  readonly expression: Expression;
  readonly nameSpan: Span;
  /** Name and expression. */
  readonly span: Span;
  /** Present inside of a dynamic block; `evaluateAttribute` minds it. */
  readonly scope?: AttributeScope;
}

/** What a dynamic block brings to the expressions in its content. */
export interface AttributeScope {
  /** Its iterators, which shadow the names of the context. */
  readonly variables: ReadonlyMap<string, Value>;
  /** The collection is not known yet, so neither is anything in the block. */
  readonly isUnknown: boolean;
}

/** A block. All spans belong to `file`. */
export interface BodyBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly file: SourceFile;
  readonly body: Body;
  readonly typeSpan: Span;
  readonly labelSpans: readonly Span[];
  /** What a message about the block as a whole points to: from the type to the last label. */
  readonly headerSpan: Span;
}
