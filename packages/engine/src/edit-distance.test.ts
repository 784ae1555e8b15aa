import { expect, test } from "@jest/globals";
import { editDistance } from "./edit-distance.js";

test.each([
  { a: "docker", b: "docker", want: 0 },
  { a: "dokcer", b: "docker", want: 2 },
  { a: "", b: "abc", want: 3 },
  { a: "shell", b: "shell-local", want: 6 },
])("from $a to $b it is $want", ({ a, b, want }) => expect(editDistance(a, b)).toBe(want));
