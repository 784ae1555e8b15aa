import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";
import { isInstalled, Screen } from "./testing/screen.js";

const TEMPLATE = `
variable "region" { description = "Where to build. Anywhere." }
variables { size = 1 }
source "null" "web" { communicator = "none" }
source "null" "db" { communicator = "none" }
build {
  name = "all"
  sources = ["source.null.web", "null.db"]
  source "null.db" { name = "other" }
}
`;

let place: Workplace;
let bin: string;

beforeAll(async () => {
  place = await Workplace.make({
    "images.pkr.hcl": TEMPLATE,
    "old.json": '{ "variables": { "zone": "" }, "builders": [{ "type": "null", "name": "legacy" }] }',
    "prod.pkrvars.hcl": "",
    "my file.pkr.hcl": "",
    "notes.txt": "",
  });
  bin = path.join(place.folder, "home");
  await mkdir(path.join(place.folder, "folder"));
  await mkdir(bin, { recursive: true });
  await writeFile(path.join(bin, "ingot"), `#!/bin/sh\nexec ${Workplace.command} "$@"\n`);
  await chmod(path.join(bin, "ingot"), 0o755);
});
afterAll(() => place[Symbol.asyncDispose]());

async function ask(line: string, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const { stdout, status } = await place.run([], { COMP_LINE: line, ...env });
  expect(status).toBe(0);
  return stdout.split("\n").slice(0, -1);
}

test.each([
  { line: "ingot bu", want: ["build"] },
  { line: "ingot v", want: ["validate", "version"] },
  { line: "ingot -", want: ["-autocomplete-install", "-autocomplete-uninstall", "-help", "-version"] },
  { line: "ingot nonsense ", want: [] },
  { line: "ingot build -on", want: ["-only", "-on-error"] },
  { line: "ingot build -on-error=c", want: ["cleanup"] },
  { line: "ingot build -on-error ru", want: ["run-cleanup-provisioner"] },
  { line: "ingot build -color=", want: ["true", "false"] },
  { line: "ingot build -force -config-type ", want: ["hcl2", "json"] },
  { line: "ingot build -only=", want: ["all.null.db", "all.null.other", "all.null.web"] },
  { line: "ingot build -only all.null.db,all.null.w", want: ["all.null.db,all.null.web"] },
  { line: "ingot build -var ", want: ["region=", "size="] },
  { line: "ingot build -var 're", want: ["region="] },
  {
    line: "ingot build -var-file=",
    want: ["folder/", "images.pkr.hcl", "my\\ file.pkr.hcl", "old.json", "prod.pkrvars.hcl"],
  },
  { line: "ingot build -force im", want: ["images.pkr.hcl"] },
  { line: "ingot build ", want: ["folder/", "images.pkr.hcl", "my\\ file.pkr.hcl", "old.json"] },
  { line: "ingot build images.pkr.hcl -f", want: [] },
  { line: "ingot fmt -ch", want: ["-check"] },
  { line: "ingot completion z", want: ["zsh"] },
  { line: "ingot build -debug -color=false -timestamp", want: ["-timestamp-ui"] },
  { line: "ingot build -except=all.null.o", want: ["all.null.other"] },
  { line: "ingot validate -evaluate", want: ["-evaluate-datasources"] },
  { line: "ingot plugins inst", want: ["install", "installed"] },
  { line: "ingot init -lockfile=r", want: ["readonly"] },
  { line: "ingot plugins describe -f", want: ["-format"] },
  { line: "ingot plugins describe -format=m", want: ["markdown"] },
  { line: "ingot plugins describe o", want: ["oci"] },
  { line: "ingot plugins describe core shell", want: ["shell", "shell-local"] },
  { line: "ingot plugins describe -json core windows-s", want: ["windows-shell"] },
  { line: "ingot plugins describe nonsense ", want: [] },
  { line: "ingot plugins required im", want: ["images.pkr.hcl"] },
  { line: "ingot plugins nonsense ", want: [] },
])("$line", async ({ line, want }) => {
  const found = (await ask(line)).filter((name) => name !== "home/");
  expect([...found].sort()).toEqual([...want].sort());
});

test("the template behind the cursor counts", async () => {
  const line = "ingot build -only= old.json";
  expect(await ask(line, { COMP_POINT: String(line.indexOf(" old")) })).toEqual(["legacy"]);
});

