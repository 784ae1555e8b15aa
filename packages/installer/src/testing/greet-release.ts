import { createHash } from "node:crypto";
import type { TestAsset } from "./github-server.js";

export interface GreetRelease {
  readonly version?: string;
  readonly family?: "ingot" | "packer";
  /** What the names of the archives end with; default `any`, or `linux_amd64` of Packer's. */
  readonly platforms?: readonly string[];
  /** The bytes of the archive for a platform: no real archives by default. */
  readonly archive?: (platform: string) => Uint8Array | string;
}

/** The files of a release of a plugin `greet`: archives and a checksum file. */
export function greetRelease({ version = "1.0.0", family = "ingot", ...more }: GreetRelease = {}): TestAsset[] {
  const platforms = more.platforms ?? (family === "ingot" ? ["any"] : ["linux_amd64"]);
  const archive = more.archive ?? ((platform) => `archive of ${family} greet ${version} for ${platform}`);
  const prefix = `${family}-plugin-greet_v${version}`;
  const api = family === "ingot" ? "p1" : "x5.0";
  const archives = platforms.map((platform) => ({
    name: `${prefix}_${api}_${platform}.zip`,
    content: archive(platform),
  }));
  const lines = archives.map(({ name, content }) => `${sha256(content)}  ${name}\n`);
  return [...archives, { name: `${prefix}_SHA256SUMS`, content: lines.join("") }];
}

/** In hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
