import { statSync } from "node:fs";
import path from "node:path";

/** What a template argument stands for. */
export type TemplatePath =
  { readonly kind: "hcl2" } | { readonly kind: "json" } | { readonly kind: "missing"; readonly message: string };

/** Decides in which language a template is, as Packer does: by its suffix, by being a folder, else as -config-type says. */
export function resolveTemplatePath(
  given: string,
  options: { readonly configType: "json" | "hcl2"; readonly workingDirectory: string },
): TemplatePath {
  if (given === "") return { kind: "missing", message: "The name of the template is empty." };
  if (given === "-") return { kind: options.configType };
  if (given.endsWith(".pkr.hcl") || given.endsWith(".pkr.json")) return { kind: "hcl2" };
  const stats = statSync(path.resolve(options.workingDirectory, given), { throwIfNoEntry: false });
  if (stats === undefined) {
    return { kind: "missing", message: `${JSON.stringify(given)}: stat ${given}: no such file or directory` };
  }
  return { kind: stats.isDirectory() ? "hcl2" : options.configType };
}
