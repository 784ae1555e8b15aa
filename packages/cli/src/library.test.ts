import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

const EXAMPLE = fileURLToPath(new URL("../../../examples/library/", import.meta.url));
const PROGRAM = path.join(EXAMPLE, "build.mjs");

test("the example lists builds, shows events, and tells artifacts", async () => {
  const template = await readFile(path.join(EXAMPLE, "greeting.pkr.hcl"), "utf8");
  await using place = await Workplace.make({ "greeting.pkr.hcl": template });
  const { stdout, stderr, status } = await place.run(["greeting.pkr.hcl"], {}, [process.execPath, PROGRAM]);
  expect(stdout.replace(/packer-shell\d+/, "SCRIPT")).toBe(`builds: null.here
  Running local shell script: /tmp/SCRIPT
  hello
  shell-local: success
  null: success
null.here: Null
`);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(await place.processesAfter(2_000)).toEqual([]);
});

test("a mistake in the template is an error with its message, a failed build a report", async () => {
  const wrong = 'source "null" "x" { communicator = nope.nope }\nbuild { sources = ["source.null.x"] }\n';
  const failing = `source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["exit 3"] }
}
`;
  await using place = await Workplace.make({
    "wrong.pkr.hcl": wrong,
    "failing.pkr.hcl": `variable "greeting" {}\n${failing}`,
  });
  const bad = await place.run(["wrong.pkr.hcl"], {}, [process.execPath, PROGRAM]);
  expect(bad.stderr).toMatch(/^Error: /);
  expect(bad.stderr).not.toMatch(/^ {4}at /m);
  expect(bad.status).toBe(1);
  const failed = await place.run(["failing.pkr.hcl"], {}, [process.execPath, PROGRAM]);
  expect(failed.stdout).toContain("null.x failed: Script exited with non-zero exit status: 3");
  expect(failed.status).toBe(1);
}, 30_000);

test("a template in Packer's old JSON form, or in HCL by another name, is as good", async () => {
  const legacy = {
    variables: { greeting: "" },
    builders: [{ type: "null", name: "old", communicator: "none" }],
    provisioners: [{ type: "shell-local", inline: ["echo {{user `greeting`}} of {{build_name}}"] }],
  };
  await using place = await Workplace.make({ "old.json": JSON.stringify(legacy) });
  const { stdout, stderr, status } = await place.run(["old.json"], {}, [process.execPath, PROGRAM]);
  expect(stderr).toBe("");
  expect(stdout).toContain("builds: null.old\n");
  expect(stdout).toContain("  hello of old\n");
  expect(status).toBe(0);
  const missing = await place.run(["none.json"], {}, [process.execPath, PROGRAM]);
  expect(missing.stderr).toBe('"none.json": stat none.json: no such file or directory\n');
}, 30_000);

test("an aborted signal cancels the builds", async () => {
  const slow = `variable "greeting" {}
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo started", "sleep 30"] }
}
`;
  await using place = await Workplace.make({ "slow.pkr.hcl": slow });
  const running = place.start(["slow.pkr.hcl"], {}, [process.execPath, PROGRAM]);
  await running.said("  started");
  running.child.kill("SIGINT");
  expect((await running.finished).stdout).toContain("null.x failed: context canceled");
  expect(await place.processesAfter(2_000)).toEqual([]);
}, 30_000);
