import { interpolate, interpolateOptions, type BuildInfo } from "@ingot/sdk";

const MAX_PASSES = 100;

/**
 * Renders `{{ }}` until the text stops changing, as options that are rendered at run time are: values that contain `{{ }}`
 * themselves are rendered again. Throws an Error when the text is no template, or doesn't come to an end.
 */
export function renderUntilStable(text: string, data: Readonly<Record<string, unknown>>, build: BuildInfo): string {
  let current = text;
  for (let pass = 0; pass < MAX_PASSES; pass += 1) {
    if (!current.includes("{{")) return current;
    const next = interpolate(current, data, interpolateOptions(build));
    if (next === current) return current;
    current = next;
  }
  throw new Error(`The text ${JSON.stringify(text)} refers to itself without end.`);
}
