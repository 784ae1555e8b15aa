import { describe, expect, test } from "@jest/globals";
import {
  isInteger,
  numberFromBigInt,
  numberFromJs,
  numberText,
  parseNumber,
  toBigInt,
  toJsNumber,
} from "./big-number.js";
import {
  addNumbers,
  compareNumbers,
  divideNumbers,
  moduloNumbers,
  multiplyNumbers,
  negateNumber,
  numbersEqual,
  subtractNumbers,
} from "./big-number-math.js";

function parse(text: string) {
  const number = parseNumber(text);
  if (number === undefined) throw new Error(`not a number: ${text}`);
  return number;
}

const operations = {
  "+": addNumbers,
  "-": subtractNumbers,
  "*": multiplyNumbers,
  "/": divideNumbers,
  "%": moduloNumbers,
};

function compute(a: string, operator: keyof typeof operations, b: string): string {
  const result = operations[operator](parse(a), parse(b));
  return result === undefined ? "undefined" : numberText(result);
}

describe("text", () => {
  test.each([
    ["1.50", "1.5"],
    ["5.", "5"],
    [".5", "0.5"],
    ["-.5e1", "-5"],
    ["1e30", "1" + "0".repeat(30)],
    ["1e-10", "0.0000000001"],
    ["-0.0", "-0"],
    ["0", "0"],
    ["9007199254740993", "9007199254740993"],
    ["123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"],
    ["9".repeat(200), "1" + "0".repeat(200)],
    ["inf", "+Inf"],
    ["-Inf", "-Inf"],
    ["1e999999999", "+Inf"],
    ["1e-999999999", "0"],
    ["1.25e-100000", `0.${"0".repeat(99_999)}125`],
    ["-9e99999", `-9${"0".repeat(99_999)}`],
  ])("%s prints as %s", (source, want) => expect(numberText(parse(source))).toBe(want));

  test.each(["", ".", "+", "1 ", " 1", "0x10", "1_000", "1e", "NaN", "infinity", "--1", "1.2.3"])(
    "refuses %j",
    (source) => expect(parseNumber(source)).toBeUndefined(),
  );
});

describe("arithmetic", () => {
  test.each([
    ["0.1", "+", "0.2", "0.3"],
    ["1", "/", "3", "0." + "3".repeat(154) + "5"],
    ["1.1", "-", "1", "0.1" + "0".repeat(153) + "3"],
    ["11", "%", "5.1", "0.8" + "0".repeat(152) + "24"],
    ["0.1", "*", "3", "0.3"],
    ["9007199254740991", "+", "1", "9007199254740992"],
    ["9007199254740991", "*", "9007199254740991", "81129638414606663681390495662081"],
    ["-10", "%", "3", "-1"],
    ["5.5", "%", "2", "1.5"],
    ["5", "%", "0", "5"],
    ["1", "/", "0", "+Inf"],
    ["-1", "/", "0", "-Inf"],
    ["0", "/", "0", "undefined"],
    ["inf", "-", "inf", "undefined"],
    ["inf", "*", "0", "undefined"],
    ["inf", "/", "inf", "undefined"],
    ["1", "/", "inf", "0"],
    ["1e300", "+", "1e-3000", "1" + "0".repeat(300)],
    ["0", "+", "0.5", "0.5"],
    ["0.5", "-", "0.5", "0"],
  ] as const)("%s %s %s is %s", (a, operator, b, want) => expect(compute(a, operator, b)).toBe(want));

  test("negating zero gives negative zero, which equals zero", () => {
    expect(numberText(negateNumber(0))).toBe("-0");
    expect(compareNumbers(negateNumber(0), 0)).toBe(0);
    expect(numbersEqual(negateNumber(0), 0)).toBe(true);
  });

  test("a sum equals the decimal that prints the same", () => {
    expect(numbersEqual(addNumbers(parse("0.1"), parse("0.2")) ?? 0, parse("0.3"))).toBe(true);
    expect(numbersEqual(parse("1e30"), parse("1000000000000000000000000000001"))).toBe(false);
  });

  test.each([
    ["0.5", "0", 1],
    ["0", "0.5", -1],
    ["-0.5", "0", -1],
    ["1e40", "1e39", 1],
    ["1e5000", "1e-5000", 1],
    ["1e-5000", "1e5000", -1],
    ["0.1", "0.1", 0],
    ["inf", "1e5000", 1],
    ["-inf", "-1e5000", -1],
  ])("%s compared with %s is %d", (a, b, want) => expect(Math.sign(compareNumbers(parse(a), parse(b)))).toBe(want));
});

describe("JS numbers", () => {
  test.each([0.1, 1 / 3, 1e21, 5e-324, 1.7976931348623157e308, -2.5, 2 ** 53, 123456789.125])("%d survives", (value) =>
    expect(toJsNumber(numberFromJs(value))).toBe(value),
  );

  test("a JS number stands for its shortest decimal", () => expect(numberText(numberFromJs(0.1))).toBe("0.1"));

  test("bigints survive up to 512 bits", () => {
    const big = 2n ** 511n + 1n;
    expect(toBigInt(numberFromBigInt(big))).toBe(big);
    expect(toBigInt(numberFromBigInt(-big))).toBe(-big);
    expect(toBigInt(parse("0.5"))).toBeUndefined();
    expect(isInteger(Infinity)).toBe(false);
  });
});
