/** A version of one to three or more numbers, with an optional pre-release. */
export interface Version {
  /** At least three; missing ones are zero. */
  readonly segments: readonly number[];
  /** How many were written. */
  readonly written: number;
  readonly prerelease: string;
}

export interface VersionTerm {
  readonly operator: "=" | "!=" | ">" | "<" | ">=" | "<=" | "~>";
  readonly version: Version;
  readonly text: string;
}

/** Terms that must all hold. */
export type VersionConstraint = readonly VersionTerm[];

const VERSION =
  /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*))?(?:\+[0-9A-Za-z~-]+(?:\.[0-9A-Za-z~-]+)*)?$/;

/** Reads a version; `undefined` when the text is none. */
export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const written = (match[1] ?? "").split(".").map(Number);
  const segments = [...written, 0, 0].slice(0, Math.max(3, written.length));
  return { segments, written: written.length, prerelease: match[2] ?? "" };
}

/** Reads comma-separated terms, or says which one is malformed. */
export function parseVersionConstraint(
  text: string,
): { readonly constraint: VersionConstraint } | { readonly problem: string } {
  const constraint: VersionTerm[] = [];
  for (const part of text.split(",")) {
    const match = /^\s*(=|!=|>=|<=|>|<|~>|)\s*(\S+)\s*$/.exec(part);
    const version = parseVersion(match?.[2] ?? "");
    if (!match || version === undefined) return { problem: `Malformed constraint: ${part}` };
    const operator = (match[1] || "=") as VersionTerm["operator"]; // the pattern admits these only
    constraint.push({ operator, version, text: part.trim() });
  }
  return { constraint };
}

/** Tells whether a version meets all terms. A pre-release meets only terms that ask for one. */
export function meetsConstraint(version: Version, constraint: VersionConstraint): boolean {
  return constraint.every((term) => meetsTerm(version, term));
}

function meetsTerm(version: Version, { operator, version: wanted }: VersionTerm): boolean {
  const order = compareVersions(version, wanted);
  switch (operator) {
    case "=":
      return order === 0;
    case "!=":
      return order !== 0;
    case ">":
      return admitsPrerelease(version, wanted) && order > 0;
    case "<":
      return admitsPrerelease(version, wanted) && order < 0;
    case ">=":
      return admitsPrerelease(version, wanted) && order >= 0;
    case "<=":
      return admitsPrerelease(version, wanted) && order <= 0;
    case "~>":
      return meetsPessimistic(version, wanted, order);
  }
}

function admitsPrerelease(version: Version, wanted: Version): boolean {
  if (version.prerelease === "") return true;
  return wanted.prerelease !== "" && compareSegments(version.segments, wanted.segments) === 0;
}

function meetsPessimistic(version: Version, wanted: Version, order: number): boolean {
  if (!admitsPrerelease(version, wanted)) return false;
  if (wanted.prerelease !== "" && version.prerelease === "") return false;
  if (order < 0 || version.segments.length < wanted.written) return false;
  // All but the last written number are fixed: with one written number none is.
  return wanted.segments
    .slice(0, Math.max(wanted.written - 1, 0))
    .every((segment, index) => version.segments[index] === segment);
}

/** Orders versions; a pre-release comes before its release. */
export function compareVersions(a: Version, b: Version): number {
  return compareSegments(a.segments, b.segments) || comparePrereleases(a.prerelease, b.prerelease);
}

function compareSegments(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === "" || b === "") return a === "" ? 1 : -1;
  const [left, right] = [a.split("."), b.split(".")];
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const [x, y] = [left[index], right[index]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [numberX, numberY] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (numberX && numberY) return Number(x) - Number(y);
    if (numberX !== numberY) return numberX ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return 0;
}
