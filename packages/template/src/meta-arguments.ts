import { hasErrors, type SourceRange } from "@ingot/diag";
import {
  boolType,
  elementsOf,
  evaluateAttribute,
  evaluateAttributeAs,
  isInteger,
  isNull,
  isWhollyKnown,
  listType,
  numberType,
  stringType,
  toJsNumber,
  type BigNumber,
  type BodyAttribute,
  type EvaluationContext,
  type Type,
  type Value,
} from "@ingot/hcl";
import type { Collector } from "./collector.js";
import { parseGoDuration } from "./go-duration.js";

/** Reads arguments that belong to the template itself, not to a component. All are optional. */
export class MetaArguments {
  readonly #attributes: ReadonlyMap<string, BodyAttribute>;
  readonly #context: EvaluationContext;
  readonly #collector: Collector;

  constructor(
    attributes: ReadonlyMap<string, BodyAttribute>,
    { context, collector }: { readonly context: EvaluationContext; readonly collector: Collector },
  ) {
    this.#attributes = attributes;
    this.#context = context;
    this.#collector = collector;
  }

  rangeOf(name: string): SourceRange | undefined {
    const attribute = this.#attributes.get(name);
    return attribute && attribute.file.range(attribute.span);
  }

  string(name: string): string {
    const raw = this.#read(name, stringType)?.raw;
    return typeof raw === "string" ? raw : "";
  }

  bool(name: string): boolean | undefined {
    return this.#bool(name, false);
  }

  /** As `bool`; a null is the same as no argument. */
  optionalBool(name: string): boolean | undefined {
    return this.#bool(name, true);
  }

  strings(name: string): readonly string[] {
    const value = this.#read(name, listType(stringType));
    return value === undefined ? [] : elementsOf(value).flatMap(({ raw }) => (typeof raw === "string" ? [raw] : []));
  }

  /** A value of any type. */
  as(name: string, type: Type): Value | undefined {
    return this.#read(name, type);
  }

  /** A whole number; 0 without one. */
  count(name: string): number {
    const value = this.#read(name, numberType);
    if (value === undefined) return 0;
    const number = value.raw as BigNumber; // converted and known
    if (isInteger(number)) return toJsNumber(number);
    this.#unsuitable(name, "value must be a whole number, between -9223372036854775808 and 9223372036854775807");
    return 0;
  }

  /** A duration in milliseconds; 0 without one. */
  durationMs(name: string): number {
    const text = this.string(name);
    if (text === "") return 0;
    const duration = parseGoDuration(text);
    if ("nanoseconds" in duration) return Math.max(0, Number(duration.nanoseconds) / 1e6);
    this.#collector.error(`Failed to parse ${name} duration`, duration.problem, this.rangeOf(name));
    return 0;
  }

  /** A value as it is; undefined when absent, null or wrong. */
  any(name: string): Value | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return undefined;
    const outcome = evaluateAttribute(attribute, this.#context);
    this.#collector.add(...outcome.diagnostics);
    return hasErrors(outcome.diagnostics) ? undefined : this.#known(name, outcome.value);
  }

  #bool(name: string, allowsNull: boolean): boolean | undefined {
    const raw = this.#read(name, boolType, allowsNull)?.raw;
    return typeof raw === "boolean" ? raw : undefined;
  }

  #read(name: string, type: Type, allowsNull = false): Value | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return undefined;
    const outcome = evaluateAttributeAs(attribute, type, { context: this.#context, wording: "own", allowsNull });
    this.#collector.add(...outcome.diagnostics);
    return hasErrors(outcome.diagnostics) ? undefined : this.#known(name, outcome.value);
  }

  #known(name: string, value: Value): Value | undefined {
    if (isNull(value)) return undefined;
    if (isWhollyKnown(value)) return value;
    this.#unsuitable(name, "value must be known");
    return undefined;
  }

  #unsuitable(name: string, reason: string): void {
    const attribute = this.#attributes.get(name);
    const range = attribute && attribute.file.range(attribute.expression);
    this.#collector.error("Unsuitable value type", `Unsuitable value: ${reason}`, range);
  }
}
