import { TemplateError } from "@ingot/go-template";
import type { TemplateWorld } from "../model.js";
import { PACKER_VERSION } from "../packer-version.js";
import { renderOnce } from "./render-options.js";

export interface LegacyTextOptions {
  readonly world: TemplateWorld;
  /** For `{{template_dir}}`. */
  readonly templatePath: string;
  readonly userVariables: ReadonlyMap<string, string>;
  /** When the run began, in milliseconds since 1970. */
  readonly startedMs: number;
}

/** Renders a text that a user typed, as the settings of a legacy template are rendered. Gives what is wrong instead. */
export function renderLegacyText(
  text: string,
  { world, templatePath, userVariables, startedMs }: LegacyTextOptions,
): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: renderOnce(text, { world, version: PACKER_VERSION, templatePath, startedMs }, { userVariables }) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { problem: error.message };
  }
}
