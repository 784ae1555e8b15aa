import { expect, test } from "@jest/globals";
import { SecretSet } from "./secret-set.js";

test.each([
  { name: "replaces every occurrence", secrets: ["ab"], text: "ab cab", want: "<sensitive> c<sensitive>" },
  { name: "replaces the longer secret first", secrets: ["pass", "password"], text: "password", want: "<sensitive>" },
  {
    name: "replaces each line of a text",
    secrets: ["one\r\n\r\ntwo\n"],
    text: "two|one|",
    want: "<sensitive>|<sensitive>|",
  },
  {
    name: "replaces a text with other line ends as a whole",
    secrets: ["one\r\ntwo"],
    text: "one\ntwo",
    want: "<sensitive>",
  },
  {
    name: "leaves masks alone",
    secrets: ["s", "e>"],
    text: "as <sensitive>e>",
    want: "a<sensitive> <sensitive><sensitive>",
  },
  { name: "ignores the empty string", secrets: [""], text: "text", want: "text" },
])("$name", ({ secrets, text, want }) => {
  const set = new SecretSet();
  set.add(secrets);
  expect(set.mask(text)).toBe(want);
});
