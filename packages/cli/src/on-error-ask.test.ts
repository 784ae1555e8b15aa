import { describe, expect, test } from "@jest/globals";
import { startInTerminal } from "./testing/terminal.js";
import { Workplace } from "./testing/run-ingot.js";

const TEMPLATE = `
source "fragile" "x" { local = true }
build {
  sources = ["source.fragile.x"]
  provisioner "shell-local" { inline = ["echo provisioning", "exit 7"] }
  error-cleanup-provisioner "shell-local" { inline = ["echo cleaning"] }
}
`;
const QUESTION = "[r] retry step (build may fail even if retry succeeds)? ([s] opens a shell on the machine)";

describe("-on-error=ask", () => {
  test("a keeps the machine", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl");
    await running.said(QUESTION);
    running.child.stdin?.write("a\n");
    const { stdout, status } = await running.finished;
    expect(stdout).toContain('==> fragile.x: Step "StepProvision" failed, aborting...');
    expect(stdout).toMatch(/aborted: skipping cleanup of other/);
    expect(stdout).not.toContain("cleaning");
    expect(await place.files()).toEqual(["b.pkr.hcl", "other.txt", "thing.txt"]);
    expect(status).toBe(1);
  });

  test("s opens a shell on the machine, and the question comes again", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl");
    await running.said(QUESTION);
    running.child.stdin?.write("s\n");
    await running.said("The shell gets whole lines.");
    running.child.stdin?.write("echo it is $((40 + 2))\n");
    await running.said("it is 42");
    running.child.stdin?.write("exit\n");
    await running.said(QUESTION, 2);
    running.child.stdin?.write("c\n");
    const { stdout, status } = await running.finished;
    expect(stdout).toContain("==> fragile.x: cleaning");
    expect(await place.files()).toEqual(["b.pkr.hcl", "removed.txt"]);
    expect(status).toBe(1);
    expect(await place.processesAfter(2_000)).toEqual([]);
  });

  test("a machine that nothing reaches has no shell to offer", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE.replace("local = true", "") });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl");
    await running.said("[r] retry step (build may fail even if retry succeeds)?");
    running.child.stdin?.write("s\n");
    await running.said('Incorrect input: "s"');
    running.child.stdin?.write("\n");
    const { stdout, status } = await running.finished;
    expect(stdout).not.toContain("[s]");
    expect(status).toBe(1);
  });
});
