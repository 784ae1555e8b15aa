import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "@jest/globals";

/** Compares text with a file. UPDATE_GOLDEN=1 writes the file. */
export function expectGolden(file: URL, actual: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, actual);
  expect(actual).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
}
