import {
  evaluateLegacyTemplate,
  renderLegacyText,
  type ParsedLegacyTemplate,
  type TemplateWorld,
} from "@ingot/template";
import { wrapWords } from "../../render/word-wrap.js";
import type { ToolUi } from "../tools/tool-ui.js";
import type { LineEvaluator } from "./line-evaluator.js";

const HELP = `JSON console of Ingot.

Type a text to see it with its interpolations rendered, as the settings of a JSON
template are, for example: {{timestamp}} or {{user \`name\`}}

  variables    shows the values of all variables
  help         shows this
  exit         leaves, as Control-C and Control-D do

With -config-type=hcl2 the console takes HCL2 expressions.`;

/** Resolves the template's variables, if they can be, for lines that use them. */
export function openLegacyEvaluator(
  parsed: ParsedLegacyTemplate,
  { world, ui }: { readonly world: TemplateWorld; readonly ui: ToolUi },
): LineEvaluator {
  const { value } = evaluateLegacyTemplate(parsed, { world, only: [], except: [] });
  const userVariables = value?.userVariables ?? new Map<string, string>();
  ui.secrets.add(value?.secrets ?? []);
  const options = { world, templatePath: parsed.template.path, userVariables, startedMs: world.now() };
  return {
    help: HELP,
    words: ["exit", "help", "variables", ...[...userVariables.keys()].map((name) => `{{user \`${name}\`}}`)],
    evaluate: (line) => {
      if (line === "variables") {
        return { text: `\n${[...userVariables].map(([name, text]) => `${name}: ${text},\n`).join("")}` };
      }
      const rendered = renderLegacyText(line, options);
      if ("text" in rendered) return rendered;
      // No severity and no status: so it is in the reference, and scripts may count on it.
      ui.say(`???????: Interpolation error\n\n${wrapWords(rendered.problem, 80)}\n\n`);
      return { text: "" };
    },
  };
}
