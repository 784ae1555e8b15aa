import { randomBytes } from "node:crypto";
import { renderTemplate, type TemplateFunction } from "@ingot/go-template";
import { formatGoLayout, formatStrftime } from "./time-layout.js";

/** Facts for the functions of option templates. */
export interface InterpolateOptions {
  /** The host's version, for `packer_version`. */
  readonly hostVersion?: string;
  /** The folder of a legacy JSON template, for `template_dir`. */
  readonly templateDir?: string;
  /** The build's name, for `build_name`. */
  readonly buildName?: string;
  /** The builder's component name, for `build_type`. */
  readonly builderType?: string;
  /** User variables of a legacy JSON template, for `user`; one that is missing is empty. Without them `user` is an error. */
  readonly userVariables?: Readonly<Record<string, string>>;
}

/** When this process started: `timestamp` and `isotime` give the same value everywhere. */
const STARTED = new Date();

const refuse = (message: string): TemplateFunction => {
  return () => {
    throw new Error(message);
  };
};

/** The functions that don't depend on the data. */
const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  timestamp: () => String(Math.floor(STARTED.getTime() / 1000)),
  isotime: (...layouts) => {
    if (layouts.length > 1) throw new Error(`too many values, 1 needed: ${layouts.join(" ")}`);
    return formatGoLayout(STARTED, layouts.length === 0 ? "2006-01-02T15:04:05Z07:00" : String(layouts[0]));
  },
  strftime: (format) => formatStrftime(STARTED, String(format)),
  clean_resource_name: (text) => String(text).replace(/[^-_.A-Za-z0-9]/g, "-"),
  uuid: timeOrderedUuid,
  pwd: () => process.cwd(),
  upper: (text) => String(text).toUpperCase(),
  lower: (text) => String(text).toLowerCase(),
  replace: (old, replacement, count, text) =>
    replaceFirst(String(text), String(old), String(replacement), Number(count)),
  replace_all: (old, replacement, text) => String(text).replaceAll(String(old), String(replacement)),
  split: (text, separator, index) => {
    const parts = String(text).split(String(separator));
    const part = parts[Number(index)];
    if (part !== undefined) return part;
    const found = `only ${parts.length} values were found`;
    throw new Error(
      `the substring ${String(index)} was unavailable using the separator value, ${String(separator)}, ${found}`,
    );
  },
  env: refuse("env vars are not allowed here"),
  consul_key: refuse("consul_key is not allowed here"),
  vault: refuse("Vault vars are only allowed in the variables section"),
  aws_secretsmanager: refuse("AWS Secrets Manager is only allowed in the variables section"),
  aws_secretsmanager_raw: refuse("AWS Secrets Manager is only allowed in the variables section"),
  user: refuse("test"),
  sed: refuse("template function `sed` is deprecated use `replace` or `replace_all` instead"),
};

/**
 * Renders an option that contains `{{ }}`, as options of Packer's plugins may: fields of the data (`{{.Vars}}`), `build` values
 * (``{{build `ID`}}``, looked up in the data), and the usual functions. Throws an Error whose message says where and why.
 */
export function interpolate(
  text: string,
  data: Readonly<Record<string, unknown>>,
  { hostVersion, templateDir, buildName, builderType, userVariables }: InterpolateOptions = {},
): string {
  if (!text.includes("{{")) return text;
  const functions: Record<string, TemplateFunction> = {
    ...FUNCTIONS,
    build: (name) => {
      if (Object.hasOwn(data, String(name))) return data[String(name)];
      throw new Error(`loaded data, but couldnt find ${String(name)} in it.`);
    },
    build_name: () => given(buildName, "build_name"),
    build_type: () => given(builderType, "build_type"),
    ...(userVariables === undefined ? {} : { user: (name: unknown) => userVariables[String(name)] ?? "" }),
    packer_version: () => hostVersion ?? "",
    template_dir: () => {
      if (templateDir !== undefined && templateDir !== "") return templateDir;
      throw new Error("template path not available");
    },
  };
  return renderTemplate(text, { data, functions });
}

function given(value: string | undefined, name: string): string {
  if (value === undefined || value === "") throw new Error(`${name} not available`);
  return value;
}

function replaceFirst(text: string, old: string, replacement: string, count: number): string {
  if (count < 0) return text.replaceAll(old, replacement);
  let result = text;
  let from = 0;
  for (let done = 0; done < count; done += 1) {
    const at = result.indexOf(old, from);
    if (at < 0) break;
    result = result.slice(0, at) + replacement + result.slice(at + old.length);
    from = at + replacement.length;
  }
  return result;
}

/** A UUID that begins with the seconds since 1970. */
function timeOrderedUuid(): string {
  const time = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  const rest = randomBytes(12).toString("hex");
  return `${time}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8, 12)}-${rest.slice(12)}`;
}
