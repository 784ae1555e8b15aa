import { stat, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { disguisedForms, emitterScript, makeSampleSecrets } from "./testing/secret-lines.js";
import { Workplace } from "./testing/run-ingot.js";

const COUNT = 2_000;
const TEMPLATE = `
variable "secrets" {
  type = list(string)
  sensitive = true
}
source "null" "x" { communicator = "none" }
build {
  sources = ["null.x"]
  provisioner "shell-local" { inline = ["node $PWD/emit.mjs"] }
}
`;

/** The starts of secrets, in all their forms, that stand in a text. */
function leaksIn(text: string, starts: ReadonlyMap<string, string>): readonly string[] {
  const found = new Set<string>();
  for (let at = 0; at + 8 <= text.length; at++) {
    const form = starts.get(text.slice(at, at + 8));
    if (form !== undefined) found.add(form);
  }
  return [...found];
}

test("2,000 secrets in ten encodings and random chunks reach no output", async () => {
  await using place = await Workplace.make({ "main.pkr.hcl": TEMPLATE });
  const secrets = makeSampleSecrets(COUNT);
  await writeFile(path.join(place.folder, "s.pkrvars.json"), JSON.stringify({ secrets }));
  await writeFile(path.join(place.folder, "samples.json"), JSON.stringify(secrets.flatMap(disguisedForms)));
  await writeFile(path.join(place.folder, "emit.mjs"), emitterScript());
  const starts = new Map(secrets.flatMap((secret) => disguisedForms(secret).map(({ start, form }) => [start, form])));
  expect(starts.size).toBeGreaterThan(COUNT * 4);

  const args = ["-var-file=s.pkrvars.json", "main.pkr.hcl"];
  const text = await place.run(["build", "-json-into=events.jsonl", ...args], { INGOT_LOG_PATH: "log.txt" });
  const machine = await place.run(["build", "-machine-readable", ...args], {
    INGOT_LOG: "1",
    INGOT_LOG_FORMAT: "json",
  });
  const runs = path.join(place.folder, "home", "state", "runs");
  const journals = (await readdir(runs)).map((run) => path.join("home", "state", "runs", run, "journal.jsonl"));
  const files = ["events.jsonl", "log.txt", ...journals];
  const sinks: Readonly<Record<string, string>> = {
    ...{ text: text.stdout, "machine-readable": machine.stdout, "standard error": text.stderr + machine.stderr },
    ...Object.fromEntries(await Promise.all(files.map(async (name) => [name, await place.read(name)] as const))),
  };
  for (const [name, output] of Object.entries(sinks)) {
    expect({ name, leaks: leaksIn(output, starts) }).toEqual({ name, leaks: [] });
  }
  // Nothing is missing: the marks around the secrets are there.
  for (const output of [text.stdout, machine.stdout, sinks["events.jsonl"] ?? ""]) {
    expect(output.split("sample-end").length).toBeGreaterThan(secrets.length * 9);
  }
  expect(text.status).toBe(1);
  for (const name of files) expect((await stat(path.join(place.folder, name))).mode & 0o777).toBe(0o600);
}, 120_000);

test("the source in a message has no secrets", async () => {
  const template = `
variable "password" {
  sensitive = true
  default = "hunter2 and more"
}
locals {
  bad = nonsense("hunter2 and more")
}
`;
  await using place = await Workplace.make({ "main.pkr.hcl": template });
  for (const command of ["build", "validate"]) {
    const { stdout } = await place.run([command, "main.pkr.hcl"]);
    expect(stdout).toContain('bad = nonsense("<sensitive>")');
    expect(stdout).not.toContain("hunter2");
  }
});
