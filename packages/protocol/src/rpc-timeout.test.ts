import { expect, test } from "@jest/globals";
import { readTimeout } from "./rpc-timeout.js";

test.each([
  ["20S", 20_000],
  ["1H", 3_600_000],
  ["2M", 120_000],
  ["150m", 150],
  ["1500u", 2],
  ["1n", 1],
  ["0m", 0],
  [undefined, undefined],
  ["99999999H", undefined],
  ["20", undefined],
  ["S", undefined],
  ["-1S", undefined],
  ["123456789m", undefined],
])("%s is %s ms", (header, want) => expect(readTimeout(header)).toBe(want));
