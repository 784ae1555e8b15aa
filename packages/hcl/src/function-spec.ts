import type { Diagnostic, Outcome } from "@ingot/diag";
import type { Expression, Span } from "./ast.js";
import type { EvaluationContext } from "./evaluation-context.js";
import type { SourceFile } from "./source-file.js";
import type { Type } from "./type.js";
import type { Value } from "./value.js";

/** A parameter of a function. Arguments are converted to `type` before the function sees them. */
export interface FunctionParam {
  readonly name: string;
  /** `dynamicType` takes any value as it is. */
  readonly type: Type;
  /** Otherwise a null argument is an error. */
  readonly allowNull?: boolean;
  /**
   * Otherwise an argument that is not wholly known makes the result unknown without a call. `"elements"` takes arguments
   * that are known themselves but may have unknown parts; `true` takes everything.
   */
  readonly allowUnknown?: boolean | "elements";
  /**
   * Otherwise an argument whose type is not known yet (an unknown `dynamic`) makes the result unknown, of unknown type,
   * without asking for the return type.
   */
  readonly allowDynamic?: boolean;
  /** Otherwise the function gets the argument without marks (also inside), and the result carries them. */
  readonly allowMarked?: boolean;
}

/**
 * A function of the language. `impl` gets arguments of the parameter types and must return a value of the return type; it
 * throws `FunctionError` for mistakes of the user. Functions are pure as far as the evaluator is concerned.
 */
export interface FunctionSpec {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly FunctionParam[];
  /** Takes all arguments after `params`. */
  readonly varParam?: FunctionParam;
  /** Fixed, or computed from the arguments, which may be unknown; it may throw `FunctionError`. */
  readonly returnType: Type | ((args: readonly Value[]) => Type);
  readonly impl: (args: readonly Value[], returnType: Type) => Value;
}

/**
 * A function that takes its arguments unevaluated, such as `try`, `can` and `convert`. It may evaluate them itself.
 */
export interface ExpressionFunctionSpec {
  readonly name: string;
  readonly description?: string;
  readonly params: readonly { readonly name: string }[];
  readonly varParam?: { readonly name: string };
  /** Throws `FunctionError` for mistakes of the user. */
  readonly call: (args: readonly CallArgument[], scene: CallScene) => Value;
}

/** An argument of such a call. */
export interface CallArgument {
  /** What stands there; of an expanded argument all of it. */
  readonly place: Span;
  /** What was written; absent for an element of an expanded argument, which has a value only. */
  readonly expression?: Expression;
  readonly value?: Value;
}

/** Where an unevaluated call stands. */
export interface CallScene {
  readonly file: SourceFile;
  readonly context: EvaluationContext;
  /** Evaluates an argument in the scope of the call. */
  evaluate(argument: CallArgument): Outcome<Value>;
  /** Reports problems as they are; the call may return any value then. */
  report(diagnostics: readonly Diagnostic[]): void;
}

export type AnyFunction = FunctionSpec | ExpressionFunctionSpec;

/** The functions that expressions may call, by name. */
export type FunctionTable = ReadonlyMap<string, AnyFunction>;

/** A mistake of the user in a function call. `argIndex` names the argument at fault; without it the whole call is. */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  readonly argIndex: number | undefined;
  /** Of an argument that the function evaluated itself. They are reported as they are, instead of this error. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, argIndex?: number, options?: FunctionErrorOptions) {
    super(message, options);
    this.argIndex = argIndex;
    this.diagnostics = options?.diagnostics ?? [];
  }
}

interface FunctionErrorOptions extends ErrorOptions {
  readonly diagnostics?: readonly Diagnostic[];
}
