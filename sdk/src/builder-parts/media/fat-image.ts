import { addName, longNameEntries, type ShortNames } from "./fat-names.js";

/** A folder of a disk image. */
export interface FatFolder {
  readonly name: string;
  readonly entries: FatEntry[];
}

/** A file of a disk image. */
export interface FatFile {
  readonly name: string;
  readonly content: Uint8Array;
}

export type FatEntry = FatFolder | FatFile;

/** True for folders. */
export function isFatFolder(entry: FatEntry): entry is FatFolder {
  return "entries" in entry;
}

const SECTOR = 512;
const SECTORS = 2_880;
const SECTORS_PER_FAT = 9;
const ROOT_ENTRIES = 224;
const ENTRY = 32;
const ROOT_AT = SECTOR * (1 + 2 * SECTORS_PER_FAT);
const DATA_AT = ROOT_AT + ROOT_ENTRIES * ENTRY;
const CLUSTERS = (SECTORS * SECTOR - DATA_AT) / SECTOR;
const END_OF_CHAIN = 0xfff;

/** How many bytes of files fit at most. */
export const FLOPPY_CAPACITY_BYTES = CLUSTERS * SECTOR;

/**
 * Makes the image of a 1.44 MB floppy disk: FAT12 with long file names. The label is at most 8 ASCII characters, as it also is
 * the OEM name. Throws an Error when something does not fit.
 */
export function makeFloppyImage(
  root: FatFolder,
  { label, time }: { readonly label: string; readonly time: Date },
): Uint8Array {
  if (Buffer.byteLength(label) > 8) throw new Error("OEMName must be 8 bytes or less");
  if (!/^[\x20-\x7e]*$/.test(label)) throw new Error("OEMName must be ASCII");
  const image = new FloppyImage(time);
  image.writeBootSector(label);
  image.writeRoot(root, label);
  return image.bytes;
}

class FloppyImage {
  readonly bytes = Buffer.alloc(SECTORS * SECTOR);
  readonly #time: Date;
  #nextCluster = 2;

  constructor(time: Date) {
    this.#time = time;
  }

  writeBootSector(label: string): void {
    const { bytes } = this;
    bytes.set([0xeb, 0x3c, 0x90]);
    bytes.write(label.padEnd(8), 3, "latin1");
    bytes.writeUInt16LE(SECTOR, 11);
    bytes[13] = 1; // sectors per cluster
    bytes.writeUInt16LE(1, 14); // reserved sectors
    bytes[16] = 2; // FATs
    bytes.writeUInt16LE(ROOT_ENTRIES, 17);
    bytes.writeUInt16LE(SECTORS, 19);
    bytes[21] = 0xf0; // media: 3.5" double sided
    bytes.writeUInt16LE(SECTORS_PER_FAT, 22);
    bytes.writeUInt16LE(18, 24); // sectors per track
    bytes.writeUInt16LE(2, 26); // heads
    bytes[38] = 0x29; // the next three fields are there
    bytes.writeUInt32LE(Math.floor(this.#time.getTime() / 1000) % 2 ** 32, 39);
    bytes.write(label.padEnd(11), 43, "latin1");
    bytes.write("FAT12   ", 54, "latin1");
    bytes.set([0xeb, 0xfe], 62); // the boot code: stop here
    bytes.set([0x55, 0xaa], 510);
    this.#setFat(0, 0xff0);
    this.#setFat(1, END_OF_CHAIN);
  }

  writeRoot(root: FatFolder, label: string): void {
    const volume = Buffer.alloc(ENTRY);
    volume.write(label.padEnd(11), 0, "latin1"); // not in upper case: systems look for it as it is written
    volume[11] = 0x08;
    this.#stamp(volume);
    const table = Buffer.concat([...(label === "" ? [] : [volume]), ...this.#entries(root.entries, 0)]);
    if (table.length > ROOT_ENTRIES * ENTRY) throw new Error("too many files in the root of the floppy disk");
    table.copy(this.bytes, ROOT_AT);
  }

  /** Writes files and folders, and gives the entries of the table that names them. */
  #entries(entries: readonly FatEntry[], parent: number): Buffer[] {
    const names: ShortNames = new Set();
    return entries.map((entry) => {
      const shortName = addName(names, entry.name);
      const line = Buffer.alloc(ENTRY);
      line.write(shortName, 0, "latin1");
      this.#stamp(line);
      if (isFatFolder(entry)) {
        line[11] = 0x10;
        line.writeUInt16LE(this.#writeFolder(entry, parent), 26);
      } else {
        line[11] = 0x20;
        line.writeUInt16LE(this.#store(entry.content, this.#allocate(entry.content.length)), 26);
        line.writeUInt32LE(entry.content.length, 28);
      }
      return Buffer.concat([...longNameEntries(entry.name, shortName), line]);
    });
  }

  /** Writes a folder; its clusters come before those of its content, as its content names them. */
  #writeFolder({ entries }: FatFolder, parent: number): number {
    const names: ShortNames = new Set();
    const lines = entries.reduce((sum, { name }) => sum + 1 + longNameEntries(name, addName(names, name)).length, 2);
    const clusters = this.#allocate(lines * ENTRY);
    const own = clusters[0] ?? 0;
    const dots = [".", ".."].map((name) => {
      const line = Buffer.alloc(ENTRY);
      line.write(name.padEnd(11), 0, "latin1");
      line[11] = 0x10;
      line.writeUInt16LE(name === "." ? own : parent, 26);
      this.#stamp(line);
      return line;
    });
    return this.#store(Buffer.concat([...dots, ...this.#entries(entries, own)]), clusters);
  }

  #allocate(size: number): readonly number[] {
    const clusters = Array.from({ length: Math.ceil(size / SECTOR) }, () => this.#nextCluster++);
    if (this.#nextCluster > CLUSTERS + 2) throw new Error("the files do not fit on a floppy disk of 1.44 MB");
    clusters.forEach((cluster, index) => this.#setFat(cluster, clusters[index + 1] ?? END_OF_CHAIN));
    return clusters;
  }

  /** Writes content into consecutive clusters. Gives the first, 0 when it is empty. */
  #store(content: Uint8Array, clusters: readonly number[]): number {
    const [first = 0] = clusters;
    if (first !== 0) this.bytes.set(content, DATA_AT + (first - 2) * SECTOR);
    return first;
  }

  #setFat(cluster: number, value: number): void {
    const offset = Math.floor(cluster * 1.5);
    for (const fat of [SECTOR, SECTOR * (1 + SECTORS_PER_FAT)]) {
      const pair = this.bytes.readUInt16LE(fat + offset);
      const mixed = cluster % 2 === 0 ? (pair & 0xf000) | value : (pair & 0x000f) | (value << 4);
      this.bytes.writeUInt16LE(mixed, fat + offset);
    }
  }

  #stamp(line: Buffer): void {
    const at = this.#time;
    const year = Math.min(127, Math.max(0, at.getUTCFullYear() - 1980));
    const date = (year << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
    const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
    const isFile = line[11] !== 0x08;
    if (isFile) {
      line.writeUInt16LE(time, 14);
      line.writeUInt16LE(date, 16);
      line.writeUInt16LE(date, 18);
    }
    line.writeUInt16LE(time, 22);
    line.writeUInt16LE(date, 24);
  }
}
