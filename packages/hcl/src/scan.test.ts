import { describe, expect, test } from "@jest/globals";
import { reportInvalidTokens } from "./report-invalid-tokens.js";
import { scanFile } from "./scan.js";
import { SourceFile } from "./source-file.js";
import { TokenKind } from "./token-kind.js";
import type { TokenList } from "./token-list.js";

const NAMES = new Map(Object.entries(TokenKind).map(([name, kind]) => [kind, name]));

function scan(source: string | Uint8Array): TokenList {
  return scanFile(new SourceFile("x", source));
}

/** `Kind:text` for each token, without the end of the file. */
function show(source: string): string {
  const tokens = scan(source);
  const shown = [...tokens].map((token) => `${NAMES.get(token.kind)}:${tokens.file.text(token)}`);
  return shown.slice(0, -1).join(" ").replaceAll("\n", "␤");
}

describe("scanFile", () => {
  test.each([
    { source: "a-b_1--", want: "Identifier:a-b_1--" },
    { source: "_a é1", want: "Identifier:_a Identifier:é1" },
    { source: "1.5e-3.2x", want: "Number:1.5e-3.2 Identifier:x" },
    { source: "1...", want: "Number:1 Ellipsis:..." },
    { source: "1e", want: "Number:1 Identifier:e" },
    { source: "a.0.b", want: "Identifier:a Dot:. Number:0 Dot:. Identifier:b" },
    { source: "#a\n//b\n/*c*//**/", want: "LineComment:#a␤ LineComment://b␤ Comment:/*c*/ Comment:/**/" },
    { source: "#a", want: "Comment:#a" },
    {
      source: "== != <= >= => && || :: ...",
      want: "EqualEqual:== NotEqual:!= LessEqual:<= GreaterEqual:>= FatArrow:=> And:&& Or:|| DoubleColon::: Ellipsis:...",
    },
    {
      source: '"a${b}c"',
      want: 'OpenQuote:" QuotedText:a OpenInterpolation:${ Identifier:b CloseSequence:} QuotedText:c CloseQuote:"',
    },
    {
      source: '"${~{}~}"',
      want: 'OpenQuote:" OpenInterpolation:${~ OpenBrace:{ CloseBrace:} CloseSequence:~} CloseQuote:"',
    },
    {
      source: '"%{if a}"',
      want: 'OpenQuote:" OpenDirective:%{ Identifier:if Identifier:a CloseSequence:} CloseQuote:"',
    },
    { source: '"$${a}\\""', want: 'OpenQuote:" QuotedText:$${a}\\" CloseQuote:"' },
    { source: "<<E\na\n E\n", want: "OpenHeredoc:<<E␤ Text:a␤ CloseHeredoc: E Newline:␤" },
    {
      source: "<<-E\na${b}\nE\n",
      want: "OpenHeredoc:<<-E␤ Text:a OpenInterpolation:${ Identifier:b CloseSequence:} Text:␤ CloseHeredoc:E Newline:␤",
    },
    { source: "<<E x", want: "Less:< Less:< Identifier:E Identifier:x" },
    {
      source: "& | ^ ~ ` ' ; @",
      want: "BitwiseOperator:& BitwiseOperator:| BitwiseOperator:^ BitwiseOperator:~ Backtick:` Apostrophe:' Semicolon:; Invalid:@",
    },
    {
      source: '"a\nb = 1',
      want: 'OpenQuote:" QuotedText:a QuotedNewline: CloseQuote: Newline:␤ Identifier:b Equal:= Number:1',
    },
    { source: '"a\nb c"', want: 'OpenQuote:" QuotedText:a QuotedNewline:␤ QuotedText:b c CloseQuote:"' },
    { source: "/*a\n*", want: "Slash:/ Star:* Comment:a␤*" },
  ])("$source", ({ source, want }) => expect(show(source)).toBe(want));

  test("counts offsets in bytes and leaves out the byte-order mark", () => {
    const tokens = scan('\ufeff日 = "é"');
    expect([...tokens].map(({ start, end }) => [start, end])).toEqual([
      [3, 6],
      [7, 8],
      [9, 10],
      [10, 12],
      [12, 13],
      [13, 13],
    ]);
  });

  test("reports one kind of wrong character a few times only", () => {
    expect(reportInvalidTokens(scan("; ; ;"))).toHaveLength(1);
    expect(reportInvalidTokens(scan("& & & & & &"))).toHaveLength(4);
    expect(reportInvalidTokens(scan("@".repeat(1000)))).toHaveLength(20);
  });
});
