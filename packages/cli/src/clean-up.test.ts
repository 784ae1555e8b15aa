import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Workplace, type Running } from "./testing/run-ingot.js";

/** Where a build waits while something happens to it: the step, and where the word stands in the template. */
const STEPS = [
  { step: "data source", word: "execute", block: "data" },
  { step: "builder without a machine", word: "start", block: "source" },
  { step: "builder with a machine", word: "run", block: "source" },
  { step: "provisioner", word: "provision", block: "provisioner" },
  { step: "clean-up provisioner", word: "provision", block: "cleanup" },
  { step: "post-processor", word: "post-process", block: "post-processor" },
] as const;

interface Place {
  readonly place: Workplace;
  readonly running: Running;
}

/** What happens then. */
const EVENTS: readonly {
  readonly event: string;
  readonly args?: string;
  readonly happen: (at: Place) => Promise<void>;
}[] = [
  { event: "SIGINT", happen: ({ running }) => signal(running, "SIGINT") },
  { event: "SIGTERM", happen: ({ running }) => signal(running, "SIGTERM") },
  {
    event: "SIGINT twice",
    happen: async ({ running }) => {
      await signal(running, "SIGINT");
      await signal(running, "SIGINT");
    },
  },
  { event: "-timeout", args: "-timeout=4s", happen: () => Promise.resolve() },
  { event: "kill -9 of the plugin", happen: ({ place }) => killPlugins(place) },
  { event: "kill -9 of the CLI", happen: ({ running }) => signal(running, "SIGKILL") },
];

describe.each(EVENTS)("$event", ({ event, args = "", happen }) => {
  test.each(STEPS)(
    "in the $step leaves nothing",
    async ({ word, block }) => {
      await using place = await Workplace.make({ "b.pkr.hcl": template(word, block) });
      const temporary = path.join(place.folder, "tmp");
      await mkdir(temporary);
      const command = ["build", ...args.split(" ").filter(Boolean), "b.pkr.hcl"];
      const running = place.start(command, { TMPDIR: temporary });
      await running.said(`waits in ${word}`);
      await happen({ place, running });
      const { status } = await running.finished;
      expect(status).not.toBe(0);
      expect(await place.processesAfter(2_000)).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
      const left = (await place.files()).filter((name) => name !== "b.pkr.hcl" && name !== "removed.txt");
      // The second signal means: at once. What that leaves is in the journal.
      if (event !== "SIGINT twice") expect(left).toEqual([]);
    },
    30_000,
  );
});