test("shells with descriptions get them", async () => {
  expect(await ask("ingot build -var reg", { INGOT_COMPLETE: "zsh" })).toEqual(["region=\tWhere to build. Anywhere."]);
  expect(await ask("ingot build -forc", { INGOT_COMPLETE: "fish" })).toEqual([
    "-force\tLet builders replace what exists already",
  ]);
});

describe.each([
  { shell: "bash", start: "bash --norc --noprofile -i", setup: "source <(ingot completion bash)" },
  {
    shell: "zsh",
    start: "zsh -f -i",
    setup: "autoload -U compinit; compinit -u -D; source <(ingot completion zsh)",
  },
  { shell: "fish", start: "fish --no-config -i", setup: "ingot completion fish | source" },
])("$shell", ({ shell, start, setup }) => {
  const there = isInstalled(shell) && isInstalled("tmux") ? test : test.skip;

  there(
    "completes what is typed",
    async () => {
      const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}`, HOME: bin, PS1: "$ " };
      await using screen = await Screen.open(start, { columns: 160, rows: 30, folder: place.folder, env });
      await screen.type(`${setup}; echo re''ady`, "Enter");
      await screen.shows(/^ready/m);
      await screen.type("C-l");
      await screen.type("ingot val", "Tab");
      await screen.shows(/ingot validate/);
      await screen.type("-synt", "Tab");
      await screen.shows(/validate -syntax-only/);
      await screen.type("-config-type=h", "Tab");
      await screen.shows(/-config-type=hcl2/);
      await screen.type("-only=all.null.d", "Tab");
      await screen.shows(/-only=all\.null\.db/);
      await screen.type("-var=reg", "Tab");
      await screen.shows(/-var=region=/);
      await screen.type("x ima", "Tab", "Enter");
      await screen.shows(/-var=region=x images\.pkr\.hcl/);
      await screen.shows(/Syntax-only check passed/);
      await screen.type("C-l");
      await screen.type("ingot plugins desc", "Tab");
      await screen.shows(/ingot plugins describe/);
      await screen.type("core windows-res", "Tab");
      await screen.shows(/describe core windows-restart/);
    },
    60_000,
  );
});

describe("-autocomplete-install", () => {
  test("adds to the files of the shells that are there, once, and takes it out again", async () => {
    await using home = await Workplace.make({ ".bashrc": "# mine\n", ".zshrc": "# mine\n" });
    await mkdir(path.join(home.folder, ".config", "fish"), { recursive: true });
    const env = { HOME: home.folder };
    const read = (name: string): Promise<string> => readFile(path.join(home.folder, name), "utf8");
    expect(await home.run(["-autocomplete-install"], env)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(await read(".bashrc")).toMatch(/^# mine\n\ncomplete -C \/\S+ ingot\n$/);
    expect(await read(".zshrc")).toMatch(/bashcompinit\n\ncomplete -o nospace -C \/\S+ ingot\n$/);
    expect(await read(".config/fish/completions/ingot.fish")).toContain("complete -c ingot");
    const again = await home.run(["-autocomplete-install"], env);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain(
      ` Error executing CLI: 3 errors occurred:\n\t* already installed in ${home.folder}/.bashrc\n`,
    );
    expect((await home.run(["-autocomplete-uninstall"], env)).status).toBe(0);
    expect(await read(".bashrc")).toBe("# mine\n\n");
  });

  test("refuses both flags", async () => {
    const { stderr, status } = await place.run(["-autocomplete-install", "-autocomplete-uninstall"]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      " Error executing CLI: Either the autocomplete install or uninstall flag may be specified, but not both.\n",
    );
  });
});

test("an answer takes no longer than a version", async () => {
  const time = async (line: string): Promise<number> => {
    const startedAt = performance.now();
    await ask(line);
    return performance.now() - startedAt;
  };
  await time("ingot build -only=");
  const times = [await time("ingot build -only="), await time("ingot build -only="), await time("ingot build -only=")];
  expect(Math.min(...times)).toBeLessThan(1_000); // about 80 ms when the machine has nothing else to do
});

test.each([
  { args: ["biuld", "x"], want: 'There is no command "biuld". Did you mean "build"?\n' },
  { args: ["build", "t.pkr.hcl", "-force"], want: "Options must stand before the template: -force after t.pkr.hcl\n" },
  { args: ["build", "a", "b"], want: "There must be one template only: a b\n" },
  { args: ["build"], want: "A template is missing.\n" },
])("$args has its reason on the standard error", async ({ args, want }) => {
  expect((await place.run(args)).stderr).toBe(want);
});
