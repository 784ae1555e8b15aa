import { statSync } from "node:fs";
import path from "node:path";
import { messageOf, systemReason } from "@ingot/diag";

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
  try {
    const isFolder = statSync(path.resolve(options.workingDirectory, given)).isDirectory();
    return { kind: isFolder ? "hcl2" : options.configType };
  } catch (error) {
    return {
      kind: "missing",
      message: `${JSON.stringify(given)}: stat ${given}: ${systemReason(error) ?? messageOf(error)}`,
    };
  }
}
