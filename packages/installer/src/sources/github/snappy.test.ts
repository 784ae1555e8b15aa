import { describe, expect, test } from "@jest/globals";
import { unpackSnappy } from "./snappy.js";

const MANY = 1 << 20;
const text = (hex: string, most = MANY): string | undefined =>
  unpackSnappy(Buffer.from(hex.replaceAll(" ", ""), "hex"), most)?.toString("latin1");

describe("a Snappy block", () => {
  test.each([
    { name: "nothing", packed: "00", want: "" },
    { name: "a short literal", packed: "03 08 616263", want: "abc" },
    { name: "a literal with a length of one byte", packed: "03 f0 02 616263", want: "abc" },
    { name: "a literal with a length of two bytes", packed: "03 f4 0200 616263", want: "abc" },
    { name: "a literal with a length of four bytes", packed: "03 fc 02000000 616263", want: "abc" },
    { name: "a near copy", packed: "08 0c 61626364 01 04", want: "abcdabcd" },
    { name: "a copy of what it writes", packed: "07 00 61 09 01", want: "aaaaaaa" },
    { name: "a copy with an offset of two bytes", packed: "06 08 616263 0a 0300", want: "abcabc" },
    { name: "a copy with an offset of four bytes", packed: "06 08 616263 0b 03000000", want: "abcabc" },
    { name: "a size of two bytes", packed: `8001 fc7f000000 ${"61".repeat(128)}`, want: "a".repeat(128) },
  ])("holds $name", ({ packed, want }) => expect(text(packed)).toBe(want));

  test.each([
    { name: "empty", packed: "" },
    { name: "shorter than it says", packed: "04 08 616263" },
    { name: "longer than it says", packed: "02 08 616263" },
    { name: "cut in a literal", packed: "03 08 6162" },
    { name: "cut in a length", packed: "03 f4 02" },
    { name: "cut in an offset", packed: "08 0c 61626364 01" },
    { name: "copying from before the beginning", packed: "08 0c 61626364 01 05" },
    { name: "copying from nowhere", packed: "08 0c 61626364 01 00" },
    { name: "of a size without end", packed: "ffffffffffff" },
  ])("is refused when it is $name", ({ packed }) => expect(text(packed)).toBeUndefined());

  test("is refused when it would be too large, before it is unpacked", () => {
    expect(text("ffffffff0f 00", MANY)).toBeUndefined();
    expect(text("03 08 616263", 2)).toBeUndefined();
  });
});
