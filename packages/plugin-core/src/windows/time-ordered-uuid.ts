import { randomBytes } from "node:crypto";

/** A UUID that begins with the seconds since 1970, for names on a machine. */
export function timeOrderedUuid(): string {
  const time = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(8, "0");
  const rest = randomBytes(12).toString("hex");
  return [time, rest.slice(0, 4), rest.slice(4, 8), rest.slice(8, 12), rest.slice(12)].join("-");
}
