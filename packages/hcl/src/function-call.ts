import { convert } from "./convert.js";
import { FunctionError, type FunctionParam, type FunctionSpec } from "./function-spec.js";
import { dynamicType, type Type } from "./type.js";
import {
  isKnown,
  isNull,
  isWhollyKnown,
  marksOf,
  unknownValue,
  unmarkDeep,
  withMarks,
  type Mark,
  type Value,
} from "./value.js";

/**
 * Calls a function with ready values, following the rules of its parameters: conversion, null, unknown values, marks. Throws
 * FunctionError or ConversionError for mistakes of the user.
 */
export function callFunction(spec: FunctionSpec, args: readonly Value[]): Value {
  const marks = new Set<Mark>();
  const prepared = args.map((arg, index) => prepare(paramOf(spec, index), arg, { index, marks }));
  // A null without type counts too, as in the reference: `format("%v", null)` is unknown.
  const untyped = prepared.some((arg, index) => arg.type.kind === "dynamic" && !paramOf(spec, index).allowDynamic);
  if (untyped) return withMarks(unknownValue(), marks);
  const returnType = typeof spec.returnType === "function" ? spec.returnType(prepared) : spec.returnType;
  if (prepared.some((arg, index) => !isKnownEnough(arg, paramOf(spec, index)))) {
    return withMarks(unknownValue(returnType), marks);
  }
  return withMarks(spec.impl(prepared, returnType), marks);
}

function paramOf(spec: FunctionSpec, index: number): FunctionParam {
  const param = spec.params[index] ?? spec.varParam;
  if (param === undefined) throw new Error(`bug: function ${spec.name} has no parameter ${index}`);
  return param;
}

function prepare(
  param: FunctionParam,
  arg: Value,
  { index, marks }: { readonly index: number; readonly marks: Set<Mark> },
): Value {
  let value = convert(arg, param.type);
  if (!param.allowMarked) {
    for (const mark of marksOf(value)) marks.add(mark);
    value = unmarkDeep(value);
  }
  if (isNull(value) && !param.allowNull) throw new FunctionError("argument must not be null", index);
  return value;
}

function isKnownEnough(value: Value, param: FunctionParam): boolean {
  if (param.allowUnknown === true) return true;
  return param.allowUnknown === "elements" ? isKnown(value) : isWhollyKnown(value);
}

/** The type that a call would have, for arguments that may be unknown. */
export function returnTypeOf(spec: FunctionSpec, args: readonly Value[]): Type {
  if (typeof spec.returnType !== "function") return spec.returnType;
  return args.some((arg) => arg.type.kind === "dynamic" && !isKnown(arg)) ? dynamicType : spec.returnType(args);
}
