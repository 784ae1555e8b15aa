import path from "node:path";
import type { RemoteScene } from "./remote-request.js";

/** The settings of one profile, from the files that the AWS tools share. */
export type AwsProfile = Readonly<Record<string, string>>;

/** The name of the profile in use. */
export function awsProfileName({ env }: RemoteScene): string {
  return env["AWS_PROFILE"] || env["AWS_DEFAULT_PROFILE"] || "default";
}

/** A profile of the credentials file and the configuration file; the first wins. Undefined when neither has it. */
export function readAwsProfile(name: string, scene: RemoteScene): AwsProfile | undefined {
  const home = scene.env["HOME"] || scene.env["USERPROFILE"] || "";
  const read = (variable: string, file: string): ReadonlyMap<string, AwsProfile> =>
    parseIni(scene.readText(scene.env[variable] || path.join(home, ".aws", file)) ?? "");
  const config = read("AWS_CONFIG_FILE", "config");
  const fromConfig = config.get(`profile ${name}`) ?? (name === "default" ? config.get("default") : undefined);
  const fromCredentials = read("AWS_SHARED_CREDENTIALS_FILE", "credentials").get(name);
  return fromConfig || fromCredentials ? { ...fromConfig, ...fromCredentials } : undefined;
}

/** Sections of `name = value` lines. Indented lines, which belong to nested settings, are left out. */
function parseIni(text: string): ReadonlyMap<string, AwsProfile> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]+?)\s*\]/.exec(line)?.[1]?.replace(/\s+/g, " ").replaceAll('"', "");
    const [, name, value] = /^([A-Za-z0-9_]+)\s*=\s*(.*?)\s*(?:\s[#;].*)?$/.exec(line) ?? [];
    if (section !== undefined) {
      current = sections.get(section) ?? {};
      sections.set(section, current);
    } else if (name !== undefined && value !== undefined) {
      current[name.toLowerCase()] = value;
    }
  }
  return sections;
}
