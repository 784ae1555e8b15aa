// Generates packages/protocol/src/gen from proto/. With --check it fails when the committed files differ.
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";

const gen = "packages/protocol/src/gen";
const run = (command, ...args) => execFileSync(command, args, { stdio: "inherit" });

rmSync(gen, { recursive: true, force: true });
run("npx", "buf", "generate");
if (process.argv.includes("--check")) run("git", "diff", "--exit-code", "--stat", "--", gen);
