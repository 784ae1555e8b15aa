import {
  addNumbers,
  bigNumberValue,
  compareNumbers,
  FunctionError,
  listValue,
  numberType,
  type BigNumber,
  type Value,
} from "@ingot/hcl";
import { numberOf } from "./define.js";

const MOST_VALUES = 1024;

/** The numbers that `range(limit)`, `range(start, limit)` or `range(start, limit, step)` gives, as a list. */
export function rangeOf(args: readonly Value[]): Value {
  const numbers = args.map(numberOf);
  if (numbers.length < 1 || numbers.length > 3) throw new FunctionError("must have one, two, or three arguments");
  const start = numbers.length === 1 ? 0 : (numbers[0] ?? 0);
  const limit = (numbers.length === 1 ? numbers[0] : numbers[1]) ?? 0;
  const isUp = numbers[2] === undefined ? compareNumbers(limit, start) >= 0 : compareNumbers(numbers[2], 0) >= 0;
  const step = numbers[2] ?? (isUp ? 1 : -1);
  if (numbers[2] !== undefined) checkDirection(start, limit, isUp);
  const results: Value[] = [];
  for (let at: BigNumber = start; ; at = addNumbers(at, step) ?? limit) {
    if (isUp ? compareNumbers(at, limit) >= 0 : compareNumbers(at, limit) <= 0) return listValue(numberType, results);
    if (results.length >= MOST_VALUES)
      throw new FunctionError(
        `more than ${MOST_VALUES} values were generated; either decrease the difference between start and end or use a smaller step`,
      );
    results.push(bigNumberValue(at));
  }
}

function checkDirection(start: BigNumber, limit: BigNumber, isUp: boolean): void {
  const order = compareNumbers(limit, start);
  if (isUp && order < 0) throw new FunctionError("end must be greater than start when step is positive", 1);
  if (!isUp && order > 0) throw new FunctionError("end must be less than start when step is negative", 1);
}
