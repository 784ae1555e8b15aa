import { expect, test } from "@jest/globals";
import { formatRange, type AttributePath } from "@ingot/diag";
import { expandDynamic } from "./dynamic-body.js";
import { nativeBody } from "./native-body.js";
import { parseHcl } from "./parse-hcl.js";
import { rangeOfPath } from "./range-of-path.js";

const source = `region = "x"
tags = { a = 1, "b" = [1, 2] }
one {
  size = 1
}
disk {
  size = 2
}
disk {
  size = foo
  inner {
    v = 1
  }
}
keyed "k" {
  size = 4
}
`;

test.each<[AttributePath, string | undefined]>([
  [["region"], "1,1-13"],
  [["tags", "a"], "2,14-15"],
  [["tags", "b", 1], "2,27-28"],
  [["tags", "b", 7], "2,23-29"],
  [["tags", "zz"], "2,1-31"],
  [["one", "size"], "4,3-11"],
  [["one", 0, "size"], "4,3-11"],
  [["one"], "3,1-4"],
  [["disk", 1, "size"], "10,3-13"],
  [["disk", 1, "inner", 0, "v"], "12,5-10"],
  [["disk", 1, "nope"], "9,1-5"],
  [["keyed", "k", "size"], "16,3-11"],
  [["nope"], undefined],
  [[], undefined],
])("%j is at %s", (path, want) => {
  const body = nativeBody(parseHcl({ filename: "t", source }).value);
  const range = rangeOfPath(body, path);
  expect(range && formatRange(range)).toBe(want === undefined ? undefined : `t:${want}`);
});

test("a generated block is at the content of its dynamic block", () => {
  const text = 'dynamic "disk" {\n for_each = [1, 2]\n content {\n size = disk.value\n }\n}\n';
  const body = expandDynamic(nativeBody(parseHcl({ filename: "t", source: text }).value), {});
  const range = rangeOfPath(body, ["disk", 1, "size"]);
  expect(range && formatRange(range)).toBe("t:4,2-19");
});
