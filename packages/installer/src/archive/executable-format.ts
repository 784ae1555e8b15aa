import { platformText, type Platform } from "../platform.js";

const ELF_MACHINES: Readonly<Record<number, string>> = {
  3: "386",
  8: "mips",
  20: "ppc",
  21: "ppc64",
  22: "s390x",
  40: "arm",
  62: "amd64",
  183: "arm64",
  243: "riscv64",
  258: "loong64",
};
const MACH_MACHINES: Readonly<Record<number, string>> = { 0x01000007: "amd64", 0x0100000c: "arm64", 7: "386" };

/**
 * Says why a native executable can't run on the platform, by its first bytes; undefined when it may. Formats that aren't known
 * here, such as scripts, may.
 */
export function formatFault(head: Buffer, platform: Platform): string | undefined {
  const found = formatOf(head);
  if (found === undefined) return undefined;
  const { system, arch } = found;
  const fits = {
    elf: platform.os !== "windows" && platform.os !== "darwin" && platform.os !== "any",
    macho: platform.os === "darwin" || platform.os === "ios",
    pe: platform.os === "windows",
  }[system];
  if (fits && (arch === undefined || isArch(arch, platform.arch))) return undefined;
  const format = { elf: "an ELF executable (Linux, BSD)", macho: "a macOS executable", pe: "a Windows executable" }[
    system
  ];
  const machine = arch === undefined ? "" : ` for ${arch}`;
  return `the executable inside is ${format}${machine}, not one for ${platformText(platform)}`;
}

/** Names of one machine with its variants: an ELF file for mips says nothing of byte order, and so on. */
function isArch(found: string, wanted: string): boolean {
  return (
    found === wanted || (found === "mips" && wanted.startsWith("mips")) || (found === "ppc64" && wanted === "ppc64le")
  );
}

function formatOf(
  head: Buffer,
): { readonly system: "elf" | "macho" | "pe"; readonly arch: string | undefined } | undefined {
  if (head.length < 20) return undefined;
  if (head.readUInt32BE(0) === 0x7f454c46) {
    const machine = head[5] === 2 ? head.readUInt16BE(18) : head.readUInt16LE(18);
    return { system: "elf", arch: ELF_MACHINES[machine] };
  }
  const magic = head.readUInt32LE(0);
  if (magic === 0xfeedfacf || magic === 0xfeedface)
    return { system: "macho", arch: MACH_MACHINES[head.readUInt32LE(4)] };
  if (head.readUInt32BE(0) === 0xcafebabe) return { system: "macho", arch: undefined }; // for several machines
  if (head.toString("latin1", 0, 2) === "MZ") return { system: "pe", arch: undefined };
  return undefined;
}
