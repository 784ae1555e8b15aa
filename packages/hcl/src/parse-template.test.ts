import { describe, expect, test } from "@jest/globals";
import { formatRange } from "@ingot/diag";
import { parseExpressionText } from "./parse-expression-text.js";
import { parseTemplateFile } from "./parse-template-file.js";
import { showTree } from "./show-tree.js";
import { SourceFile } from "./source-file.js";

const parse = (source: string) => parseExpressionText({ filename: "x", source });

describe("templates", () => {
  test.each([
    { name: "empty string", source: '""', want: "(quoted)" },
    { name: "plain text", source: '"a b"', want: '(quoted "a b")' },
    { name: "escapes", source: String.raw`"\n\r\t\"\\\u00e9\U0001F600"`, want: String.raw`(quoted "\n\r\t\"\\é😀")` },
    { name: "escaped sequences", source: '"$${a} %%{b} $$$ % $"', want: '(quoted "${a} %{b} $$$ % $")' },
    { name: "three dollars are one and an escape", source: '"$$${a}"', want: '(quoted "$${a}")' },
    { name: "only an interpolation is unwrapped", source: '"${a.b}"', want: "(wrap a.b)" },
    { name: "one more character makes it a string", source: '"${a} "', want: '(quoted $a " ")' },
    { name: "strings nest", source: '"${"x${"y"}"}"', want: '(wrap (quoted "x" $(quoted "y")))' },
    { name: "braces in an interpolation", source: '"${ {a = 1}.a }!"', want: '(quoted ${a=1}.a "!")' },
    { name: "newlines in an interpolation", source: '"${\n[1,\n2]\n}!"', want: '(quoted $[1 2] "!")' },
    { name: "strip markers", source: '"a  ${~ "x" ~}  y"', want: '(quoted "a" $(quoted "x") "y")' },
    { name: "stripping everything leaves a string", source: '" ${~ a ~} "', want: "(quoted $a)" },
    { name: "if", source: '"%{ if a }b%{ endif }"', want: '(quoted (%if a ["b"]))' },
    { name: "if and else", source: '"%{ if a }b%{ else }c%{ endif }"', want: '(quoted (%if a ["b"] ["c"]))' },
    { name: "for with key", source: '"%{ for k, v in c }${v},%{ endfor }"', want: '(quoted (%for k,v c [$v ","]))' },
    {
      name: "directives nest",
      source: '"%{ for v in c }%{ if v }x%{ endif }%{ endfor }"',
      want: '(quoted (%for v c [(%if v ["x"])]))',
    },
    { name: "heredoc", source: "<<EOT\na ${b}\n\\n\nEOT\n", want: String.raw`(heredoc "a " $b "\n\\n\n")` },
    { name: "empty heredoc", source: "<<EOT\nEOT\n", want: "(heredoc)" },
    { name: "heredoc with an indented end", source: "<<E-O_T\n  a\n  E-O_T\n", want: String.raw`(heredoc "  a\n")` },
    { name: "heredoc that the end of the file ends", source: "<<EOT\na\nEOT", want: String.raw`(heredoc "a\n")` },
    { name: "heredoc with Windows newlines", source: "<<EOT\r\na\r\nEOT\r\n", want: String.raw`(heredoc "a\r\n")` },
    {
      name: "heredoc of one interpolation stays a string",
      source: "<<EOT\n${a}\nEOT\n",
      want: String.raw`(heredoc $a "\n")`,
    },
    {
      name: "marker inside a line does not end it",
      source: "<<EOT\na EOT\nEOT\n",
      want: String.raw`(heredoc "a EOT\n")`,
    },
    {
      name: "flush",
      source: "<<-EOT\n    a\n  b\n\n      c\n  EOT\n",
      want: String.raw`(heredoc "  a\nb\n\n    c\n")`,
    },
    {
      name: "flush beside sequences",
      source: "<<-EOT\n  ${x}\n      y\nEOT\n",
      want: String.raw`(heredoc $x "\n    y\n")`,
    },
    {
      name: "a sequence at the line start has no indent",
      source: "<<-EOT\n${x}\n  y\nEOT\n",
      want: String.raw`(heredoc $x "\n  y\n")`,
    },
    { name: "flush leaves blank lines", source: "<<-EOT\n  a\n \n  b\nEOT\n", want: String.raw`(heredoc "a\n \nb\n")` },
    {
      name: "a stripped newline joins lines before flushing",
      source: "<<-EOT\n  %{ if a ~}\n  b\n  %{ endif ~}\nEOT\n",
      want: String.raw`(heredoc (%if a ["  b\n"]))`,
    },
    {
      name: "strip markers work per line",
      source: "<<EOT\na\n${~ x ~}\n  b\nEOT\n",
      want: String.raw`(heredoc "a" $x "  b\n")`,
    },
    { name: "heredoc in a call", source: "f(<<EOT\na\nEOT\n, 1)", want: String.raw`(call f (heredoc "a\n") 1)` },
  ])("$name", ({ source, want }) => {
    const { value, diagnostics } = parse(source);
    expect(diagnostics).toEqual([]);
    expect(showTree(value)).toBe(want);
  });

  test.each([
    { name: "text with sequences", source: "a\n${b}\n", want: String.raw`(bare "a\n" $b "\n")` },
    { name: "quotes and backslashes are literal", source: 'a\\n"b"', want: String.raw`(bare "a\\n\"b\"")` },
    { name: "one interpolation is unwrapped", source: "${b}", want: "(wrap b)" },
    { name: "nothing", source: "", want: "(bare)" },
  ])("template file: $name", ({ source, want }) => {
    const { value, diagnostics } = parseTemplateFile(new SourceFile("x", source));
    expect(diagnostics).toEqual([]);
    expect(showTree(value)).toBe(want);
  });

  test.each([
    { source: '"a', want: "Unterminated template string 1,3-3" },
    { source: '"a\nb"', want: "Invalid multi-line string 1,3-2,1" },
    { source: "<<EOT\na\n", want: "Unterminated template string 3,1-1" },
    { source: "<<EOT a\nEOT\n", want: "Invalid expression 1,1-2" },
    { source: String.raw`"é\q"`, want: "Invalid escape sequence 1,3-5" },
    { source: String.raw`"\u12"`, want: "Invalid escape sequence 1,2-6" },
    { source: String.raw`"\ud800"`, want: "Invalid escape sequence 1,2-8" },
    { source: '"${a', want: "Unclosed template interpolation sequence 1,2-4" },
    { source: '"${a"', want: "Unclosed template interpolation sequence 1,2-4" },
    { source: '"${a b}"', want: "Extra characters after interpolation expression 1,6-7" },
    { source: '"${a:b}"', want: "Extra characters after interpolation expression 1,5-6" },
    { source: '"%{}"', want: "Invalid template directive 1,4-5" },
    { source: '"%{ fi x }"', want: "Invalid template control keyword 1,5-7" },
    { source: '"%{ if a b }%{ endif }"', want: "Extra characters in if marker 1,10-11" },
    { source: '"%{ for in b }%{ endfor }"', want: "Invalid 'for' directive 1,12-13" },
    { source: '"%{ if a }"', want: "Unexpected end of template 1,11-12" },
    { source: '"%{ endif }"', want: "Unexpected endif directive 1,2-12" },
    { source: '"%{ if a }%{ endfor }"', want: "Unexpected endfor directive 1,11-22" },
    { source: '"%{ if a }%{ else }%{ else }%{ endif }"', want: "Unexpected else directive 1,20-29" },
    { source: '"%{ for a in b }%{ else }%{ endfor }"', want: "Unexpected else directive 1,17-26" },
  ])("reports once what is wrong in $source", ({ source, want }) => {
    const { diagnostics } = parse(source);
    const shown = diagnostics.map(
      ({ summary, subject }) => `${summary} ${subject ? formatRange(subject).slice(2) : ""}`,
    );
    expect(shown).toEqual([want]);
  });

  test("proposes a keyword and names the directive that is not closed", () => {
    expect(parse('"%{ endfir }"').diagnostics[0]?.detail).toBe(
      '"endfir" is not a valid template control keyword. Did you mean "endif"?',
    );
    expect(parse('"%{ if a }"').diagnostics[0]?.detail).toBe(
      "The if directive at x:1,2-11 is missing its corresponding endif directive.",
    );
  });
});
