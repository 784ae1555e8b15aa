import { describe, expect, test } from "@jest/globals";
import { evaluateText, showDiagnostic, showValue } from "./testing.js";

describe("templates", () => {
  test.each([
    ['"a${secret}b"', '"apwb" : string !'],
    ['"a${u}b"', '"?" : string'],
    ['"${null}"', "null : any"],
    ['"${[1]}"', "[1] : tuple([number])"],
    ['"${1}${true}"', '"1true" : string'],
    ['"a${1.50}"', '"a1.5" : string'],
    ['"a  ${~ "x" ~}  y"', '"axy" : string'],
    ['"%{ for v in [1,2] }${v},%{ endfor }"', '"1,2," : string'],
    ['"%{ for k, v in {a=1} }${k}=${v}%{ endfor }"', '"a=1" : string'],
    ['"%{ for v in [secret] }${v}%{ endfor }"', '"pw" : string !'],
    ['"%{ if true ~} a %{~ else ~} b %{~ endif }"', '"a" : string'],
    ['"%{ if false }a%{ endif }"', '"" : string'],
    ['"%{ if u == "a" }a%{ endif }"', '"?" : string'],
    ['"%{ for v in d }${v}%{ endfor }x"', '"?" : string'],
    ['"$${a} %%{b} $a $$"', '"${a} %{b} $a $$" : string'],
    ["<<EOT\n  a\n  ${1}\n  EOT\n", '"  a\\n  1\\n" : string'],
    ["<<-EOT\n    a\n  b\n\n      c\n  EOT\n", '"  a\\nb\\n\\n    c\\n" : string'],
  ])("%s", (source, want) => {
    const { value, diagnostics } = evaluateText(source);
    expect(diagnostics.map(showDiagnostic)).toEqual([]);
    expect(showValue(value)).toBe(want);
  });

  test.each([
    [
      '"${[1]}x"',
      "Invalid template interpolation value: Cannot include the given value in a string template: string required. @3-6",
    ],
    [
      '"${null}x"',
      "Invalid template interpolation value: The expression result is null. Cannot include a null value in a string template. @3-7",
    ],
    [
      '"${{}}x"',
      "Invalid template interpolation value: Cannot include the given value in a string template: string required. @3-5",
    ],
    [
      '"%{ if null }a%{ endif }"',
      "Null condition: The condition value is null. Conditions must either be true or false. @7-11",
    ],
    ['"%{ if "x" }a%{ endif }"', "Incorrect condition type: The condition expression must be of type bool. @7-10"],
    [
      '"%{ for v in 5 }a%{ endfor }"',
      "Iteration over non-iterable value: A value of type number cannot be used as the collection in a 'for' expression. @13-14",
    ],
    [
      '"${foo}${bar}"',
      'Unknown variable: There is no variable named "foo". @3-6\nUnknown variable: There is no variable named "bar". Did you mean "var"? @9-12',
    ],
  ])("%s fails", (source, want) => {
    expect(evaluateText(source).diagnostics.map(showDiagnostic).join("\n")).toBe(want);
  });
});
