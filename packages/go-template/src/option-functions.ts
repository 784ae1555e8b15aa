import { civilTime, rfc3339Text } from "./calendar.js";
import { formatGoLayout, formatStrftime } from "./legacy-time.js";
import type { TemplateFunction } from "./render.js";
import { typedFunction } from "./typed-function.js";

/** What the functions of option templates need to know. What is absent makes the function that needs it fail. */
export interface OptionFacts {
  /** Milliseconds since 1970: the one time that `timestamp`, `isotime` and `strftime` show. */
  readonly startedMs: number;
  readonly workingDirectory: () => string;
  readonly uuid: () => string;
  readonly packerVersion?: string;
  /** The folder of a legacy JSON template, absolute. */
  readonly templateDir?: string;
  readonly buildName?: string;
  readonly buildType?: string;
  /** The variables of a legacy JSON template. */
  readonly userVariables?: ReadonlyMap<string, string>;
  /** True where a variable that doesn't exist is an error instead of an empty text. */
  readonly mustExist?: boolean;
  /** The environment, where it may be seen. */
  readonly env?: (name: string) => string;
  /** Gives the value of ``build `NAME` ``, or throws. */
  readonly build?: (name: string) => string;
}

/** The functions of `{{ }}` in options and in legacy JSON templates, without those that read secret stores. */
export function optionFunctions(facts: OptionFacts): Readonly<Record<string, TemplateFunction>> {
  const time = civilTime(facts.startedMs);
  const known = (value: string | undefined, name: string) =>
    typedFunction([], () => (value === undefined || value === "" ? refuse(`${name} not available`) : value));
  const onlyInVariables = (message: string): TemplateFunction => {
    return () => refuse(message);
  };
  return {
    build_name: known(facts.buildName, "build_name"),
    build_type: known(facts.buildType, "build_type"),
    packer_version: known(facts.packerVersion, "packer_version"),
    template_dir: known(facts.templateDir, "template path"),
    pwd: typedFunction([], facts.workingDirectory),
    uuid: typedFunction([], facts.uuid),
    timestamp: typedFunction([], () => String(time.unix)),
    isotime: typedFunction(["strings"], (...layouts: readonly string[]) => {
      const [layout] = layouts;
      if (layouts.length > 1) refuse(`too many values, 1 needed: [${layouts.join(" ")}]`);
      return layout === undefined ? rfc3339Text(time) : formatGoLayout(layout, time);
    }),
    strftime: typedFunction(["string"], (format: string) => formatStrftime(format, time)),
    upper: typedFunction(["string"], (text: string) => text.toUpperCase()),
    lower: typedFunction(["string"], (text: string) => text.toLowerCase()),
    replace: typedFunction(["string", "string", "int", "string"], (old, replacement, count, text) =>
      replaceFirst(String(text), { old: String(old), replacement: String(replacement), count: Number(count) }),
    ),
    replace_all: typedFunction(["string", "string", "string"], (old: string, replacement: string, text: string) =>
      replaceFirst(text, { old, replacement, count: -1 }),
    ),
    split: typedFunction(["string", "string", "int"], (text, separator, index) =>
      part(String(text), String(separator), Number(index)),
    ),
    sed: typedFunction(["string", "string"], () =>
      refuse(
        "template function `sed` is deprecated use `replace` or `replace_all` instead.Documentation: https://www.packer.io/docs/templates/engine",
      ),
    ),
    user: typedFunction(["string"], (name: string) => userVariable(name, facts)),
    env: typedFunction(["string"], (name: string) => facts.env?.(name) ?? refuse("env vars are not allowed here")),
    build: typedFunction(
      ["string"],
      (name: string) =>
        facts.build?.(name) ??
        refuse(`Error validating build variable: the given variable ${name} will not be passed into your plugin.`),
    ),
    consul_key: onlyInVariables("consul_key is not allowed here"),
    vault: onlyInVariables("Vault vars are only allowed in the variables section"),
    aws_secretsmanager: onlyInVariables("AWS Secrets Manager is only allowed in the variables section"),
    aws_secretsmanager_raw: onlyInVariables("AWS Secrets Manager is only allowed in the variables section"),
  };
}

function refuse(message: string): never {
  throw new Error(message);
}

function userVariable(name: string, { userVariables, mustExist = false }: OptionFacts): string {
  if (userVariables === undefined) refuse("test"); // the reference's message
  const value = userVariables.get(name);
  if (value === undefined && mustExist) refuse(`Error: variable not set: ${name}`);
  return value ?? "";
}

function part(text: string, separator: string, index: number): string {
  const parts = separator === "" ? Array.from(text) : text.split(separator);
  const found = parts[index];
  if (found !== undefined) return found;
  const rest = `only ${parts.length} values were found`;
  return refuse(`the substring ${index} was unavailable using the separator value, ${separator}, ${rest}`);
}

interface Replacement {
  readonly old: string;
  readonly replacement: string;
  /** Negative: all. */
  readonly count: number;
}

function replaceFirst(text: string, { old, replacement, count }: Replacement): string {
  // An empty text stands before each character and at the end.
  const pieces = old === "" ? ["", ...Array.from(text), ""] : text.split(old);
  if (old === "" && text === "") return count === 0 ? "" : replacement;
  const gaps = pieces.length - 1;
  const replaced = count < 0 ? gaps : Math.min(count, gaps);
  const head = pieces.slice(0, replaced + 1).join(replacement);
  return [head, ...pieces.slice(replaced + 1)].join(old);
}
