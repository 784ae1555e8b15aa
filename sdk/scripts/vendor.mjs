// Makes the packed SDK stand on its own: copies the workspace packages that it is built on into dist/vendor and lets dist
// import them from there. npm runs it before and, with --restore, after `npm pack` and `npm publish`. Files are replaced as a
// whole, and the copies stay, so that processes that use dist meanwhile are not disturbed.
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const sdk = fileURLToPath(new URL("..", import.meta.url));
const dist = join(sdk, "dist");
const vendor = join(dist, "vendor");
const isRestore = process.argv.includes("--restore");
const isShipped = (path) => !/\.test\.|\.tsbuildinfo$|\.map$|[\\/]testing([\\/]|$)/.test(path);

if (!isRestore) {
  for (const name of ["diag", "files", "go-template", "protocol"]) {
    const from = join(sdk, "..", "packages", name, "dist");
    cpSync(from, join(vendor, name), { recursive: true, filter: isShipped });
  }
}
for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
  if (!/\.(js|d\.ts)$/.test(file) || file.includes(".test.")) continue;
  const path = join(dist, file);
  const before = readFileSync(path, "utf8");
  const toVendor = (name) => {
    const target = relative(dirname(path), join(vendor, name, "index.js"))
      .split(sep)
      .join("/");
    return target.startsWith(".") ? target : `./${target}`;
  };
  const isOwn = !file.startsWith(`vendor${sep}`); // protocol may import diag one day
  const after = isRestore
    ? before.replace(/"(?:\.{1,2}\/)+(?:[^"]*\/)?vendor\/(diag|files|go-template|protocol)\/index\.js"/g, '"@ingot/$1"')
    : before.replace(/"@ingot\/(diag|files|go-template|protocol)"/g, (_match, name) => JSON.stringify(toVendor(name)));
  if (after === before || (isRestore && !isOwn)) continue;
  writeFileSync(`${path}.new`, after);
  renameSync(`${path}.new`, path);
}