describe.each([
  { event: "SIGINT twice", signals: ["SIGINT", "SIGINT"] },
  { event: "SIGTERM three times", signals: ["SIGTERM", "SIGTERM", "SIGTERM"] },
  { event: "kill -9 of the core plugin", signals: [] },
] as const)("$event", ({ signals }) => {
  test.each([
    { step: "provisioner", provisioner: "echo waits; sleep 60", cleanup: "true" },
    { step: "clean-up provisioner", provisioner: "exit 1", cleanup: "trap '' TERM; echo waits; sleep 60" },
  ])(
    "in a local script of the $step leaves no file",
    async ({ provisioner, cleanup }) => {
      const script = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["${provisioner}"] }
  error-cleanup-provisioner "shell-local" { inline = ["${cleanup}"] }
}
`;
      await using place = await Workplace.make({ "b.pkr.hcl": script });
      const temporary = path.join(place.folder, "tmp");
      await mkdir(temporary);
      const running = place.start(["build", "b.pkr.hcl"], { TMPDIR: temporary });
      await running.said("waits");
      expect((await readdir(temporary)).join()).toContain("packer-shell");
      if (signals.length === 0) await killPlugins(place, "ingot-plugin-core");
      for (const name of signals) await signal(running, name);
      expect((await running.finished).status).not.toBe(0);
      expect(await place.processesAfter(2_000)).toEqual([]);
      expect(await readdir(temporary)).toEqual([]);
    },
    30_000,
  );
});

test("a signal while the command is being loaded leaves nothing, and no stack trace", async () => {
  await using place = await Workplace.make({ "b.pkr.hcl": template("nowhere", "source") });
  const temporary = path.join(place.folder, "tmp");
  await mkdir(temporary);
  for (let delayMs = 0; delayMs < 400; delayMs += 20) {
    const running = place.start(["build", "b.pkr.hcl"], { TMPDIR: temporary });
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    running.child.kill("SIGINT");
    const { stdout, stderr } = await running.finished;
    expect(stdout + stderr).not.toMatch(/^ +at /m);
    expect(await place.processesAfter(2_000)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  }
}, 60_000);

test.each([
  { name: "", flags: "" },
  { name: " with -machine-readable", flags: "-machine-readable" },
  { name: " with -json", flags: "-json" },
])("a closed standard output cancels the build, which cleans up$name", async ({ flags }) => {
  const script = `
source "fragile" "x" {}
build {
  sources = ["source.fragile.x"]
  provisioner "shell-local" { inline = ["for i in 1 2 3 4 5 6; do echo step $i; sleep 0.5; done; echo done > done.txt"] }
}
`;
  await using place = await Workplace.make({ "b.pkr.hcl": script });
  const temporary = path.join(place.folder, "tmp");
  await mkdir(temporary);
  const line = `${Workplace.command} build ${flags} b.pkr.hcl | grep -m 1 'step 1' | wc -l; echo \${PIPESTATUS[0]}`;
  const running = place.start([], { TMPDIR: temporary }, ["/bin/bash", "-c", line]);
  const { stdout, stderr } = await running.finished;
  expect(stdout.trim().split(/\s+/)).toEqual(["1", "141"]);
  expect(stderr).toBe("");
  expect(await place.processesAfter(2_000)).toEqual([]);
  expect(await readdir(temporary)).toEqual([]);
  expect(await place.files()).toEqual(["b.pkr.hcl", "removed.txt"]);
});

test.each(["version", "-help", "validate b.pkr.hcl", "inspect b.pkr.hcl", "fmt -check b.pkr.hcl", "console b.pkr.hcl"])(
  "%s to a closed standard output ends like a program that SIGPIPE has ended",
  async (command) => {
    await using place = await Workplace.make({ "b.pkr.hcl": template("nowhere", "source") });
    const line = `echo 1 | ${Workplace.command} ${command} | true; echo \${PIPESTATUS[1]}`;
    const { stdout, stderr } = await place.start([], {}, ["/bin/bash", "-c", line]).finished;
    expect(stdout.trim()).toBe("141");
    expect(stderr).toBe("");
  },
);

(process.platform === "linux" ? test : test.skip).each([
  { name: "standard output", to: ">/dev/full", want: /^The output can't be written \(ENOSPC[^\n]*\n$/ },
  { name: "both outputs", to: ">/dev/full 2>&1", want: /^$/ },
])("$name on a full disk: the build runs to its end, and fails", async ({ to, want }) => {
  const done = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo said"] }
  provisioner "shell-local" { inline = ["echo done > done.txt"] }
}
`;
  await using place = await Workplace.make({ "b.pkr.hcl": done });
  const line = `${Workplace.command} build b.pkr.hcl ${to}`;
  const { status, stderr } = await place.start([], {}, ["/bin/sh", "-c", line]).finished;
  expect(status).toBe(1);
  expect(stderr).toMatch(want);
  expect(await place.files()).toContain("done.txt");
  expect(await place.processesAfter(2_000)).toEqual([]);
});

const canMount = process.getuid?.() === 0 && process.platform === "linux";

(canMount ? test : test.skip)(
  "a full disk is reported, and leaves nothing",
  async () => {
    const filled = `
source "fragile" "x" {}
build {
  sources = ["source.fragile.x"]
  provisioner "shell-local" { inline = ["head -c 4000000 /dev/zero > home/state/filler || true"] }
  provisioner "shell-local" { inline = ["echo after"] }
}
`;
    await using place = await Workplace.make({ "b.pkr.hcl": filled });
    const state = path.join(place.folder, "home", "state");
    await mkdir(state, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", state]);
    try {
      const { status, stdout } = await place.run(["build", "b.pkr.hcl"]);
      expect(stdout).toMatch(/journal of this run can't be written \(ENOSPC/);
      expect(status).toBe(1);
      expect(await place.processesAfter(2_000)).toEqual([]);
      expect((await place.files()).filter((name) => name.endsWith(".txt") && name !== "removed.txt")).toEqual([]);
    } finally {
      execFileSync("umount", [state]);
    }
  },
  30_000,
);

async function signal({ child }: Running, name: NodeJS.Signals): Promise<void> {
  child.kill(name);
  await new Promise((resolve) => setTimeout(resolve, 100)); // two signals at once count as one
}

async function killPlugins(place: Workplace, name = "ingot-plugin-fragile"): Promise<void> {
  const plugins = (await place.processTable()).filter(({ command }) => command.includes(name));
  expect(plugins).not.toEqual([]);
  for (const { pid } of plugins) process.kill(pid, "SIGKILL");
}

function template(word: string, block: (typeof STEPS)[number]["block"]): string {
  const wait = (here: string): string => (here === block ? `wait = "${word}"` : "");
  const fail = block === "cleanup" ? 'fail = "provision"' : "";
  return `
data "fragile" "d" {
  ${wait("data")}
}
source "fragile" "x" {
  ${wait("source")}
}
build {
  sources = ["source.fragile.x"]
  provisioner "shell-local" { inline = ["echo \${data.fragile.d.answer}"] }
  provisioner "fragile" {
    ${wait("provisioner")}
    ${fail}
  }
  error-cleanup-provisioner "fragile" {
    ${wait("cleanup")}
  }
  post-processor "fragile" {
    ${wait("post-processor")}
  }
}
`;
}
