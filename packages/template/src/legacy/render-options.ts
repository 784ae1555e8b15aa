import {
  optionFunctions,
  renderTemplate,
  TemplateError,
  type OptionFacts,
  type TemplateFunction,
} from "@ingot/go-template";
import { randomBytes } from "node:crypto";
import { dirname, resolve } from "node:path";
import type { TemplateWorld } from "../model.js";

/** What the `{{ }}` functions of one template see everywhere. */
export interface LegacyFacts {
  readonly world: TemplateWorld;
  readonly version: string;
  /** The template's absolute path. */
  readonly templatePath: string;
  readonly startedMs: number;
}

/** What differs from place to place. */
export interface PlaceFacts extends Pick<OptionFacts, "buildName" | "buildType" | "build" | "mustExist"> {
  readonly userVariables: ReadonlyMap<string, string>;
  /** True in the variables section: there the environment and secret stores can be read. */
  readonly isVariablesSection?: boolean;
  /** `vault`, `consul_key` and the like, for the variables section. */
  readonly secretFunctions?: Readonly<Record<string, TemplateFunction>>;
}

/** Renders a text once. Throws TemplateError. */
export function renderOnce(text: string, facts: LegacyFacts, place: PlaceFacts): string {
  if (!text.includes("{{")) return text;
  return renderTemplate(text, { functions: functionsOf(facts, place) });
}

const MOST_PASSES = 100;

/** Renders a text until it stops changing. Throws TemplateError. */
export function renderUntilStable(text: string, facts: LegacyFacts, place: PlaceFacts): string {
  let current = text;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const next = renderOnce(current, facts, place);
    if (next === current) return current;
    current = next;
  }
  throw new TemplateError(`the text ${JSON.stringify(text)} refers to itself without end`);
}

/** The functions of a place. */
function functionsOf(facts: LegacyFacts, place: PlaceFacts): Readonly<Record<string, TemplateFunction>> {
  const { world } = facts;
  const { isVariablesSection = false, secretFunctions, userVariables, ...rest } = place;
  const functions = optionFunctions({
    startedMs: facts.startedMs,
    workingDirectory: () => world.workingDirectory,
    uuid: timeOrderedUuid,
    packerVersion: facts.version,
    templateDir: templateFolder(facts),
    userVariables,
    ...rest,
    ...(isVariablesSection && { env: (name: string) => world.env[name] ?? "", mustExist: true }),
  });
  return isVariablesSection ? { ...functions, ...secretFunctions } : functions;
}

function templateFolder({ world, templatePath }: LegacyFacts): string {
  return dirname(resolve(world.workingDirectory, templatePath));
}

/** A UUID that begins with the seconds since 1970. */
function timeOrderedUuid(): string {
  const time = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  const rest = randomBytes(12).toString("hex");
  return `${time}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8, 12)}-${rest.slice(12)}`;
}
