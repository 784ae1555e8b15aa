import { open } from "node:fs/promises";

const ELF = { 3: "386", 40: "arm", 62: "amd64", 183: "arm64" } as Readonly<Record<number, string>>;
const PE = { 0x14c: "386", 0x8664: "amd64", 0xaa64: "arm64" } as Readonly<Record<number, string>>;
const MACH = { 0x01000007: "amd64", 0x0100000c: "arm64" } as Readonly<Record<number, string>>;

/**
 * The platform that a native executable is made for, as far as its first bytes tell: `linux_amd64`, `windows` or the like. ELF files
 * are of Linux or a BSD, which they don't say: `elf_amd64`. Undefined for scripts and what isn't known.
 */
export async function platformOf(file: string): Promise<string | undefined> {
  const handle = await open(file, "r");
  try {
    const head = Buffer.alloc(4096);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    return bytesRead < 64 ? undefined : formatOf(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function formatOf(head: Buffer): string | undefined {
  if (head.readUInt32BE(0) === 0x7f454c46) return join("elf", ELF[head.readUInt16LE(18)]);
  if (head.readUInt32LE(0) === 0xfeedfacf) return join("darwin", MACH[head.readUInt32LE(4)]);
  if (head.toString("latin1", 0, 2) !== "MZ") return undefined;
  const header = head.readUInt32LE(60);
  return join("windows", header + 6 <= head.length ? PE[head.readUInt16LE(header + 4)] : undefined);
}

function join(os: string, arch: string | undefined): string {
  return arch === undefined ? os : `${os}_${arch}`;
}

/** Tells whether what was found by `platformOf` can be for the platform. */
export function fitsPlatform(found: string, platform: string): boolean {
  const [foundOs = "", foundArch] = found.split("_");
  const [os = "", arch] = platform.split("_");
  const isOs = foundOs === "elf" ? !["windows", "darwin", "any"].includes(os) : foundOs === os;
  return isOs && (foundArch === undefined || foundArch === arch);
}
