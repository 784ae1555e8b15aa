// Writes the keys of the public Sigstore instance into the installer, from what the npm package @sigstore/tuf brings along (checked by
// TUF when that package was made): npm pack @sigstore/tuf && tar xzf sigstore-tuf-*.tgz && node scripts/update-sigstore-root.mjs package/seeds.json
// A trusted_root.json file serves too.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [source] = process.argv.slice(2);
if (source === undefined) throw new Error("Usage: node scripts/update-sigstore-root.mjs SEEDS_OR_TRUSTED_ROOT");
const target = fileURLToPath(new URL("../packages/installer/src/signatures/public-sigstore-root.ts", import.meta.url));
const text = [
  "/** The keys of the public Sigstore instance, as it published them. Written by scripts/update-sigstore-root.mjs. */",
  `export const PUBLIC_SIGSTORE_ROOT: unknown = ${JSON.stringify(trustedRoot(JSON.parse(readFileSync(source, "utf8"))), undefined, 2)};`,
  "",
].join("\n");
writeFileSync(target, text);
execFileSync("npx", ["prettier", "--write", target], { stdio: "inherit" });

function trustedRoot(value) {
  if (value.certificateAuthorities !== undefined) return value;
  const seeds = value["https://tuf-repo-cdn.sigstore.dev"];
  return JSON.parse(Buffer.from(seeds.targets["trusted_root.json"], "base64").toString("utf8"));
}
