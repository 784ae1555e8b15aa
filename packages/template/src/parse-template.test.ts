import { describe, expect, test } from "@jest/globals";
import { loadTemplate } from "./testing.js";

describe("files", () => {
  test("a folder gives native files before JSON files, in order of their names", async () => {
    const { template } = await loadTemplate({
      "b.pkr.hcl": `build {\n  name = "b"\n  sources = ["null.a"]\n}`,
      "a.pkr.json": `{"build": {"name": "j", "sources": ["null.a"]}}`,
      ".c.pkr.hcl": `source "null" "a" {}\nbuild {\n  name = "c"\n  sources = ["null.a"]\n}`,
      "ignored.hcl": "nonsense",
    });
    expect(template?.builds.map(({ name }) => name)).toEqual(["c.null.a", "b.null.a", "j.null.a"]);
  });

  test("a single file is read alone, without variable files beside it", async () => {
    const { template, lines } = await loadTemplate(
      {
        "dir/main.pkr.hcl": `variable "v" { default = "d" }\nlocals { x = "\${var.v} \${path.root}" }`,
        "dir/other.pkr.hcl": "nonsense here",
        "dir/x.auto.pkrvars.hcl": `v = "auto"`,
      },
      { path: "dir/main.pkr.hcl" },
    );
    expect(lines).toEqual([]);
    expect(template?.values.locals.get("x")?.raw).toBe("d dir");
  });

  test.each([
    { path: "nope.pkr.hcl", want: "error: ; stat nope.pkr.hcl: no such file or directory" },
    {
      path: "empty",
      want: "error: Could not find any config file in empty; A config file must be suffixed with `.pkr.hcl` or `.pkr.json`. A folder can be referenced.",
    },
  ])("$path is no template", async ({ path, want }) => {
    const { lines } = await loadTemplate({ "empty/readme.md": "" }, { path });
    expect(lines).toEqual([want]);
  });

  test("all syntax errors of all files are reported, and nothing else", async () => {
    const { lines } = await loadTemplate({ "a.pkr.hcl": "a = \n", "b.pkr.hcl": "b {", "c.pkr.hcl": "nope {}" });
    expect(lines.map((line) => line.slice(0, 18))).toEqual(["error: a.pkr.hcl:1", "error: b.pkr.hcl:1"]);
  });
});
