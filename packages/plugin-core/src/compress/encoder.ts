import type { Encoder } from "./blocks.js";
import type { Algorithm } from "./format.js";

/** What an algorithm allows. */
interface Rules {
  readonly lowest: number;
  readonly isParallel: boolean;
}

const RULES: Readonly<Record<Exclude<Algorithm, "none">, Rules>> = {
  pgzip: { lowest: -2, isParallel: true },
  bgzf: { lowest: -1, isParallel: true },
  lz4: { lowest: -Infinity, isParallel: true },
  xz: { lowest: -Infinity, isParallel: false },
  bzip2: { lowest: -Infinity, isParallel: false },
};

/** True when the reference compresses on several cores, which it says. */
export function isParallel(algorithm: Exclude<Algorithm, "none">): boolean {
  return RULES[algorithm].isParallel;
}

/** Gives the encoder of an algorithm, which is loaded now. Levels above 9 count as 9. Rejects for a level that is too low. */
export async function loadEncoder(algorithm: Exclude<Algorithm, "none">, level: number): Promise<Encoder> {
  if (level < RULES[algorithm].lowest) {
    const range = "Expected an integer from -1 to 9.";
    throw new Error(`error creating ${algorithm} writer: Invalid compression level. ${range}`);
  }
  const options = { level: Math.min(level, 9) };
  switch (algorithm) {
    case "pgzip":
      return (await import("./gzip.js")).gzip(options);
    case "bgzf":
      return (await import("./gzip.js")).bgzf(options);
    case "lz4":
      return (await import("./lz4.js")).lz4(options);
    case "xz":
      return (await import("./xz.js")).xz();
    case "bzip2":
      return (await import("./bzip2.js")).bzip2(options);
  }
}
