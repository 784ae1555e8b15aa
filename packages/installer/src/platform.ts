/** An operating system and architecture in Go's names: `linux` `amd64`. A plugin that runs everywhere has `any` and "". */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

/** What archives of plugins that run on every platform are named by. */
export const ANY_PLATFORM: Platform = { os: "any", arch: "" };

const OS_NAMES: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };
const ARCH_NAMES: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** The platform that this process runs on. */
export function currentPlatform(): Platform {
  return {
    os: OS_NAMES[process.platform] ?? process.platform,
    arch: ARCH_NAMES[process.arch] ?? process.arch,
  };
}

/** `linux_amd64`, or `any`: as in the names of files and in the lock file. */
export function platformText({ os, arch }: Platform): string {
  return arch === "" ? os : `${os}_${arch}`;
}

/** Reads `linux_amd64` or `any`; undefined for anything else. */
export function parsePlatform(text: string): Platform | undefined {
  if (text === "any") return ANY_PLATFORM;
  const match = /^([a-z0-9]+)_([a-z0-9]+)$/.exec(text);
  return match ? { os: match[1] ?? "", arch: match[2] ?? "" } : undefined;
}
