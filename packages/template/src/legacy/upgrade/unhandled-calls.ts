import { typedFunction, type TemplateFunction } from "@ingot/go-template";

const FUNCTIONS_PAGE = "https://www.packer.io/docs/templates/hcl_templates/functions/string";
const REPLACE = "`replace(string, substring, replacement)` or `regex_replace(string, substring, replacement)`";
const REPLACE_PAGES = `${FUNCTIONS_PAGE}/replace or ${FUNCTIONS_PAGE}/regex_replace`;

/** Functions whose calls stay, and what to write instead and where to read about it. */
const ADVICE: Readonly<Record<string, readonly [string, string]>> = {
  lower: ["`lower(var.example)`", `${FUNCTIONS_PAGE}/lower`],
  upper: ["`upper(var.example)`", `${FUNCTIONS_PAGE}/upper`],
  split: ["`split(separator, string)`", `${FUNCTIONS_PAGE}/split`],
  replace: [REPLACE, REPLACE_PAGES],
  replace_all: [REPLACE, REPLACE_PAGES],
  clean_resource_name: [
    `use custom validation rules, ${REPLACE}`,
    `https://packer.io/docs/templates/hcl_templates/variables#custom-validation-rules , ${REPLACE_PAGES}`,
  ],
};

/** The functions that have no automatic counterpart: their calls are written back, and `report` gets a comment about each. */
export function unhandledCalls(report: (comment: string) => void): Readonly<Record<string, TemplateFunction>> {
  const keep = (name: string, ...args: readonly (string | number)[]): string => {
    const [instead = "", page = ""] = ADVICE[name] ?? [];
    report(
      `unhandled "${name}" call:\n# there is no way to automatically upgrade the "${name}" call.\n# Please manually upgrade to ${instead}\n# Visit ${page} for more infos.`,
    );
    const written = args.map((arg) => (typeof arg === "string" ? `\`${arg}\`` : String(arg)));
    return `{{ ${[name, ...written].join(" ")} }}`;
  };
  return {
    lower: typedFunction(["string"], (text: string) => keep("lower", text)),
    upper: typedFunction(["string"], (text: string) => keep("upper", text)),
    split: typedFunction(["string", "string", "int"], (text, separator, index) =>
      keep("split", text ?? "", separator ?? "", index ?? 0),
    ),
    // The last two change places, as in the reference's output.
    replace: typedFunction(["string", "string", "int", "string"], (old, replacement, count, text) =>
      keep("replace", old ?? "", replacement ?? "", text ?? "", count ?? 0),
    ),
    replace_all: typedFunction(["string", "string", "string"], (old: string, replacement: string, text: string) =>
      keep("replace_all", old, replacement, text),
    ),
    clean_resource_name: typedFunction(["string"], (text: string) => keep("clean_resource_name", text)),
  };
}

/** The comment before a block with unhandled calls. */
export function unhandledComment(comments: readonly string[]): string {
  if (comments.length === 1) return `# 1 error occurred upgrading the following block:\n\t# ${comments[0]}\n`;
  const points = comments.map((comment, index) => `# ${comment}${index === comments.length - 1 ? "" : "\n"}`);
  return `# ${comments.length} errors occurred upgrading the following block:\n\t${points.join("\n\t")}`;
}
