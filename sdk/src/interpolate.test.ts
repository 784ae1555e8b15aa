import { expect, test } from "@jest/globals";
import { interpolate } from "./interpolate.js";

const data = { Vars: "A='1' ", Path: "/tmp/x.sh", ID: "i-1" };

test.each([
  { name: "text without actions", text: "a", want: "a" },
  { name: "fields", text: "chmod +x {{.Path}}; {{.Vars}} {{ .Path }}", want: "chmod +x /tmp/x.sh; A='1'  /tmp/x.sh" },
  { name: "build values", text: "{{build `ID`}}", want: "i-1" },
  { name: "case", text: "{{upper `a`}}{{`B` | lower}}", want: "Ab" },
  { name: "replacements", text: "{{replace `a` `b` 1 `aaa`}} {{replace_all `a` `b` `aaa`}}", want: "baa bbb" },
  { name: "parts", text: "{{split `a-b-c` `-` 1}}", want: "b" },
])("renders $name", ({ text, want }) => expect(interpolate(text, data)).toBe(want));

test("renders facts of the build", () => {
  const options = { buildName: "app", builderType: "oci", userVariables: { a: "1" }, hostVersion: "1.2.3" };
  const text =
    "{{build_name}} {{build_type}} {{user `a`}}{{user `b`}} {{packer_version}} {{clean_resource_name `a b/c`}}";
  expect(interpolate(text, {}, options)).toBe("app oci 1 1.2.3 a-b-c");
  expect(interpolate("{{isotime `2006`}} {{strftime `%Y`}}", {})).toMatch(/^(20\d\d) \1$/);
});

test.each([
  { name: "an unknown build value", text: "{{build `X`}}", want: "loaded data, but couldnt find X in it." },
  { name: "an environment variable", text: "{{env `X`}}", want: "env vars are not allowed here" },
  { name: "a part that isn't there", text: "{{split `a` `-` 1}}", want: "only 1 values were found" },
  { name: "a function without its text", text: "{{clean_resource_name}}", want: "want 1 got 0" },
  { name: "a template's folder where there is none", text: "{{template_dir}}", want: "template path not available" },
])("refuses $name", ({ text, want }) => expect(() => interpolate(text, data)).toThrow(want));
