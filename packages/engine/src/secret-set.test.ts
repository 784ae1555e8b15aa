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

test.each([
  { name: "a short secret", secrets: ["hunter2"], pieces: ["pass: hun", "ter2!"], want: ["pass: hun", "<sensitive>!"] },
  {
    name: "an even shorter one",
    secrets: ["22"],
    pieces: ["port 2", "2", "2"],
    want: ["port 2", "<sensitive>", "<sensitive>"],
  },
  {
    name: "a long one loses its first half too",
    secrets: ["correct horse"],
    pieces: ["a correct ho", "rse b"],
    want: ["a <sensitive>", "<sensitive> b"],
  },
  {
    name: "several pieces and an empty one",
    secrets: ["correct horse"],
    pieces: ["cor", "", "rect", " horse", "!"],
    want: ["cor", "", "rect", "<sensitive>", "!"],
  },
  {
    name: "an escape that is cut",
    secrets: ['a"b\tc'],
    pieces: ['"a\\', '"b\\', 'tc"'],
    want: ['"a\\', '"b\\', '<sensitive>"'],
  },
  {
    name: "a percent sign that is cut",
    secrets: ["a b&c"],
    pieces: ["a%2", "0b%26", "c"],
    want: ["a%2", "0b%26", "<sensitive>"],
  },
  { name: "no secret", secrets: ["hunter2"], pieces: ["hun", "gry ter2"], want: ["hun", "gry ter2"] },
  {
    name: "lines within pieces",
    secrets: ["correct horse"],
    pieces: ["first\ncorr", "ect \n  horse\nlast"],
    want: ["first\ncorr", "<sensitive>\n  <sensitive>\nlast"],
  },
])("pieces: $name", ({ secrets, pieces, want }) => {
  const set = new SecretSet();
  set.add(secrets);
  let open = "";
  const shown = pieces.map((piece) => {
    const masked = set.maskPiece(piece, open);
    open = masked.open;
    return masked.text;
  });
  expect(shown).toEqual(want);
});

test("pieces: line breaks alone don't add up", () => {
  const set = new SecretSet();
  set.add(["hunter2"]);
  let { open } = set.maskPiece("pass: hun", "");
  for (let count = 0; count < 1_000; count++) ({ open } = set.maskPiece("\n   ", open));
  expect(open.length).toBeLessThan(100);
  expect(set.maskPiece("ter2!", open).text).toBe("<sensitive>!");
});
