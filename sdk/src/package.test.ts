import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = fileURLToPath(new URL("../../packages", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const run = promisify(execFile);

let project: string;
let workspace: string;

beforeAll(() => {
  project = realpathSync(mkdtempSync(join(tmpdir(), "ingot-author-")));
  workspace = mkdtempSync(join(tmpdir(), "ingot-workspace-"));
});
afterAll(() => {
  for (const folder of [project, workspace]) rmSync(folder, { recursive: true, force: true });
});

const PLUGIN = `
import { definePlugin, provisioner, builder, localMachine, schema as s, type Infer } from "@ingot/sdk";
import { createFloppy, destroyParts, floppyOptions } from "@ingot/sdk/parts";

const greetConfig = s.object({
  to: s.string({ describe: "Whom to greet." }),
  times: s.integer({ describe: "How often.", default: 1, min: 1 }),
  token: s.string({ describe: "Shown nowhere.", sensitive: true, optional: true }),
  mode: s.string({ oneOf: ["loud", "quiet"], default: "loud" }),
});
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const typed: Same<
  Infer<typeof greetConfig>,
  { readonly to: string; readonly times: number; readonly token: string | undefined; readonly mode: "loud" | "quiet" }
> = true;
void typed;

const greet = provisioner({
  name: "greet",
  summary: "Writes a greeting into the machine.",
  config: greetConfig,
  async provision({ config, machine, ui, signal }) {
    for (let i = 0; i < config.times; i++)
      await machine.run(["echo", \`hello \${config.to}\`], { signal, stdout: ui.say });
  },
});

const box = builder({
  name: "box",
  config: s.object({
    image: s.string({ describe: "Base image." }),
    communicator: s.communicator({ default: "none" }),
    floppy: floppyOptions(),
  }),
  async run(context) {
    const { config, resources, provision } = context;
    await using floppy = await createFloppy(config.floppy, context);
    if (floppy === undefined) throw new Error("no floppy disk");
    await using vm = await resources.create("vm", (id) => ({ id, image: config.image, machine: localMachine() }));
    await provision(vm.machine, { ID: vm.id });
    return { id: vm.id, files: [], summary: \`VM \${vm.id} from \${vm.image}\` };
  },
  destroy: { ...destroyParts, vm: ({ id }) => void id },
});

definePlugin({ name: "author", components: [greet, box] }).serve();
`;

const TEST = `
import { localMachine } from "@ingot/sdk";
import { startPlugin } from "@ingot/sdk/testing";

const plugin = await startPlugin(new URL("./plugin.js", import.meta.url));
const greeted = await plugin.provision("greet", { to: "you", times: 2 }, { machine: localMachine() });
const built = await plugin.runBuilder("box", { image: "debian", floppy_content: { a: "b" } }, {
  provision: async (machine) => { await machine.run("true"); },
});
await plugin[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify({ ui: greeted.ui, problems: built.diagnostics, made: built.artifact?.builderId }));
`;

test("installs from its tarball alone, type-checks and runs in a project outside the workspace", async () => {
  // Packing rewrites imports for a moment, which must not happen to what other tests use.
  const copy = join(workspace, "sdk");
  cpSync(SDK, copy, { recursive: true });
  symlinkSync(PACKAGES, join(workspace, "packages"));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", project], { cwd: copy });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("["))) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error("nothing was packed");
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain("dist/vendor/protocol/index.js");
  expect(paths).toContain("dist/builder-parts/index.d.ts");
  expect(paths.filter((path) => /\.test\.|tsbuildinfo|testdata|parts\/testing/.test(path))).toEqual([]);

  const manifest = { name: "author", private: true, type: "module", dependencies: {} };
  writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
  const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", `./${packed.filename}`];
  await run("npm", install, { cwd: project });
  // The compiler, Node's types and the bundler are the author's own choice; those of the workspace do.
  for (const name of ["typescript", "@types/node", "undici-types", "esbuild", "@esbuild"]) {
    cpSync(join(MODULES, name), join(project, "node_modules", name), { recursive: true });
  }
  mkdirSync(join(project, "src"));
  writeFileSync(join(project, "src", "plugin.ts"), PLUGIN);
  writeFileSync(join(project, "src", "test.ts"), TEST);
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023", "ESNext.Disposable"],
    module: "NodeNext",
    types: ["node"],
    strict: true,
    skipLibCheck: false,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    rootDir: "src",
    outDir: "out",
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
  const compile = [join(project, "node_modules", "typescript", "bin", "tsc"), "-p", "."];
  await run(process.execPath, compile, { cwd: project }).catch((error: { readonly stdout?: string }) => {
    throw new Error(error.stdout);
  });
  const env = { ...process.env, NODE_OPTIONS: "" };
  const result = await run(process.execPath, ["out/test.js"], { cwd: project, env });
  expect(JSON.parse(result.stdout)).toEqual({
    ui: [
      { level: "say", text: "hello you" },
      { level: "say", text: "hello you" },
    ],
    problems: [],
    made: "author.box",
  });

  // As authors run it: npm finds the one program of the package.
  const packing = ["--offline", "@ingot/sdk", "pack", "--name", "author", "--version", "0.0.0", "src/plugin.ts"];
  const release = await run("npx", packing, { cwd: project, env });
  expect(release.stdout).toMatch(/^Packed author 0.0.0 with provisioner greet, builder box:/);
}, 180_000);
