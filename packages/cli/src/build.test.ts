import { stat } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { eventSchema } from "@ingot/engine";
import { Ajv2020 } from "ajv/dist/2020.js";
import { normalised, Workplace } from "./testing/run-ingot.js";

const validEvent = new Ajv2020({ allowUnionTypes: true }).compile(eventSchema);

const TWO_BUILDS = `
variable "secret" {
  default   = "hunter2"
  sensitive = true
}
source "null" "x" { communicator = "none" }
source "file" "f" {
  target  = "out.txt"
  content = "hi"
}
build {
  sources = ["source.null.x", "source.file.f"]
  provisioner "shell-local" {
    inline = ["echo hi \${var.secret}", "printf 'a\\nb\\n'"]
  }
  post-processor "shell-local" { inline = ["exit 3"] }
}
`;

const GOOD = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo hi"] }
}
`;

const SLOW = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo started", "sleep 30"] }
}
`;

describe("ingot build", () => {
  test("prints what Packer prints", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TWO_BUILDS });
    const { status, stdout, stderr } = await place.run(["build", "-color=false", "-parallel-builds=1", "b.pkr.hcl"]);
    const failure = "Script exited with non-zero exit status: 3.";
    const build = (name: string): string => `==> ${name}: Running local shell script: SCRIPT
==> ${name}: hi <sensitive>
==> ${name}: a
==> ${name}: b
==> ${name}: Running post-processor:  (type shell-local)
==> ${name} (shell-local): Running local shell script: SCRIPT
Build '${name}' errored after DURATION: 1 error(s) occurred:

* Post-processor failed: ${failure} Allowed exit codes are: [0]
`;
    const result = (name: string): string => `--> ${name}: 1 error(s) occurred:

* Post-processor failed: ${failure} Allowed exit codes are: [0]
`;
    // The space after the period is the plugin's business.
    expect(normalised(stdout).replaceAll("3.Allowed", "3. Allowed")).toBe(
      `${build("null.x")}${build("file.f")}
==> Wait completed after DURATION

==> Some builds didn't complete successfully and had errors:
${result("null.x")}${result("file.f")}
==> Builds finished but no artifacts were created.
`.replaceAll("after DURATION\n", "after DURATION\n"),
    );
    expect(stderr).toBe("");
    expect(status).toBe(1);
    // The artifact of a build whose only post-processor failed is gone.
    expect(await place.files()).toEqual(["b.pkr.hcl"]);
  });

  test("lists artifacts and exits with 0", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": GOOD });
    const { status, stdout } = await place.run(["build", "b.pkr.hcl"]);
    expect(normalised(stdout)).toBe(`==> null.x: Running local shell script: SCRIPT
==> null.x: hi
Build 'null.x' finished after DURATION.

==> Wait completed after DURATION

==> Builds finished. The artifacts of successful builds are:
--> null.x: Did not export anything. This is the null builder
`);
    expect(status).toBe(0);
    expect(await place.processes()).toEqual([]);
  });

  test("-json prints events that fit the schema and nothing else, and the journal has them too", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TWO_BUILDS });
    const { stdout } = await place.run(["build", "-json", "b.pkr.hcl"]);
    const lines = stdout.trimEnd().split("\n");
    for (const line of [...lines, ...(await place.journal())]) {
      if (!validEvent(JSON.parse(line))) expect(line).toBe("an event that fits the schema");
    }
    expect(lines[0]).toContain('"type":"run-started"');
    expect(lines.at(-1)).toContain('"type":"run-finished"');
    expect(stdout + (await place.journal()).join()).not.toContain("hunter2");
  });

  test("-json-into writes the events for the owner only, beside the text", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": GOOD });
    const { stdout } = await place.run(["build", "-json-into=events.jsonl", "b.pkr.hcl"]);
    expect(stdout).toContain("==> null.x: hi\n");
    expect(await place.read("events.jsonl")).toContain('"type":"build-finished"');
    expect((await stat(path.join(place.folder, "events.jsonl"))).mode & 0o777).toBe(0o600);
  });

  test("-machine-readable prints items", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": GOOD });
    const { stdout } = await place.run(["build", "-machine-readable", "b.pkr.hcl"]);
    expect(
      stdout
        .trimEnd()
        .split("\n")
        .filter((line) => !/^\d+,[^,]*,[a-z-]+,/.test(line)),
    ).toEqual([]);
    expect(stdout).toMatch(/^\d+,null\.x,artifact,0,id,Null$/m);
  });

  test("leaves out a build that can't be prepared, runs the others, and fails", async () => {
    const bad = GOOD.replace("build {", 'source "file" "bad" {}\nbuild {').replace('["', '["source.file.bad", "');
    await using place = await Workplace.make({ "b.pkr.hcl": bad });
    const { status, stdout } = await place.run(["build", "b.pkr.hcl"]);
    expect(stdout).toContain("Error: ");
    expect(stdout).toContain("Build 'null.x' finished after");
    expect(status).toBe(1);
  });

  test("keeps the lines of ten builds apart", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const sources = names.map((name) => `source "null" "${name}" { communicator = "none" }`).join("\n");
    const list = names.map((name) => `"source.null.${name}"`).join(", ");
    const loop = "for i in 1 2 3 4 5; do echo $PACKER_BUILD_NAME $i; done";
    const template = `${sources}\nbuild {\n  sources = [${list}]\n  provisioner "shell-local" { inline = ["${loop}"] }\n}\n`;
    await using place = await Workplace.make({ "b.pkr.hcl": template });
    const { status, stdout } = await place.run(["build", "b.pkr.hcl"]);
    expect(status).toBe(0);
    for (const name of names) {
      const own = stdout.split("\n").filter((line) => line.startsWith(`==> null.${name}: `));
      expect(own.slice(1)).toEqual([1, 2, 3, 4, 5].map((number) => `==> null.${name}: ${name} ${number}`));
    }
  });

  test("ends quietly when nobody reads its output any more", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": GOOD });
    const running = place.start([], {}, ["/bin/sh", "-c", `${Workplace.command} build b.pkr.hcl | head -n 1`]);
    const { stdout, stderr } = await running.finished;
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toBe("");
  });
});

