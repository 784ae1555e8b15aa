import { typedFunction, type ArgumentKind, type TemplateFunction } from "@ingot/go-template";
import { stringType, stringValue, type FunctionSpec } from "@ingot/hcl";
import { loadFunctionLibraries } from "../functions/function-libraries.js";
import { remoteFunctions } from "../functions/remote-functions.js";
import type { TemplateWorld } from "../model.js";
import type { ParsedLegacyTemplate } from "./parse-legacy-template.js";

export interface SecretFunctionsOptions {
  readonly world: TemplateWorld;
  /** Called with each secret that was read, before anything can show it. */
  readonly onSecret?: (secret: string) => void;
}

/** `vault`, `consul_key` and the AWS functions for the variables section. Loads only what the template's values mention. */
export async function loadSecretFunctions(
  { template, given }: ParsedLegacyTemplate,
  options: SecretFunctionsOptions,
): Promise<Readonly<Record<string, TemplateFunction>>> {
  const defaults = Array.from(template.variables.values(), ({ defaultValue }) => defaultValue);
  const libraries = await loadFunctionLibraries([...defaults, ...given.values()]);
  const specs = remoteFunctions({ ...options, libraries });
  return Object.fromEntries(specs.map((spec) => [spec.name, templateFunction(spec)]));
}

function templateFunction({ name, params, impl }: FunctionSpec): TemplateFunction {
  // The key of a secret may be left out here.
  const isOptional = params.some(({ allowNull }) => allowNull === true);
  const kinds: readonly ArgumentKind[] = isOptional ? ["strings"] : params.map(() => "string");
  return typedFunction(kinds, (...texts: readonly string[]) => {
    if (texts.length === 0 && isOptional) throw new Error("secret name must be provided");
    if (texts.length > params.length) throw new Error("only secret name and optional secret key can be provided.");
    const args = params.map((_, at) => stringValue(texts[at] ?? ""));
    const { raw } = impl(args, stringType);
    if (typeof raw === "string") return raw;
    throw new Error(`bug: ${name} gave no text`);
  });
}
