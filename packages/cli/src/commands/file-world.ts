import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { TemplateWorld } from "@ingot/template";
import type { Console } from "../console.js";
import { blockingRequest } from "./blocking-request.js";
import { withTemplateVariables } from "../settings.js";

/** The files and the environment that templates see. */
export function fileWorld({ env, workingDirectory }: Console): TemplateWorld {
  const absolute = (given: string): string => path.resolve(workingDirectory, given);
  return {
    env: withTemplateVariables(env),
    workingDirectory,
    readFile: (given) => readFileSync(absolute(given)),
    listFolder: (given) => (statSync(absolute(given)).isDirectory() ? readdirSync(absolute(given)) : undefined),
    isFile: (given) => statSync(absolute(given), { throwIfNoEntry: false })?.isFile() ?? false,
    now: Date.now,
    request: blockingRequest,
  };
}
