import type { RE2JS } from "re2js";
import type * as Aws4 from "aws4";
import type * as Yaml from "yaml";
import type * as Bcrypt from "bcryptjs";
import type * as RemoteStores from "./remote/remote-stores.js";

/** Third-party code that some functions need. It is loaded only for templates that mention such a function. */
export interface FunctionLibraries {
  readonly re2?: typeof RE2JS;
  readonly yaml?: typeof Yaml.default;
  readonly bcrypt?: typeof Bcrypt;
  readonly aws4?: Pick<typeof Aws4, "sign">;
  /** Our own, but seldom needed. */
  readonly remote?: typeof RemoteStores;
}

/** Functions of text files can call any other function. */
const ANY = "templatefile";

/**
 * Loads what the functions need that a text may call. Judged by their names in the text, so it may load too much, never too
 * little. Without texts it loads everything.
 */
export async function loadFunctionLibraries(texts?: Iterable<string>): Promise<FunctionLibraries> {
  const all = texts === undefined ? ANY : [...texts].join("\n");
  const mentions = (...names: string[]): boolean => [...names, ANY].some((name) => all.includes(name));
  const [re2, yaml, bcrypt, aws4, remote] = await Promise.all([
    mentions("regex") ? import("re2js") : undefined,
    mentions("yamldecode") ? import("yaml") : undefined,
    mentions("bcrypt") ? import("bcryptjs") : undefined,
    mentions("aws_secretsmanager") ? import("aws4") : undefined,
    mentions("aws_secretsmanager", "vault", "consul_key") ? import("./remote/remote-stores.js") : undefined,
  ]);
  return {
    ...(re2 && { re2: re2.RE2JS }),
    ...(yaml && { yaml: yaml.default }), // a CommonJS module: in a bundle it has no other export
    ...(bcrypt && { bcrypt }),
    ...(aws4 && { aws4: aws4.default }),
    ...(remote && { remote }),
  };
}
