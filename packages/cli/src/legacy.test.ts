import { expect, jest, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(60_000); // real processes, and other tests beside

const TEMPLATE = JSON.stringify({
  variables: { word: "hello", secret: "{{env `A_SECRET`}}" },
  "sensitive-variables": ["secret"],
  builders: [{ type: "null", communicator: "none", name: "box-{{user `word`}}" }],
  provisioners: [
    {
      type: "shell-local",
      inline: ["echo {{user `word`}} {{user `secret`}} {{build_name}} {{build `ID`}} {{user `none`}}."],
      override: { "box-{{user `word`}}": { environment_vars: ["A=1"] } },
    },
  ],
});

test("builds a legacy template with values from flags and the environment", async () => {
  await using place = await Workplace.make({ "t.json": TEMPLATE });
  const { status, stdout } = await place.run(["build", "-var", "word=hi", "t.json"], { A_SECRET: "hidden" });
  expect(stdout).toContain("==> null.box-hi: hi <sensitive> box-hi Null .\n");
  expect(status).toBe(0);
});

test("validates a legacy template, and says where a setting is wrong", async () => {
  await using place = await Workplace.make({
    "t.json": TEMPLATE,
    "bad.json": '{"builders": [{"type": "null",\n"x": 1}]}',
  });
  expect(await place.run(["validate", "t.json"])).toMatchObject({ status: 0, stdout: "The configuration is valid.\n" });
  const { status, stdout } = await place.run(["validate", "bad.json"]);
  expect(stdout).toContain(`on bad.json line 2`);
  expect(stdout).toContain(`1 error occurred:\n\t* unknown configuration key: '"x"'`);
  expect(status).toBe(1);
});

test("points at a mistake in the syntax", async () => {
  await using place = await Workplace.make({ "t.json": '{\n"a" 1}' });
  const { status, stdout } = await place.run(["validate", "-syntax-only", "t.json"]);
  expect(stdout).toContain(
    "invalid character '1' after object key\nAt line 2, column 6 (offset 7):\n    1: {\n    2: \"a\" 1\n",
  );
  expect(status).toBe(1);
});

test("fixes a template and checks the result", async () => {
  await using place = await Workplace.make({ "t.json": '{"builders": [{"type": "proxmox"}], "x": 1}' });
  const fixed = '{\n  "builders": [\n    {\n      "type": "proxmox-iso"\n    }\n  ],\n  "x": 1\n}\n\n';
  expect(await place.run(["fix", "-validate=false", "t.json"])).toMatchObject({ status: 0, stdout: fixed });
  const { status, stdout } = await place.run(["fix", "t.json"]);
  expect(stdout).toContain(
    `${fixed}Error! Fixed template fails to parse: 1 error occurred:\n\t* Unknown root level key`,
  );
  expect(status).toBe(1);
});

test("writes a template in HCL that builds the same", async () => {
  await using place = await Workplace.make({ "t.json": TEMPLATE.replaceAll("box-{{user `word`}}", "box") });
  const { status, stdout } = await place.run(["hcl2_upgrade", "-output-file=new/t.pkr.hcl", "t.json"]);
  expect({ status, stdout }).toMatchObject({ status: 0, stdout: "Successfully created new/t.pkr.hcl. Exit 0\n" });
  expect(await place.read("new/t.pkr.hcl")).toContain('source "null" "box" {\n  communicator = "none"\n}\n');
});

test("a folder is no file for the new template", async () => {
  await using place = await Workplace.make({ "t.json": TEMPLATE });
  const { status, stdout } = await place.run(["hcl2_upgrade", "-output-file=.", "t.json"]);
  expect(stdout).toContain("Failed to create output file: open .: is a directory\n");
  expect(status).toBe(1);
});
