import { describe, expect, test } from "@jest/globals";
import { normalised, Workplace } from "./testing/run-ingot.js";

const TWO = `
source "null" "x" { communicator = "none" }
source "null" "y" { communicator = "none" }
build {
  sources = ["source.null.x", "source.null.y"]
  provisioner "shell-local" { inline = ["test $PACKER_BUILD_NAME = y && exec sleep 30", "exit 3"] }
}
`;
const GOOD = `
source "null" "x" { communicator = "none" }
build {
  sources = ["source.null.x"]
  provisioner "shell-local" { inline = ["true"] }
}
`;

describe("ingot build", () => {
  test("-fail-fast cancels the other builds", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TWO });
    const { status, stdout } = await place.run(["build", "-fail-fast", "b.pkr.hcl"]);
    expect(stdout).toContain("Cancelling the other builds (-fail-fast)\n");
    expect(stdout).toContain("--> null.y: context canceled\n");
    expect(stdout).toContain("--> null.x: Script exited with non-zero exit status: 3");
    expect(status).toBe(1);
  }, 20_000);

  test("-timeout cancels the run", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": TWO });
    const { status, stdout } = await place.run(["build", "-timeout=3s", "b.pkr.hcl"]);
    expect(stdout).toContain("Cancelling the builds: the time of this run is over (-timeout)\n");
    expect(stdout).toContain("Cleanly cancelled builds after being interrupted.\n");
    expect(status).toBe(1);
  }, 20_000);

  test("-durations tells how long each step took", async () => {
    await using place = await Workplace.make({ "b.pkr.hcl": GOOD });
    const { stdout } = await place.run(["build", "-durations", "b.pkr.hcl"]);
    expect(normalised(stdout)).toContain(
      "\n==> How long each step took:\n--> null.x:\n    builder null: DURATION\n    provisioner shell-local: DURATION\n",
    );
    expect((await place.run(["build", "b.pkr.hcl"])).stdout).not.toContain("How long");
  }, 20_000);
});
