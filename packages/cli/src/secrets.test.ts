import { stat, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "@jest/globals";
import { disguisedForms, emitterScript, makeSampleSecrets } from "./testing/secret-lines.js";
import { Workplace } from "./testing/run-ingot.js";
import { startInTerminal } from "./testing/terminal.js";

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

/** What stands in the lines of a text after what a pattern finds, put together. */
function joined(text: string, prefix: RegExp): string {
  return text
    .split("\n")
    .flatMap((line) => (prefix.test(line) ? [line.replace(prefix, "")] : []))
    .join("");
}

/** What events or records of JSON say in a field, put together. */
function joinedFields(text: string, field: string): string {
  const records = text.trimEnd().split("\n");
  // The fields that are looked at are texts.
  return records.map((line) => (JSON.parse(line) as Record<string, string | undefined>)[field] ?? "").join("");
}

test("2,000 secrets that plugins split over messages are nowhere whole", async () => {
  const template = TEMPLATE.replace(/provisioner "shell-local".*/, 'provisioner "pieces" {}');
  await using place = await Workplace.make({ "main.pkr.hcl": template });
  const secrets = makeSampleSecrets(COUNT);
  const samples = secrets.flatMap((secret, at) => {
    const { form = "" } = disguisedForms(secret)[at % 10] ?? {};
    return /\s/.test(form) ? [] : [form]; // what shows lines drops the space at their ends
  });
  expect(samples.length).toBeGreaterThan(COUNT * 0.9);
  await writeFile(path.join(place.folder, "s.pkrvars.json"), JSON.stringify({ secrets }));
  await writeFile(path.join(place.folder, "samples.json"), JSON.stringify(samples.map((form) => `[${form}]`)));

  const args = ["-var-file=s.pkrvars.json", "main.pkr.hcl"];
  const text = await place.run(["build", "-json-into=events.jsonl", ...args], { INGOT_LOG_PATH: "log.txt" });
  const machine = await place.run(["build", "-machine-readable", ...args], {
    INGOT_LOG_PATH: "log.jsonl",
    INGOT_LOG_FORMAT: "json",
  });
  const screen = await startInTerminal(place, `build -color=false ${args.join(" ")}`).finished;
  const runs = path.join(place.folder, "home", "state", "runs");
  const [run = ""] = await readdir(runs);
  const journal = await place.read(path.join("home", "state", "runs", run, "journal.jsonl"));
  const events = await place.read("events.jsonl");
  const log = await place.read("log.txt");
  const unescaped = machine.stdout.replaceAll("%!(PACKER_COMMA)", ",");
  const sinks: Readonly<Record<string, { readonly shown: string; readonly times: number }>> = {
    text: { shown: joined(text.stdout, /^==> null\.x: /), times: 2 },
    "machine-readable": { shown: joined(unescaped, /^\d+,,ui,\w+,==> null\.x: /), times: 2 },
    terminal: { shown: joined(screen.stdout.replaceAll("\r", ""), /^.*==> null\.x: /), times: 2 },
    "text of events": { shown: joinedFields(events, "text"), times: 2 },
    "messages of events": { shown: joinedFields(events, "message"), times: 1 },
    "text of the journal": { shown: joinedFields(journal, "text"), times: 2 },
    "messages of the journal": { shown: joinedFields(journal, "message"), times: 1 },
    "text in the log": { shown: joined(log, /^.*? ui(?: error)?: ==> null\.x: /), times: 2 },
    "messages in the log": { shown: joined(log.replaceAll(/ step=\S+$/gm, ""), /^\S+ \S+ \[WARN\] /), times: 1 },
    "lines of the plugin in the log": { shown: joined(log, /^.*? ingot-plugin-pieces plugin: \[\w+\] /), times: 1 },
    "JSON log": { shown: joinedFields(await place.read("log.jsonl"), "message"), times: 4 },
  };
  for (const [name, { shown, times }] of Object.entries(sinks)) {
    const leaks = samples.filter((form) => shown.includes(form));
    expect({ name, leaks }).toEqual({ name, leaks: [] });
    expect({ name, times: shown.split("all-said").length - 1 }).toEqual({ name, times });
  }
  expect(text.status).toBe(0);
}, 180_000);

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
