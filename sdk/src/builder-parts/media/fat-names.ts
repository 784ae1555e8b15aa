/** The 11 bytes of the short names that a folder has. */
export type ShortNames = Set<string>;

const MAX_NAME_UNITS = 255;
const UNITS_PER_ENTRY = 13;
/** Where the units of a long name are in an entry. */
const UNIT_OFFSETS = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];

/**
 * Gives a name its short form, 8 characters and 3 of the suffix, without the point, and adds it to the folder's. Throws an Error
 * for a name that FAT does not allow, and when the folder has the same plain short name already.
 */
export function addName(names: ShortNames, name: string): string {
  if (name === "" || name.length > MAX_NAME_UNITS || /[\x00-\x1f"*/:<>?\\|]/.test(name)) {
    throw new Error(`a floppy disk cannot have a file with the name ${JSON.stringify(name)}`);
  }
  const plain = plainShortName(name.toUpperCase());
  if (plain !== undefined && isAscii(name)) {
    if (names.has(plain)) return numbered(names, name); // a long name's short form had it first
    names.add(plain);
    return plain;
  }
  return numbered(names, name);
}

/** The entries before that of a short name which hold the long one; none when the short one says it all. */
export function longNameEntries(name: string, shortName: string): readonly Buffer[] {
  if (plainShortName(name) === shortName) return [];
  const units = Buffer.from(`${name}\0`, "utf16le");
  const count = Math.ceil(name.length / UNITS_PER_ENTRY);
  const sum = checksum(shortName);
  return Array.from({ length: count }, (_, index) => {
    const order = count - index;
    const entry = Buffer.alloc(32);
    entry[0] = order | (index === 0 ? 0x40 : 0);
    entry[11] = 0x0f;
    entry[13] = sum;
    UNIT_OFFSETS.forEach((offset, unit) => {
      const at = ((order - 1) * UNITS_PER_ENTRY + unit) * 2;
      entry.writeUInt16LE(at < units.length ? units.readUInt16LE(at) : 0xffff, offset);
    });
    return entry;
  });
}

/** The 11 bytes of a name that is a short name already. */
function plainShortName(name: string): string | undefined {
  const match = /^([A-Z0-9!#$%&'()@^_`{}~-]{1,8})(?:\.([A-Z0-9!#$%&'()@^_`{}~-]{1,3}))?$/.exec(name);
  return match === null ? undefined : (match[1] ?? "").padEnd(8) + (match[2] ?? "").padEnd(3);
}

function numbered(names: ShortNames, name: string): string {
  const clean = (text: string): string => text.replace(/[ .]/g, "").replace(/[^A-Z0-9!#$%&'()@^_`{}~-]/gu, "_");
  const upper = name.toUpperCase();
  const point = upper.lastIndexOf(".");
  const base = clean(point > 0 ? upper.slice(0, point) : upper) || "_";
  const suffix = (point > 0 ? clean(upper.slice(point + 1)) : "").slice(0, 3).padEnd(3);
  for (let number = 1; ; number++) {
    const tail = `~${number}`;
    const short = (base.slice(0, 8 - tail.length) + tail).padEnd(8) + suffix;
    if (names.has(short)) continue;
    names.add(short);
    return short;
  }
}

function checksum(shortName: string): number {
  return [...Buffer.from(shortName, "latin1")].reduce((sum, byte) => (((sum & 1) << 7) + (sum >> 1) + byte) & 0xff, 0);
}

function isAscii(text: string): boolean {
  return /^[\x00-\x7f]*$/.test(text);
}
