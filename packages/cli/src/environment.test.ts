import { existsSync } from "node:fs";
import { chmod, mkdir, stat, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { homeFolder } from "./directories.js";
import { Workplace } from "./testing/run-ingot.js";
import { writableState } from "./writable-state.js";

const TEMPLATE = `
variable "password" {
  sensitive = true
  default = "it's \\"hunter2\\" & more"
}
variable "name" { default = "nobody" }
source "null" "x" { communicator = "none" }
build {
  sources = ["null.x"]
  provisioner "shell-local" { inline = ["echo for \${var.name}"] }
}
`;

describe("the configuration file", () => {
  test.each([
    { name: "that is empty", text: "", problem: "EOF" },
    { name: "that ends too early", text: "{", problem: "unexpected EOF" },
    {
      name: "of another shape",
      text: "[1]",
      problem: "json: cannot unmarshal array into Go value of type main.config",
    },
    {
      name: "with a wrong value",
      text: '{ "Disable_Checkpoint": "x" }',
      problem: "json: cannot unmarshal string into Go struct field config.disable_checkpoint of type bool",
    },
    {
      name: "with old components",
      text: '{ "builders": { "a": "/b" }, "provisioners": { "p": "/q" } }',
      problem:
        /^file: Your configuration file describes some legacy components: \n- \/q\n- \/b\nPacker does not support/,
    },
  ])("$name stops every command", async ({ text, problem }) => {
    await using place = await Workplace.make({ file: text });
    for (const name of ["PACKER_CONFIG", "INGOT_CONFIG"]) {
      const { status, stdout, stderr } = await place.run(["version"], { [name]: "file" });
      expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
      const start = " Error loading configuration: \n\n";
      expect(stderr.slice(0, start.length)).toBe(start);
      if (typeof problem === "string") expect(stderr.slice(start.length)).toBe(`${problem}\n`);
      else expect(stderr.slice(start.length)).toMatch(problem);
    }
  });

  test.each(["{}", '{ "disable_checkpoint": true, "other": [1] } and more', "null"])("%s is fine", async (text) => {
    await using place = await Workplace.make({ file: text });
    expect((await place.run(["version"], { PACKER_CONFIG: "file" })).status).toBe(0);
    expect((await place.run(["version"], { PACKER_CONFIG: "none" })).status).toBe(0);
  });
});

test("several folders in PACKER_PLUGIN_PATH are refused, unless ours is there", async () => {
  await using place = await Workplace.make();
  const env = { PACKER_PLUGIN_PATH: "/a:/b" };
  expect(await place.run(["version"], { ...env, INGOT_PLUGIN_PATH: "" })).toMatchObject({
    status: 1,
    stderr:
      " Error loading configuration: \n\nMultiple paths are no longer supported for PACKER_PLUGIN_PATH.\n" +
      "This should be defined as one of the following options for your environment:\n" +
      "* PACKER_PLUGIN_PATH=/a\n* PACKER_PLUGIN_PATH=/b\n",
  });
  expect((await place.run(["version"], { ...env, INGOT_PLUGIN_PATH: "/c:/d" })).status).toBe(0);
});

test("variables of templates have two names, and ours wins", async () => {
  await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
  const env = { PKR_VAR_name: "theirs" };
  expect((await place.run(["build", "b.pkr.hcl"], env)).stdout).toContain("for theirs");
  expect((await place.run(["build", "b.pkr.hcl"], { ...env, INGOT_VAR_name: "ours" })).stdout).toContain("for ours");
});

test("folders in which nothing can be made end the build with one clear error", async () => {
  await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
  const env = { INGOT_STATE_DIR: "/proc/nope/state", INGOT_CACHE_DIR: "/proc/nope/cache" };
  const { status, stdout } = await place.run(["build", "b.pkr.hcl"], env);
  expect(status).toBe(1);
  expect(stdout).toContain(
    "The journal of this run can't be written (ENOENT: no such file or directory, mkdir '/proc/nope')",
  );
});

describe("the log", () => {
  test("is a file for its owner with all that the user reads, and JSON if wanted", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE, "old.log": "old" });
    const { stderr } = await place.run(["build", "b.pkr.hcl"], { PACKER_LOG_PATH: "old.log" });
    expect(stderr).toBe("");
    const text = await place.read("old.log");
    expect(text).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d ui: ==> null\.x: for nobody$/m);
    expect(text).toMatch(/^[\d/]+ [\d:]+ ingot-plugin-core plugin: \[DEBUG\] plugin is ready /m);
    expect((await stat(path.join(place.folder, "old.log"))).mode & 0o777).toBe(0o600);

    await place.run(["build", "b.pkr.hcl"], {
      INGOT_LOG_PATH: "new.log",
      PACKER_LOG_PATH: "old.log",
      INGOT_LOG_FORMAT: "json",
    });
    const records = (await place.read("new.log"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(JSON.stringify(records[0])).toMatch(/"level":"info","message":"Ingot version: /);
    expect(records).toContainEqual(expect.objectContaining({ kind: "ui", message: "==> null.x: for nobody" }));
    expect(records).toContainEqual(expect.objectContaining({ plugin: "core", level: "debug" }));
  });

  test("on the standard error stream has nothing that the user reads anyway", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const { stderr } = await place.run(["build", "b.pkr.hcl"], { PACKER_LOG: "1" });
    expect(stderr).toContain("[INFO] Ingot version: ");
    expect(stderr).not.toMatch(/ui: |for nobody/);
    expect((await place.run(["build", "b.pkr.hcl"], { PACKER_LOG: "1", INGOT_LOG: "0" })).stderr).toBe("");
  });

  test.each([
    ["version"],
    ["fmt", "-check", "b.pkr.hcl"],
    ["inspect", "b.pkr.hcl"],
    ["validate", "b.pkr.hcl"],
    ["build", "-nonsense", "b.pkr.hcl"],
    ["plugins", "installed"],
  ])("is kept by every command: %s", async (...args) => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const { stdout } = await place.run(args);
    const { stderr, stdout: withLog, status } = await place.run(args, { INGOT_LOG: "1" });
    expect(withLog).toBe(stdout);
    expect(stderr).toMatch(/^\S+ \S+ \[INFO\] Ingot version: \S+ \[node \S+ \S+ \S+\] command=\w+\n/);
    expect(stderr).toContain(`[INFO] command ended command=${args[0]} status=${status} `);
    await place.run(args, { PACKER_LOG_PATH: "once.log" });
    const file = await place.read("once.log");
    expect(file.match(/Ingot version: /g)).toHaveLength(1);
    expect(file).toMatch(/command ended .*\n$/);
  });

  test("that can't be written stops the command", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    await writeFile(path.join(place.folder, "file"), "");
    expect(await place.run(["build", "b.pkr.hcl"], { PACKER_LOG_PATH: "no/such" })).toMatchObject({
      ...{ status: 1, stdout: "" },
      stderr: "Couldn't setup log output: open no/such: no such file or directory\n",
    });
  });
});

