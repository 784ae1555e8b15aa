import { mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, jest, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(60_000); // real processes, and other tests beside

const MESSY = 'a=1\nbcd   ="x"\n';
const TIDY = 'a   = 1\nbcd = "x"\n';

async function makeTree(): Promise<Workplace> {
  const place = await Workplace.make({
    "messy.pkr.hcl": MESSY,
    "tidy.pkr.hcl": TIDY,
    "values.auto.pkrvars.hcl": MESSY,
  });
  for (const name of [".hidden.pkr.hcl", "old.pkr.hcl~", "#auto.pkr.hcl#", "other.hcl", "t.pkr.json"]) {
    await writeFile(path.join(place.folder, name), MESSY);
  }
  for (const name of ["sub", "sub/deep", ".git"]) {
    await mkdir(path.join(place.folder, name));
    await writeFile(path.join(place.folder, name, "inner.pkr.hcl"), MESSY);
  }
  return place;
}

test("formats the files of a folder, and names those that change", async () => {
  await using place = await makeTree();
  const { status, stdout, stderr } = await place.run(["fmt", "."]);
  expect({ status, stdout, stderr }).toEqual({
    status: 0,
    stdout: "messy.pkr.hcl\nvalues.auto.pkrvars.hcl\n",
    stderr: "",
  });
  expect(await place.read("messy.pkr.hcl")).toBe(TIDY);
  for (const name of [".hidden.pkr.hcl", "other.hcl", "sub/inner.pkr.hcl"]) expect(await place.read(name)).toBe(MESSY);
  expect(await place.run(["fmt", "."])).toMatchObject({ status: 0, stdout: "" });
});

test("goes into folders with -recursive, in the order of names", async () => {
  await using place = await makeTree();
  const { status, stdout } = await place.run(["fmt", "-recursive", "./sub", place.folder]);
  const names = ["messy.pkr.hcl", "values.auto.pkrvars.hcl"].map((name) => path.join(place.folder, name));
  expect({ status, stdout }).toEqual({
    status: 0,
    stdout: `${["sub/deep/inner.pkr.hcl", "sub/inner.pkr.hcl", ...names].join("\n")}\n`,
  });
  expect(await place.read(".git/inner.pkr.hcl")).toBe(MESSY);
});

test("only checks with -check", async () => {
  await using place = await makeTree();
  expect(await place.run(["fmt", "-check", "messy.pkr.hcl", "tidy.pkr.hcl"])).toMatchObject({
    status: 3,
    stdout: "messy.pkr.hcl\n",
  });
  expect(await place.read("messy.pkr.hcl")).toBe(MESSY);
  expect(await place.run(["fmt", "-check", "-write", "tidy.pkr.hcl"])).toMatchObject({ status: 0, stdout: "" });
  expect(await place.run(["fmt", "-write=false", "messy.pkr.hcl"])).toMatchObject({
    status: 0,
    stdout: "messy.pkr.hcl\n",
  });
  expect(await place.read("messy.pkr.hcl")).toBe(MESSY);
});

test("shows what changes with -diff, in a form that patch takes", async () => {
  const lines = Array.from({ length: 20 }, (_, line) =>
    line === 2 || line === 3 || line === 18 ? `a${line}=1` : `# ${line}`,
  );
  await using place = await Workplace.make({ "a.pkr.hcl": lines.join("\n") });
  const { status, stdout } = await place.run(["fmt", "-check", "-diff", "a.pkr.hcl"]);
  expect(status).toBe(3);
  expect(stdout).toBe(`a.pkr.hcl
--- old/a.pkr.hcl
+++ new/a.pkr.hcl
@@ -1,7 +1,7 @@
 # 0
 # 1
-a2=1
-a3=1
+a2 = 1
+a3 = 1
 # 4
 # 5
 # 6
@@ -16,5 +16,5 @@
 # 15
 # 16
 # 17
-a18=1
+a18 = 1
 # 19
\\ No newline at end of file
`);
});

test.each([
  { name: "formats it", args: ["fmt", "-"], input: MESSY, want: { status: 0, stdout: TIDY } },
  { name: "checks it", args: ["fmt", "-check", "-"], input: MESSY, want: { status: 3, stdout: "" } },
  {
    name: "gives it back when it is good",
    args: ["fmt", "-check", "-"],
    input: TIDY,
    want: { status: 0, stdout: TIDY },
  },
  {
    name: "shows no difference",
    args: ["fmt", "-diff", "-write=false", "-"],
    input: MESSY,
    want: { status: 0, stdout: "" },
  },
])("standard input: $name", async ({ args, input, want }) => {
  await using place = await Workplace.make();
  const { child, finished } = place.start(args);
  child.stdin?.end(input);
  expect(await finished).toMatchObject({ ...want, stderr: "" });
});

test("reports every file that can't be formatted, and formats the others", async () => {
  await using place = await Workplace.make({ "bad.pkr.hcl": "a =\nb  =  1\n", "t.pkr.json": "{}", "z.pkr.hcl": MESSY });
  const { status, stdout } = await place.run(["fmt", "bad.pkr.hcl", "t.pkr.json", "none.pkr.hcl", "z.pkr.hcl"]);
  expect(status).toBe(1);
  expect(stdout).toBe(`z.pkr.hcl
Error: encountered an error while formatting bad.pkr.hcl

1 error occurred:
\t* bad.pkr.hcl:1,4-2,1: Invalid expression; Expected the start of an expression,
but found an invalid expression token.



Error: encountered an error while formatting t.pkr.json

file t.pkr.json is not a HCL file

Error: encountered an error while formatting none.pkr.hcl

failed to open none.pkr.hcl: open none.pkr.hcl: no such file or directory


`);
  expect(await place.read("bad.pkr.hcl")).toBe("a =\nb  =  1\n");
  expect(await place.read("z.pkr.hcl")).toBe(TIDY);
});

test("keeps the permissions of a file", async () => {
  await using place = await Workplace.make();
  const file = path.join(place.folder, "a.pkr.hcl");
  await writeFile(file, MESSY, { mode: 0o600 });
  await place.run(["fmt", "."]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test.each([{ args: ["fmt"] }, { args: ["fmt", "-nope", "."] }])("$args shows the help", async ({ args }) => {
  await using place = await Workplace.make();
  expect(await place.run(args)).toMatchObject({ status: 1, stdout: expect.stringContaining("Usage: ingot fmt") });
});

test("errors are items with -machine-readable, names are not", async () => {
  await using place = await Workplace.make({ "a.pkr.hcl": MESSY });
  const { status, stdout } = await place.run(["fmt", "-machine-readable", "a.pkr.hcl", "b.txt"]);
  expect(status).toBe(1);
  expect(stdout.replace(/^\d+(?=,)/m, "TIME")).toBe(
    "a.pkr.hcl\nTIME,,ui,error,Error: encountered an error while formatting b.txt\\n\\nfile b.txt is not a HCL file\\n\\n\n",
  );
});

test("an empty name is no folder", async () => {
  await using place = await Workplace.make({ "a.pkr.hcl": "locals {\na=1\n}\n" });
  const { status, stdout } = await place.run(["fmt", ""]);
  expect(stdout).toContain("file  is not a HCL file");
  expect(status).toBe(1);
});
