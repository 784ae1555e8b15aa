import { HANDSHAKE } from "@ingot/protocol";
import { PackError } from "./pack-error.js";

/** What releases of a plugin are named by. */
export interface PluginIdentity {
  readonly name: string;
  /** Without `v`. */
  readonly version: string;
}

/** The protocol that this SDK speaks, as in the names of archives. */
export const PROTOCOL = `p${HANDSHAKE.protocolVersions[0]}`;

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const VERSION = /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
const PLATFORM = /^(?:any|[a-z0-9]+_[a-z0-9]+)$/;

/** `ingot-plugin-greet_v1.2.0`: what the names of all files of a release begin with. */
export function releaseStem({ name, version }: PluginIdentity): string {
  return `ingot-plugin-${name}_v${version}`;
}

/** `ingot-plugin-greet_v1.2.0_p1_linux_amd64.zip`. */
export function archiveName(plugin: PluginIdentity, platform: string): string {
  return `${releaseStem(plugin)}_${PROTOCOL}_${platform}.zip`;
}

/** Throws PackError when releases can't be named by it. `where` says who gave it. */
export function checkIdentity({ name, version }: PluginIdentity, where: string): void {
  if (!NAME.test(name)) {
    throw new PackError(
      `${JSON.stringify(name)} (${where}) can't be a plugin's name: it consists of lower-case letters and digits, with single dashes between them.`,
    );
  }
  if (!VERSION.test(version)) {
    throw new PackError(
      `${JSON.stringify(version)} (${where}) can't be a plugin's version: it has three numbers, such as 1.2.0 or 1.2.0-rc.1, without v and without build metadata.`,
    );
  }
}

/** Throws PackError when it isn't `any` or an operating system and architecture in Go's names. */
export function checkPlatform(platform: string): void {
  if (PLATFORM.test(platform)) return;
  throw new PackError(
    `${JSON.stringify(platform)} is no platform. Write the operating system and the architecture as Go does, such as linux_amd64 or windows_amd64, or any.`,
  );
}

/** The name of the executable in the archive. `file` is what it is made of. */
export function executableName(name: string, platform: string, file: string): string {
  const script = /\.(?:mjs|js)$/.exec(file)?.[0];
  if (script !== undefined) return `ingot-plugin-${name}${script}`;
  if (platform === "any") {
    throw new PackError(
      `${file} can't be packed for any platform: only Node runs everywhere. Its name must end in .mjs.`,
    );
  }
  return `ingot-plugin-${name}${platform.startsWith("windows_") ? ".exe" : ""}`;
}

/** The platform that this process runs on, in Go's names. */
export function currentPlatform(): string {
  const os = process.platform === "win32" ? "windows" : process.platform;
  const arch = { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
  return `${os}_${arch}`;
}