const SHOWS_ENVIRONMENT = TEMPLATE.replace(
  "echo for ${var.name}",
  "echo run $PACKER_RUN_UUID colour $PACKER_NO_COLOR.",
);

test("local scripts know the run, and for machines that no colours are wanted", async () => {
  await using place = await Workplace.make({ "t.pkr.hcl": SHOWS_ENVIRONMENT });
  const env = { PACKER_RUN_UUID: "of another run" };
  expect((await place.run(["build", "t.pkr.hcl"], env)).stdout).toMatch(/: run [-0-9a-f]{36} colour \.\n/);
  expect((await place.run(["-machine-readable", "build", "t.pkr.hcl"], env)).stdout).toMatch(
    /: run \S{36} colour 1\.\n/,
  );
});

test("a folder for temporary files may be relative", async () => {
  await using place = await Workplace.make({ "t.pkr.hcl": TEMPLATE });
  expect(await place.run(["build", "t.pkr.hcl"], { TMPDIR: "." })).toMatchObject({ status: 0 });
});

test("an empty HOME is as good as none", () => {
  expect(homeFolder({ HOME: "" })).toBe(homeFolder({}));
  expect(homeFolder({})).toMatch(/^\//);
});

describe("where nothing can be written in the home", () => {
  /** The environment of a user whose home is a file, and where the state goes then. */
  async function withoutHome(place: Workplace) {
    const temporary = path.join(place.folder, "tmp");
    await mkdir(temporary);
    return {
      env: { HOME: path.join(place.folder, "no-home"), TMPDIR: temporary, INGOT_STATE_DIR: "", INGOT_CACHE_DIR: "" },
      folder: path.join(temporary, `ingot-state-${process.getuid?.() ?? ""}`),
    };
  }

  test("a build keeps its journal beside the temporary files", async () => {
    await using place = await Workplace.make({ "t.pkr.hcl": TEMPLATE, "no-home": "" });
    const { env, folder } = await withoutHome(place);
    expect(await place.run(["build", "t.pkr.hcl"], env)).toMatchObject({ status: 0, stderr: "" });
    expect((await stat(path.join(folder, "runs"))).mode & 0o777).toBe(0o700);
    expect(writableState(path.join(place.folder, "no-home/state"), { INGOT_STATE_DIR: "x" })).toMatch(/no-home.state$/);
  });

  test.each([
    ["a link", (folder: string) => symlink(os.tmpdir(), folder)],
    ["open to others", (folder: string) => mkdir(folder).then(() => chmod(folder, 0o777))],
  ])("nor is the journal kept in a folder there that is %s", async (_, make) => {
    await using place = await Workplace.make({ "t.pkr.hcl": TEMPLATE, "no-home": "" });
    const { env, folder } = await withoutHome(place);
    await make(folder);
    const { status } = await place.run(["build", "t.pkr.hcl"], env);
    expect(status).toBe(1);
    expect(existsSync(path.join(folder, "runs"))).toBe(false);
  });

  test("nor for temporary files, it is said", async () => {
    await using place = await Workplace.make({ "t.pkr.hcl": TEMPLATE });
    const { status, stdout } = await place.run(["build", "t.pkr.hcl"], { TMPDIR: "/proc/none" });
    expect(stdout).toContain(
      "No folder for sockets can be made in /proc/none: no such file or directory.\nTMPDIR names",
    );
    expect(status).toBe(1);
  });
});

test("a current folder that was removed is no obstacle for what needs no files", async () => {
  await using place = await Workplace.make();
  const { child, finished } = place.start([], {}, [
    "sh",
    "-c",
    `mkdir gone && cd gone && rmdir ../gone && ${Workplace.command} version`,
  ]);
  child.stdin?.end();
  expect(await finished).toMatchObject({ status: 0 });
});
