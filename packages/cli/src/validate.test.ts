import { describe, expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";

const GOOD = `
variable "name" { default = "x" }
source "file" "f" { target = var.name }
build { sources = ["source.file.f"] }
`;

describe("ingot validate", () => {
  test("says that a good template is good, and leaves nothing", async () => {
    await using place = await Workplace.make({ "main.pkr.hcl": GOOD });
    const { status, stdout } = await place.run(["validate", "main.pkr.hcl"]);
    expect(stdout).toContain("The configuration is valid.\n");
    expect(status).toBe(0);
    expect(await place.files()).toEqual(["main.pkr.hcl"]);
    expect(await place.processes()).toEqual([]);
    await expect(place.journal()).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("checks the syntax only when that is wanted", async () => {
    await using place = await Workplace.make({
      "main.pkr.hcl": GOOD.replaceAll('"file"', '"unknown-thing"').replaceAll(".file.", ".unknown-thing."),
    });
    const { status, stdout } = await place.run(["validate", "-syntax-only", "main.pkr.hcl"]);
    expect(stdout).toBe("Syntax-only check passed. Everything looks okay.\n");
    expect(status).toBe(0);
    expect((await place.run(["validate", "main.pkr.hcl"])).status).toBe(1);
  });

  test("warns of values for variables that don't exist, unless told not to", async () => {
    await using place = await Workplace.make({ "main.pkr.hcl": GOOD, "v.pkrvars.hcl": 'unused = "1"\n' });
    const warned = await place.run(["validate", "-var-file=v.pkrvars.hcl", "main.pkr.hcl"]);
    expect(warned.stdout).toContain("Warning: Undefined variable");
    expect(warned.status).toBe(0);
    const silent = await place.run(["validate", "-no-warn-undeclared-var", "-var-file=v.pkrvars.hcl", "main.pkr.hcl"]);
    expect(silent.stdout).not.toContain("Warning: Undefined variable");
  });

  test("doesn't run data sources, but reports what is wrong with builds that use them", async () => {
    const template = `
data "fragile" "d" { fail = "execute" }
source "file" "f" { target = data.fragile.d.answer }
build {
  sources = ["source.file.f"]
  provisioner "shell-local" { inline = ["echo \${build.ID} \${data.fragile.d.answer}"] }
}
`;
    await using place = await Workplace.make({ "main.pkr.hcl": template });
    const unexecuted = await place.run(["validate", "main.pkr.hcl"]);
    expect(unexecuted.stdout).toContain("The configuration is valid.\n");
    const executed = await place.run(["validate", "-evaluate-datasources", "main.pkr.hcl"]);
    expect(executed.stdout).toContain("failed in execute");
    expect(executed.status).toBe(1);
  });

  test("-machine-readable wraps its words", async () => {
    await using place = await Workplace.make({ "main.pkr.hcl": GOOD });
    const { stdout } = await place.run(["validate", "-machine-readable", "main.pkr.hcl"]);
    expect(stdout).toMatch(/^\d+,,ui,say,The configuration is valid\.$/m);
  });
});

describe("ingot version", () => {
  test.each([["version"], ["--version"], ["-v"]])("%s", async (arg) => {
    await using place = await Workplace.make();
    expect(await place.run([arg])).toMatchObject({ status: 0, stdout: "Ingot v0.1.0\n", stderr: "" });
  });

  test("gives machines the parts", async () => {
    await using place = await Workplace.make();
    const { stdout } = await place.run(["version", "-machine-readable"]);
    expect(stdout.replaceAll(/^\d+/gm, "T")).toBe(
      "T,,version,0.1.0\nT,,version-prelease,\nT,,version-commit,\nT,,ui,say,Ingot v0.1.0\n",
    );
  });
});

test("the log goes to the standard error stream or a file, without secrets", async () => {
  const template = GOOD.replace("{ default", "{\n  sensitive = true\n  default").replace('"x" }', '"hunter2"\n}');
  await using place = await Workplace.make({ "main.pkr.hcl": template });
  const logged = await place.run(["build", "main.pkr.hcl"], { PACKER_LOG: "1" });
  expect(logged.stderr).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[INFO\] Ingot version: 0\.1\.0 \[node v/);
  expect(logged.stderr + logged.stdout).not.toContain("hunter2");
  const filed = await place.run(["build", "main.pkr.hcl"], { INGOT_LOG_PATH: "log.txt" });
  expect(filed.stderr).toBe("");
  expect(await place.read("log.txt")).toContain("[INFO] Ingot version: ");
});
