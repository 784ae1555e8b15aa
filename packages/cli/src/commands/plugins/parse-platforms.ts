import { parsePlatform, uniquePlatforms, type Platform } from "@ingot/installer";

/** Reads the values of -platform, each of which may list several; or says what is wrong. */
export function parsePlatforms(
  values: readonly string[],
): { readonly platforms: readonly Platform[] } | { readonly problem: string } {
  const platforms: Platform[] = [];
  for (const text of values.flatMap((value) => value.split(","))) {
    const platform = parsePlatform(text);
    if (platform === undefined || platform.arch === "")
      return { problem: `invalid value ${JSON.stringify(text)} for flag -platform: it must be like linux_amd64` };
    platforms.push(platform);
  }
  return { platforms: uniquePlatforms(platforms) };
}
