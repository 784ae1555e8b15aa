import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { makeFoldersSync } from "@ingot/files";
import { SCRIPTS } from "../commands/completion/scripts.js";
import type { Console } from "../console.js";
import { homeFolder } from "../directories.js";
import { given } from "../settings.js";

/** A shell whose start file can be changed. */
interface Target {
  readonly file: string;
  /** Gives false when it was there already. */
  readonly install: () => boolean;
  /** Gives false when it was not there. */
  readonly uninstall: () => boolean;
}

const ZSH_SETUP = "autoload -U +X bashcompinit && bashcompinit";

/** Turns completion on or off in every shell of the user whose files are there. Gives the exit status; success says nothing. */
export function installCompletion(
  wanted: { readonly install: boolean; readonly uninstall: boolean },
  { env, stderr }: Console,
  program: string,
): number {
  const fail = (problem: string): number => {
    stderr.write(` Error executing CLI: ${problem}\n`);
    return 1;
  };
  if (wanted.install && wanted.uninstall) {
    return fail("Either the autocomplete install or uninstall flag may be specified, but not both.");
  }
  const targets = findTargets(env, program);
  if (targets.length === 0) return fail(`Did not find any shells to ${wanted.install ? "install" : "uninstall"}`);
  const problems: string[] = [];
  for (const { file, install, uninstall } of targets) {
    const isDone = wanted.install ? install() : uninstall();
    if (!isDone) problems.push(`${wanted.install ? "already installed" : "does not installed"} in ${file}`);
  }
  if (problems.length === 0) return 0;
  const count = `${problems.length} error${problems.length === 1 ? "" : "s"} occurred:`;
  return fail(`${count}\n${problems.map((problem) => `\t* ${problem}\n`).join("")}\n`);
}

function findTargets(env: Console["env"], program: string): readonly Target[] {
  const home = homeFolder(env);
  const inHome = (names: readonly string[]): string | undefined =>
    names.map((name) => path.join(home, name)).find((file) => existsSync(file));
  const bash = inHome(
    process.platform === "darwin" ? [".bash_profile"] : [".bashrc", ".bash_profile", ".bash_login", ".profile"],
  );
  const zsh = inHome([".zshrc"]);
  const fish = path.join(given(env["XDG_CONFIG_HOME"]) ?? path.join(home, ".config"), "fish");
  return [
    ...(bash === undefined ? [] : [lineTarget(bash, { line: `complete -C ${program} ingot`, setup: undefined })]),
    ...(zsh === undefined
      ? []
      : [lineTarget(zsh, { line: `complete -o nospace -C ${program} ingot`, setup: ZSH_SETUP })]),
    ...(statSync(fish, { throwIfNoEntry: false })?.isDirectory()
      ? [fishTarget(path.join(fish, "completions", "ingot.fish"))]
      : []),
  ];
}

function lineTarget(
  file: string,
  { line, setup }: { readonly line: string; readonly setup: string | undefined },
): Target {
  const lines = (): readonly string[] => readFileSync(file, "utf8").split("\n");
  return {
    file,
    install: () => {
      if (lines().includes(line)) return false;
      if (setup !== undefined && !lines().includes(setup)) appendFileSync(file, `\n${setup}\n`);
      appendFileSync(file, `\n${line}\n`);
      return true;
    },
    uninstall: () => {
      const all = lines();
      if (!all.includes(line)) return false;
      writeFileSync(file, all.filter((one) => one !== line).join("\n"));
      return true;
    },
  };
}

function fishTarget(file: string): Target {
  return {
    file,
    install: () => {
      if (existsSync(file)) return false;
      makeFoldersSync(path.dirname(file));
      writeFileSync(file, SCRIPTS["fish"] ?? "");
      return true;
    },
    uninstall: () => {
      if (!existsSync(file)) return false;
      rmSync(file);
      return true;
    },
  };
}
