import { meetsConstraint, parseVersion } from "@ingot/template";
import { coreVersion } from "../plugin-version.js";
import type { StoreQuery } from "./plugin-store.js";

/** Tells whether a listing asks for this version. Constraints look at it without its pre-release part, as in the reference. */
export function isAskedFor(text: string, { releasesOnly, constraint }: StoreQuery): boolean {
  const version = parseVersion(text);
  if (version === undefined || (releasesOnly === true && version.prerelease !== "")) return false;
  return constraint === undefined || meetsConstraint(coreVersion(version), constraint);
}
