import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

const TEMPLATE = `
source "null" "x" { communicator = "none" }
build {
  sources = ["null.x"]
  provisioner "shell-local" {
    inline = ["echo certificates: $NODE_EXTRA_CA_CERTS, $INGOT_NODE_EXTRA_CA_CERTS."]
  }
}
`;

/** A folder for temporary files, in the place. */
async function makeTmp({ folder }: Workplace): Promise<string> {
  const tmp = path.join(folder, "tmp");
  await mkdir(tmp);
  return tmp;
}

test.each([
  { name: "a wrong template", args: ["wrong.pkr.hcl"], says: /^Error: Invalid expression/ },
  { name: "a wrong flag", args: ["-no-such-flag", "good.pkr.hcl"], says: /flag provided but not defined/ },
  { name: "a build that is excluded", args: ["-except=null.x", "good.pkr.hcl"], says: /./ },
])("the plugin that was started for $name is gone with the command, unseen", async ({ args, says }) => {
  await using place = await Workplace.make({ "wrong.pkr.hcl": "locals { a = }", "good.pkr.hcl": TEMPLATE });
  const tmp = await makeTmp(place);
  const { stdout, stderr, status } = await place.run(["build", ...args], { TMPDIR: tmp });
  expect(status).toBe(1);
  expect(stdout + stderr).toMatch(says);
  expect(stdout + stderr).not.toMatch(/plugin "?core|SIGKILL/);
  expect(await place.processes()).toEqual([]);
  expect(await readdir(tmp)).toEqual([]);
});

test("without a place for temporary files the host tells of it", async () => {
  await using place = await Workplace.make({ "good.pkr.hcl": TEMPLATE });
  const { stdout, stderr, status } = await place.run(["build", "good.pkr.hcl"], { TMPDIR: "/no/such/folder" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
  expect(stdout).toMatch(/^Error: Failed to prepare source "null"[^]*no such file or directory/);
});

test("a build starts the core plugin once", async () => {
  await using place = await Workplace.make({ "good.pkr.hcl": TEMPLATE });
  const tmp = await makeTmp(place);
  const { stderr, status } = await place.run(["build", "good.pkr.hcl"], { TMPDIR: tmp, PACKER_LOG: "1" });
  expect(status).toBe(0);
  expect(stderr.match(/plugin process started/g)).toHaveLength(1);
  expect(await readdir(tmp)).toEqual([]);
});

test("commands get the certificates that are kept from the plugin's Node", async () => {
  await using place = await Workplace.make({ "good.pkr.hcl": TEMPLATE });
  const { stdout } = await place.run(["build", "good.pkr.hcl"], { NODE_EXTRA_CA_CERTS: "/no/such/file" });
  expect(stdout).toContain("certificates: /no/such/file, .");
});
