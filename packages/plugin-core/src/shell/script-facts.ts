import type { BuildInfo } from "@ingot/sdk";
import type { ScriptFacts } from "./environment.js";

/** Gathers the facts for scripts. A builder without an HTTP server gives placeholders, which scripts must not see. */
export function scriptFacts(build: BuildInfo, generatedData: Readonly<Record<string, unknown>>): ScriptFacts {
  const known = (name: string) => {
    const value = generatedData[name];
    if (typeof value === "number") return String(value);
    return typeof value !== "string" || value === "" || value.startsWith("ERR_HTTP_") ? undefined : value;
  };
  return {
    buildName: build.name,
    builderType: build.builderType,
    httpAddress: known("PackerHTTPAddr"),
    httpIp: known("PackerHTTPIP"),
    httpPort: known("PackerHTTPPort"),
  };
}
