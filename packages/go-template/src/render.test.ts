import { describe, expect, test } from "@jest/globals";
import { renderTemplate } from "./render.js";

const data = { Name: "box", Empty: "", N: 3, List: ["a", "b"], Map: { k: "v", l: "w" }, Deep: { A: { B: "c" } } };
const functions = {
  upper: (text: unknown) => String(text).toUpperCase(),
  user: (name: unknown) => {
    throw new Error(`no variable ${String(name)}`);
  },
};
const render = (text: string) => renderTemplate(text, { data, functions });

describe("renders", () => {
  test.each([
    ["text without actions", "a } b", "a } b"],
    ["a field", "{{.Name}} {{ .Name }}", "box box"],
    ["a missing field", "{{.Nope}}", "<no value>"],
    ["a field of a field", "{{.Deep.A.B}}", "c"],
    ["a field of the root variable", "{{$.Name}}", "box"],
    ["strings of both kinds", '{{"a\\n\\"b"}}{{`c\\n`}}', 'a\n"bc\\n'],
    ["an escaped delimiter", '{{"{{"}}', "{{"],
    ["trim markers", "a \n{{- .Name -}}\n b", "aboxb"],
    ["comments", "a{{/* x */}}b {{- /* y */ -}} c", "abc"],
    ["a function", "{{upper .Name}}", "BOX"],
    ["a pipeline", '{{.Name | upper | printf "%s-%s" "x"}}', "x-BOX"],
    ["parentheses", '{{printf "%d" (len .List)}}', "2"],
    ["if and else", "{{if .Empty}}a{{else}}b{{end}}", "b"],
    ["else if", "{{if .Empty}}a{{else if .Name}}b{{else}}c{{end}}", "b"],
    ["with", "{{with .Deep.A}}{{.B}}{{end}}{{with .Empty}}x{{else}}y{{end}}", "cy"],
    ["range over a list", "{{range $i, $x := .List}}{{$i}}{{$x}}{{.}} {{end}}", "0aa 1bb "],
    ["range over a map, sorted", "{{range $k, $v := .Map}}{{$k}}={{$v}};{{end}}", "k=v;l=w;"],
    ["range over nothing", "{{range .Empty2}}x{{else}}none{{end}}", "none"],
    ["break and continue", '{{range .List}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{break}}{{end}}', "b"],
    ["variables", '{{$x := "a"}}{{if true}}{{$x = "b"}}{{end}}{{$x}}', "b"],
    ["definitions", '{{define "t"}}<{{.}}>{{end}}{{template "t" .Name}}', "<box>"],
    ["a block", '{{block "t" .Name}}[{{.}}]{{end}}', "[box]"],
    ["comparisons", "{{eq .N 1 3}} {{ne .N 3}} {{lt 1 2}} {{ge 1 2}}", "true false true false"],
    ["and, or, not", '{{and .Name .N}} {{or .Empty "x"}} {{not .Empty}}', "3 x true"],
    ["index and slice", '{{index .List 1}} {{index .Map "k"}} {{slice .Name 1}}', "b v ox"],
    ["lists and maps as Go prints them", "{{.List}} {{.Map}}", "[a b] map[k:v l:w]"],
    [
      "print functions",
      '{{print 1 2 "a" "b" 3}}|{{printf "%05d|%-4s|%q|%v|%x" .N .Name .Name true 255}}',
      '1 2ab3|00003|box |"box"|true|ff',
    ],
    ["escapes", '{{html "<a&b>"}} {{urlquery "a b&c"}} {{js "it\'s"}}', "&lt;a&amp;b&gt; a+b%26c it\\'s"],
    ["numbers", "{{1.5}} {{0x10}} {{1e3}} {{'a'}}", "1.5 16 1000 97"],
  ])("%s", (_, text, want) => expect(render(text)).toBe(want));
});

describe("refuses", () => {
  test.each([
    ["an action that doesn't end", "a{{.Name", "template: root:1: unclosed action"],
    ["an unknown function", "{{foo}}", 'template: root:1: function "foo" not defined'],
    ["a missing end", "{{if .Name}}", "template: root:1: unexpected EOF"],
    ["an end too many", "{{end}}", "template: root:1: unexpected {{end}}"],
    ["an empty action", "{{}}", "template: root:1: missing value for command"],
    ["an unknown variable", "{{$x}}", 'template: root:1: undefined variable "$x"'],
    ["a string that doesn't end", '\n{{"a}}', "template: root:2: unterminated quoted string"],
    [
      "a failing function",
      '{{user "x"}}',
      'template: root:1:2: executing "root" at <user "x">: error calling user: no variable x',
    ],
    [
      "a field of a string",
      "{{.Name.X}}",
      'template: root:1:2: executing "root" at <.Name.X>: can\'t evaluate field X in type string',
    ],
    [
      "an index out of range",
      "{{index .List 9}}",
      'template: root:1:2: executing "root" at <index .List 9>: error calling index: index out of range: 9',
    ],
    [
      "a failing call with a long text",
      '{{user "a name of more than twenty characters"}}',
      'executing "root" at <user "a name of more than twenty characters">: error calling user',
    ],
    ["nil alone", "{{nil}}", 'template: root:1:2: executing "root" at <nil>: nil is not a command'],
    [
      "templates that call themselves",
      '{{define "t"}}{{template "t"}}{{end}}{{template "t"}}',
      "exceeded maximum template depth",
    ],
    ["deep nesting", "{{if true}}".repeat(5_000), "nested too deeply"],
    ["deep parentheses", `{{${"(".repeat(5_000)}1${")".repeat(5_000)}}}`, "nested too deeply"],
  ])("%s", (_, text, want) => expect(() => render(text)).toThrow(want));
});
