import { describe, expect, test } from "@jest/globals";
import { Workplace, type Running } from "./testing/run-ingot.js";

const TEMPLATE = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["echo one", "sleep 0.5", "echo two"] }
}
`;

const FAILING = TEMPLATE.replace('"sleep 0.5", "echo two"', '"exit 7"');

/** Runs the program in a terminal of its own. What is written to its input is typed there. */
function startInTerminal(place: Workplace, args: string, env: Readonly<Record<string, string>> = {}): Running {
  const command = `stty cols 60; exec ${Workplace.command} ${args}`;
  return place.start([], { TERM: "xterm", ...env }, ["script", "-qec", command, "/dev/null"]);
}

/** What a terminal shows in the end: the view is gone. */
function shown(output: string): string {
  return output
    .replaceAll(/\u001b\[0m\u001b\[\?7l[^]*?\u001b\[\?7h(?:\u001b\[\d+A)?\r\u001b\[J/g, "")
    .replaceAll("\r\n", "\n")
    .replaceAll(/\u001b\[[0-9;]*[mK]/g, "");
}

describe("on a terminal", () => {
  test("there are colours and a live view, and nothing of the view is left", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const { stdout, status } = await startInTerminal(place, "build b.pkr.hcl").finished;
    expect(status).toBe(0);
    expect(stdout).toContain("\u001b[1;32mnull.x: output will be in this color.\u001b[0m\r\n");
    expect(stdout).toContain("\u001b[1;32m==> null.x: one\u001b[0m\r\n");
    expect(stdout).toMatch(/null\.x {4}\ds shell-local \(1\/1\)/);
    const lines = shown(stdout).split("\n");
    expect(lines.filter((line) => line.includes("shell-local (1/1)"))).toEqual([]);
    expect(lines).toContain("==> null.x: two");
  });

  test.each([
    { name: "-color=false", args: "build -color=false b.pkr.hcl", env: {}, banner: false },
    { name: "NO_COLOR", args: "build b.pkr.hcl", env: { NO_COLOR: "1" }, banner: false },
    { name: "PACKER_NO_COLOR", args: "build b.pkr.hcl", env: { PACKER_NO_COLOR: "1" }, banner: false },
  ])("$name takes the colours away", async ({ args, env }) => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const { stdout } = await startInTerminal(place, args, env).finished;
    expect(stdout).not.toMatch(/\u001b\[[0-9;]*[1-9][0-9;]*m/);
    expect(shown(stdout)).toContain("==> null.x: one\n");
  });

  test("a dumb terminal gets plain text", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const { stdout } = await startInTerminal(place, "build b.pkr.hcl", { TERM: "dumb" }).finished;
    expect(stdout).not.toContain("\u001b");
  });

  test("-on-error=ask asks, and does what the user says", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": FAILING });
    const running = startInTerminal(place, "build -on-error=ask b.pkr.hcl");
    const question = "==> null.x: [c] Clean up and exit, [a] abort without cleanup, or [r] retry step";
    await running.said(question);
    running.child.stdin?.write("r\n");
    await expect(count(running, question, 2)).resolves.toBeUndefined();
    running.child.stdin?.write("c\n");
    const { stdout, status } = await running.finished;
    expect(stdout.split("==> null.x: one").length).toBe(3);
    expect(stdout).toContain('Step "StepProvision" failed');
    expect(stdout).toContain("Running the cleanup provisioner, if present...");
    expect(status).toBe(1);
  });

  test("-debug waits for a key at each step", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -debug b.pkr.hcl");
    for (const pause of [
      "after run of step 'StepConnect'",
      "before the next provisioner ",
      "after run of step 'StepProvision'",
      "before cleanup of step 'StepProvision'",
      "before cleanup of step 'StepConnect'",
    ]) {
      await running.said(`==> null.x: Pausing ${pause}. Press enter to continue.`);
      running.child.stdin?.write("\n");
    }
    const { stdout, status } = await running.finished;
    expect(stdout).toContain("Debug mode enabled. Builds will not be parallelized.\r\n");
    expect(shown(stdout)).toContain("==> null.x: two\n");
    expect(status).toBe(0);
  });

  test("Ctrl-C while a question waits ends the question and the build", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TEMPLATE });
    const running = startInTerminal(place, "build -debug b.pkr.hcl");
    await running.said("Press enter to continue.");
    running.child.stdin?.write("\u0003");
    const { stdout, status } = await running.finished;
    expect(stdout).toContain("Cancelling build after receiving interrupt");
    expect(stdout).toContain("Cleanly cancelled builds after being interrupted.");
    expect(status).toBe(1);
    expect(await place.processesAfter(2_000)).toEqual([]);
  });
});

test("without a terminal questions are answered by nobody: the build cleans up and ends", async () => {
  await using place = await Workplace.make({ "b.pkr.hcl": FAILING });
  const { status, stdout } = await place.start([], {}, [
    "setsid",
    "-w",
    "/bin/sh",
    "-c",
    `${Workplace.command} build -on-error=ask b.pkr.hcl`,
  ]).finished;
  expect(stdout).toContain("Running the cleanup provisioner, if present...");
  expect(status).toBe(1);
});

/** Resolves when the text was said so many times. */
async function count(running: Running, text: string, times: number): Promise<void> {
  let seen = 0;
  await new Promise<void>((resolve) => {
    running.child.stdout?.on("data", (data: Buffer) => {
      seen += data.toString().split(text).length - 1;
      if (seen >= times - 1) resolve();
    });
  });
}
