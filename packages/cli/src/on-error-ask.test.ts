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

const UNREACHABLE = `
source "null" "x" {
  ssh_host     = "127.0.0.1"
  ssh_port     = 1
  ssh_username = "user"
  ssh_password = "long-password"
  ssh_timeout  = "1s"
}
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo provisioning"] }
}
`;
const STEP_QUESTION = "[r] retry step (build may fail even if retry succeeds)? ";

describe("steps of builders", () => {
  test("-on-error=ask asks after any of them, and tries it again", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": UNREACHABLE });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl");
    await running.said(STEP_QUESTION);
    running.child.stdin?.write("r\n");
    await running.said(STEP_QUESTION, 2);
    running.child.stdin?.write("a\n");
    const { stdout, status } = await running.finished;
    expect(stdout.match(/Step "StepConnect" failed\r?\n/g)).toHaveLength(2);
    expect(stdout).toContain('==> null.x: Step "StepConnect" failed, aborting...');
    expect(status).toBe(1);
  });

  test("-debug pauses after each of them and before its clean-up", async () => {
    await using place = await Workplace.make({
      "b.pkr.hcl": TEMPLATE.replace('"fragile" "x" { local = true }', '"null" "x" { communicator = "none" }')
        .replace("fragile.x", "null.x")
        .replace("exit 7", "true"),
    });
    const running = startInTerminal(place, "build -color=false -debug b.pkr.hcl");
    const pauses = [
      "after run of step 'StepConnect'",
      "before the next provisioner ",
      "after run of step 'StepProvision'",
      "before cleanup of step 'StepProvision'",
      "before cleanup of step 'StepConnect'",
    ];
    for (const pause of pauses) {
      await running.said(`==> null.x: Pausing ${pause}. Press enter to continue. `);
      running.child.stdin?.write("\n");
    }
    const { stdout, status } = await running.finished;
    expect(stdout.match(/Press enter/g)).toHaveLength(pauses.length);
    expect(status).toBe(0);
  });

  test("an interrupt at the question cleans up, with its provisioner", async () => {
    await using place = await Workplace.make({
      "b.pkr.hcl": TEMPLATE.replace('"fragile" "x" { local = true }', '"null" "x" { communicator = "none" }').replace(
        "fragile.x",
        "null.x",
      ),
    });
    const running = startInTerminal(place, "build -color=false -on-error=ask b.pkr.hcl");
    await running.said(STEP_QUESTION);
    running.child.stdin?.write("\x03");
    const { stdout, status } = await running.finished;
    expect(stdout).toMatch(/\nCancelling build after receiving interrupt\r?\n/);
    expect(stdout).toContain("==> null.x: cleaning");
    expect(stdout).toContain("errored after");
    expect(stdout).toContain("Script exited with non-zero exit status: 7");
    expect(status).toBe(1);
  });
});
