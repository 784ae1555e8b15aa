import { randomBytes } from "node:crypto";
import { optionFunctions, renderTemplate, typedFunction, type TemplateFunction } from "@ingot/go-template";

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
const STARTED_MS = Date.now();

/**
 * Renders an option that contains `{{ }}`, as options of Packer's plugins may: fields of the data (`{{.Vars}}`), `build` values
 * (``{{build `ID`}}``, looked up in the data), and the usual functions. Throws an Error whose message says where and why.
 */
export function interpolate(
  text: string,
  data: Readonly<Record<string, unknown>>,
  options: InterpolateOptions = {},
): string {
  if (!text.includes("{{")) return text;
  const build = (name: string): string => {
    if (Object.hasOwn(data, name)) return String(data[name]);
    throw new Error(`loaded data, but couldnt find ${name} in it.`);
  };
  return renderTemplate(text, { data, functions: functionsFor(options, build) });
}

/** The functions for options of a component. Absent `build`: there is no machine whose data it could give. */
export function functionsFor(
  { hostVersion, templateDir, buildName, builderType, userVariables }: InterpolateOptions,
  build?: (name: string) => string,
): Readonly<Record<string, TemplateFunction>> {
  const functions = optionFunctions({
    startedMs: STARTED_MS,
    workingDirectory: () => process.cwd(),
    uuid: timeOrderedUuid,
    ...(hostVersion !== undefined && { packerVersion: hostVersion }),
    ...(templateDir !== undefined && { templateDir }),
    ...(buildName !== undefined && { buildName }),
    ...(builderType !== undefined && { buildType: builderType }),
    ...(userVariables !== undefined && { userVariables: new Map(Object.entries(userVariables)) }),
    ...(build && { build }),
  });
  return { ...functions, clean_resource_name: cleanResourceName };
}

/** For the names of images and the like, which most clouds restrict to these characters. */
const cleanResourceName = typedFunction(["string"], (text: string) => text.replace(/[^-_.A-Za-z0-9]/g, "-"));

/** A UUID that begins with the seconds since 1970. */
function timeOrderedUuid(): string {
  const time = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  const rest = randomBytes(12).toString("hex");
  return `${time}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8, 12)}-${rest.slice(12)}`;
}
