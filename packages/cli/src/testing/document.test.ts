import { describe, expect, test } from "@jest/globals";
import { DocumentShell } from "./document-shell.js";
import { codeBlocks, containsJson, fileNameOf, missingLine } from "./document.js";

const MARKDOWN = `
\`\`\`sh needs=go
echo hi
\`\`\`

\`\`\`text
hi
\`\`\`

\`\`\`hcl
# file: a.pkr.hcl
\`\`\`

\`\`\`json file=package.json
{}
\`\`\`
`;

describe("codeBlocks", () => {
  test("finds blocks, their words, and what commands print", () => {
    expect(codeBlocks(MARKDOWN)).toEqual([
      { line: 2, language: "sh", words: ["needs=go"], text: "echo hi\n", output: { language: "text", text: "hi\n" } },
      { line: 10, language: "hcl", words: [], text: "# file: a.pkr.hcl\n", output: undefined },
      { line: 14, language: "json", words: ["file=package.json"], text: "{}\n", output: undefined },
    ]);
  });

  test("gives files their names", () => {
    expect(codeBlocks(MARKDOWN).map(fileNameOf)).toEqual([undefined, "a.pkr.hcl", "package.json"]);
  });

  test("refuses a block without an end", () => {
    expect(() => codeBlocks("```sh\necho\n")).toThrow("the code block of line 1 has no end");
  });
});

describe("missingLine", () => {
  test.each([
    { name: "finds lines in order", shown: "a…\nc", want: undefined },
    { name: "wants the order", shown: "c\na…", want: "a…" },
    { name: "wants whole lines", shown: "b", want: "b" },
  ])("$name", ({ shown, want }) => expect(missingLine("abc\nx\nc\n", shown)).toBe(want));
});

test("containsJson looks past white space", () => {
  expect(containsJson('noise {"a": [1, 2]}', '{\n  "a": [1, …]\n}')).toBe(true);
  expect(containsJson('{"a": 1}', '{ "a": 2 }')).toBe(false);
});

describe("DocumentShell", () => {
  test("remembers folder, variables and functions, and stops at the first failure", async () => {
    using shell = new DocumentShell();
    const first = await shell.run("npm ci && mkdir x\ncd x\nexport A=1\nsay() { echo $A; }\n");
    expect(first).toEqual({ status: 0, output: "" });
    expect(await shell.run("say; basename $PWD; false; echo on\n")).toEqual({ status: 1, output: "1\nx\n" });
  });

  test("lets the commands fail that should, and only them", async () => {
    using shell = new DocumentShell();
    expect(await shell.run("false  # fails\n")).toEqual({ status: 0, output: "" });
    expect(await shell.run("true  # fails\n")).toEqual({ status: 99, output: "this should have failed\n" });
  });
});
