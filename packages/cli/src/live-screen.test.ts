import path from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Workplace } from "./testing/run-ingot.js";
import { isInstalled, Screen } from "./testing/screen.js";

const inTmux = isInstalled("tmux") ? describe : describe.skip;

/** So many builds that print so many lines each, with long lines, wide characters, tabs and escape sequences among them. */
function noisyTemplate(
  builds: number,
  { lines, pauseMs }: { readonly lines: number; readonly pauseMs: number },
): string {
  const names = Array.from({ length: builds }, (_, at) => `b${at}`);
  return `
${names.map((name) => `source "null" "${name}" { communicator = "none" }`).join("\n")}
build {
  sources = [${names.map((name) => `"null.${name}"`).join(", ")}]
  provisioner "shell-local" { inline = ["exec node $PWD/noise.mjs ${lines} ${pauseMs}"] }
}
`;
}

const NOISE = `
const [lines, pauseMs] = process.argv.slice(2).map(Number);
const name = process.env.PACKER_BUILD_NAME;
for (let at = 0; at < lines; at++) {
  console.log(\`line \${name} \${at} \${["漢字かな한글".repeat(12), "x".repeat(150), "a\\tb", "\\u001b[2Jclear\\u001b[H", "short"][at % 5]}\`);
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
`;

async function open(
  place: Workplace,
  args: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<Screen> {
  const home = path.join(place.folder, "home");
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, INGOT_STATE_DIR: path.join(home, "state") };
  return await Screen.open(`${Workplace.command} ${args}; echo over`, { ...size, folder: place.folder, env });
}

/** The lines of text that are no text of a build, of the summary, or of what a build's line was broken into. */
function garbage(screen: string): readonly string[] {
  return screen.split("\n").filter((line) => /\(1\/1\)|\(0\/1\)|\d+s /.test(line) && !/after|Wait/.test(line));
}

inTmux("the live view on a real screen", () => {
  test.each([
    { name: "one build in 80 columns", builds: 1, columns: 80, rows: 24 },
    { name: "20 builds in 40 columns", builds: 20, columns: 40, rows: 24 },
  ])(
    "$name: every line stays and nothing of the view",
    async ({ builds, columns, rows }) => {
      const template = noisyTemplate(builds, { lines: 10, pauseMs: 20 });
      await using place = await Workplace.make({ "b.pkr.hcl": template, "noise.mjs": NOISE });
      await using screen = await open(place, "build b.pkr.hcl", { columns, rows });
      await screen.shows(/\(1\/1\)/);
      await screen.shows(/^over/m, 60_000);
      const text = await screen.text(5_000);
      expect(garbage(text)).toEqual([]);
      const joined = text.replaceAll("\n", "");
      for (let build = 0; build < builds; build++) {
        for (let line = 0; line < 10; line++) expect(joined).toContain(`==> null.b${build}: line b${build} ${line} `);
      }
    },
    90_000,
  );

  test("is at the bottom, a row for each build", async () => {
    const template = noisyTemplate(3, { lines: 200, pauseMs: 50 });
    await using place = await Workplace.make({ "b.pkr.hcl": template, "noise.mjs": NOISE });
    await using screen = await open(place, "build b.pkr.hcl", { columns: 60, rows: 20 });
    await screen.shows(/line b2 3 /);
    for (let look = 0; look < 5; look++) {
      const last = (await screen.text()).split("\n").slice(-3);
      expect(last.map((line) => /^null\.b(\d) +\d+s shell-local \(1\/1\)/.exec(line)?.[1])).toEqual(["0", "1", "2"]);
    }
    await screen.type("C-c");
    await screen.shows(/Cleanly cancelled builds after being interrupted\.[^]*Pane is dead/);
    expect(garbage(await screen.text(5_000))).toEqual([]);
  }, 90_000);

  test("survives being resized again and again", async () => {
    const template = noisyTemplate(5, { lines: 50, pauseMs: 100 });
    await using place = await Workplace.make({ "b.pkr.hcl": template, "noise.mjs": NOISE });
    await using screen = await open(place, "build b.pkr.hcl", { columns: 100, rows: 30 });
    await screen.shows(/line b0 2 /);
    for (const columns of [40, 120, 50, 70, 41, 100]) {
      await screen.resize(columns, 30);
      await new Promise((resolve) => setTimeout(resolve, 600)); // tmux tells of changes half a second apart at once
    }
    await screen.shows(/^over/m, 60_000);
    expect(garbage(await screen.text(5_000))).toEqual([]);
  }, 90_000);

  test("gives way to a question", async () => {
    const template = noisyTemplate(2, { lines: 3, pauseMs: 0 });
    await using place = await Workplace.make({ "b.pkr.hcl": template, "noise.mjs": NOISE });
    await using screen = await open(place, "build -debug b.pkr.hcl", { columns: 100, rows: 24 });
    const pauses = [
      "after run of step 'StepConnect'",
      "before the next provisioner ",
      "after run of step 'StepProvision'",
      "before cleanup of step 'StepProvision'",
      "before cleanup of step 'StepConnect'",
    ];
    for (const build of ["b0", "b1"]) {
      for (const pause of pauses) {
        await screen.shows(new RegExp(`null\\.${build}: Pausing ${pause}\\. Press enter to continue\\.$`));
        await screen.type("Enter");
      }
    }
    await screen.shows(/^over/m);
    expect(garbage(await screen.text(500))).toEqual([]);
  }, 90_000);

  test("gives way to the shell after Ctrl-Z, and comes back", async () => {
    const template = noisyTemplate(2, { lines: 60, pauseMs: 100 });
    await using place = await Workplace.make({ "b.pkr.hcl": template, "noise.mjs": NOISE });
    const env = { PATH: process.env["PATH"] ?? "", HOME: place.folder, PS1: "PROMPT " };
    const size = { columns: 90, rows: 24 };
    await using screen = await Screen.open("exec bash --norc -i", { ...size, folder: place.folder, env });
    await screen.shows(/^PROMPT/m);
    await screen.type(`${Workplace.command} build b.pkr.hcl`, "Enter");
    await screen.shows(/line b1 3 /);
    for (let round = 0; round < 2; round++) {
      await screen.type("C-z");
      const stopped = await screen.shows(/Stopped[^]*\nPROMPT$/);
      expect(garbage(stopped)).toEqual([]);
      expect(stopped).not.toContain("^Z");
      await screen.type("clear; fg", "Enter");
      await screen.shows(/^null\.b0 +\d+s shell-local \(1\/1\)[^\n]*\nnull\.b1 [^\n]*$/m);
    }
    await screen.shows(/How long each step took[^]*\nPROMPT$/, 60_000);
    expect(garbage(await screen.text(5_000))).toEqual([]);
  }, 90_000);
});
