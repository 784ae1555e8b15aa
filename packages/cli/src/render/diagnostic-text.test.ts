import { expect, test } from "@jest/globals";
import { SourceFile } from "@ingot/hcl";
import { diagnosticsText } from "./diagnostic-text.js";
import { stylesFor } from "./styles.js";

const source = 'source "null" "a" {\n  foo = 1\n}\nbuild {\n  sources = ["x"\n}\n';
const file = new SourceFile("main.pkr.hcl", source);
const start = source.indexOf("foo");
const subject = file.range({ start, end: start + 3 });

function render(diagnostic: Partial<Parameters<typeof diagnosticsText>[0][0]>, areOn = false): string {
  return diagnosticsText([{ severity: "error", summary: "Unsupported argument", detail: "", ...diagnostic }], {
    readSource: (name) => (name === "main.pkr.hcl" ? new TextEncoder().encode(source) : undefined),
    styles: stylesFor(areOn),
  });
}

test("shows place, block, line and detail", () => {
  expect(render({ subject, detail: 'An argument named "foo" is not expected here.' })).toBe(
    'Error: Unsupported argument\n\n  on main.pkr.hcl line 2, in source "null" "a":\n   2:   foo = 1\n\n' +
      'An argument named "foo" is not expected here.\n\n',
  );
});

test("shows every line of subject and context", () => {
  const context = file.range({ start: source.indexOf("  sources"), end: source.lastIndexOf("}") });
  const late = file.range({ start: source.lastIndexOf("}"), end: source.lastIndexOf("}") + 1 });
  expect(render({ subject: late, context })).toContain('line 6, in build:\n   5:   sources = ["x"\n   6: }\n\n');
});

test("underlines the fault on a terminal", () => {
  expect(render({ subject }, true)).toContain("   2:   \u001b[4mfoo\u001b[0m = 1\n");
});

test("says when there is no source", () => {
  const elsewhere = { ...subject, filename: "gone.pkr.hcl" };
  expect(render({ subject: elsewhere })).toContain("  on gone.pkr.hcl line 2:\n  (source code not available)\n\n");
});

test("wraps the detail at 80 columns and keeps its line feeds", () => {
  const detail = `The argument "a" was already set at main.pkr.hcl:7,3-4. Each argument may be set only once.\nSecond ${"x".repeat(90)}`;
  expect(render({ severity: "warning", detail })).toBe(
    "Warning: Unsupported argument\n\n" +
      'The argument "a" was already set at main.pkr.hcl:7,3-4. Each argument may be set\nonly once.\n' +
      `Second\n${"x".repeat(90)}\n\n`,
  );
});

test("shows of a very long line what is around the fault, in whole characters", () => {
  const long = `a = "${"é".repeat(1_000)}" + foo + "${"é".repeat(1_000)}"\n`;
  const at = Buffer.byteLength(long.slice(0, long.indexOf("foo")));
  const place = new SourceFile("long.pkr.hcl", long);
  const text = diagnosticsText(
    [{ severity: "error", summary: "Bad", detail: "", subject: place.range({ start: at, end: at + 3 }) }],
    { readSource: () => new TextEncoder().encode(long), styles: stylesFor(true) },
  );
  expect(text).toMatch(/\n {3}1: …é{30,40}" \+ \u001b\[4mfoo\u001b\[0m \+ "é{60,80}…\n/);
});