describe("a signal", () => {
  test.each([
    { signal: "SIGINT" as const, word: "interrupt" },
    { signal: "SIGTERM" as const, word: "terminated" },
  ])("$signal cancels the builds and waits for them", async ({ signal, word }) => {
    await using place = await Workplace.make({ "b.pkr.hcl": SLOW });
    const running = place.start(["build", "b.pkr.hcl"]);
    await running.said("==> null.x: started");
    running.child.kill(signal);
    const { status, stdout } = await running.finished;
    expect(normalised(stdout)).toContain(`Cancelling build after receiving ${word}
Build 'null.x' errored after DURATION: context canceled

==> Wait completed after DURATION
Cleanly cancelled builds after being interrupted.
`);
    expect(status).toBe(1);
    expect(await place.processes()).toEqual([]);
  });

  test("the second one ends everything at once", async () => {
    const template = `
source "fragile" "x" { hang = "run" }
build { sources = ["source.fragile.x"] }
`;
    await using place = await Workplace.make({ "b.pkr.hcl": template });
    const running = place.start(["build", "b.pkr.hcl"]);
    await running.said("made things");
    running.child.kill("SIGINT");
    await running.said("Cancelling build after receiving interrupt");
    running.child.kill("SIGINT");
    expect((await running.finished).status).toBe(1);
    expect(await place.processesAfter(2_000)).toEqual([]);
  });

  test("SIGKILL leaves no process behind for longer than two seconds", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": SLOW });
    const running = place.start(["build", "b.pkr.hcl"]);
    await running.said("==> null.x: started");
    running.child.kill("SIGKILL");
    await running.finished;
    expect(await place.processesAfter(2_000)).toEqual([]);
  });
});

describe("a plugin that dies while it builds", () => {
  test("fails its build, and what it had made is removed by a new process, newest first", async () => {
    const template = `
source "fragile" "x" { die = "run" }
source "null" "y" { communicator = "none" }
build { sources = ["source.fragile.x", "source.null.y"] }
`;
    await using place = await Workplace.make({ "b.pkr.hcl": template });
    const { status, stdout } = await place.run(["build", "b.pkr.hcl"]);
    expect(stdout).toMatch(/Build 'fragile\.x' errored after .*SIGKILL/s);
    expect(stdout).toContain("Build 'null.y' finished after");
    expect(stdout).not.toMatch(/^ {4}at /m);
    expect(await place.read("removed.txt")).toBe("other.txt\nthing.txt\n");
    expect(await place.files()).toEqual(["b.pkr.hcl", "removed.txt"]);
    expect(status).toBe(1);
    expect(await place.processes()).toEqual([]);
  });
});
