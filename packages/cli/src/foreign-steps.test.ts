import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, jest, test } from "@jest/globals";
import { startInTerminal } from "./testing/terminal.js";
import { Workplace } from "./testing/run-ingot.js";

jest.setTimeout(120_000); // building the plugins for the first time takes long

const script = fileURLToPath(new URL("../../../scripts/build-example-plugins.mjs", import.meta.url));
const built = JSON.parse(execFileSync(process.execPath, [script, "--json"], { encoding: "utf8" })) as {
  readonly folders: readonly string[];
  readonly skipped: Readonly<Record<string, string>>;
};
const describeIfBuilt = Object.keys(built.skipped).length === 0 ? describe : describe.skip;

const TEMPLATE = `
source "folder" "x" {
  output = "out"
  source = "given"
}
build {
  sources = ["source.folder.x"]
  provisioner "shell-local" { inline = ["echo provisioning"] }
}
`;
const env = { INGOT_PLUGIN_PATH: built.folders.join(path.delimiter) };
const CHOICES = "[r] retry step (build may fail even if retry succeeds)?";

describeIfBuilt("a builder in another language", () => {
  test("pauses between its steps with -debug", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE.replace('source = "given"', "") });
    const running = startInTerminal(place, "build -color=false -debug b.pkr.hcl", env);
    for (const pause of [
      "after run of step 'StepFillFolder'",
      "before the next provisioner ",
      "after run of step 'StepProvision'",
      "before cleanup of step 'StepFillFolder'",
    ]) {
      await running.said(`folder.x: Pausing ${pause}. Press enter to continue.`);
      running.child.stdin?.write("\n");
    }
    expect((await running.finished).status).toBe(0);
    expect(await place.files()).toEqual(["b.pkr.hcl", "out"]);
  });

  test("tries a step again with -on-error=ask", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl", env);
    await running.said(CHOICES);
    running.child.stdin?.write("x\n");
    await running.said('Incorrect input: "x"');
    await running.said(CHOICES, 2);
    await mkdir(path.join(place.folder, "given"));
    await writeFile(path.join(place.folder, "given", "late.txt"), "late");
    running.child.stdin?.write("r\n");
    expect((await running.finished).status).toBe(0);
    expect(await place.read("out/late.txt")).toBe("late");
  });

  test("keeps what it has made when the user wants that", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl", env);
    await running.said(CHOICES);
    running.child.stdin?.write("a\n");
    const { stdout, status } = await running.finished;
    expect(status).toBe(1);
    const kept = /The machine's folder stays: (\S+)/.exec(stdout)?.[1] ?? "";
    await rm(kept, { recursive: true }); // rejects when it is not there
  });
});
