// Makes the folder in which the cases of scene.json run: a plugin folder with programs that describe themselves, templates, other programs.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

export function makeScene({ plugins, files, programs }, place) {
  for (const { address, version, checksum } of plugins) {
    const folder = path.join(place, "plugins", ...address.split("/"));
    const file = path.join(folder, `packer-plugin-${path.basename(address)}_v${version}_x5.0_linux_amd64`);
    mkdirSync(folder, { recursive: true });
    const text = program(JSON.stringify({ version, sdk_version: "0.6.0", api_version: "x5.0", builders: [], post_processors: [], provisioners: [], datasources: [], protocol_version: "v2" }));
    writeFileSync(file, text, { mode: 0o755 });
    writeFileSync(`${file}_SHA256SUM`, checksum ?? createHash("sha256").update(text).digest("hex"));
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(place, name), text);
  for (const [name, text] of Object.entries(programs)) writeFileSync(path.join(place, name), program(text), { mode: 0o755 });
}

export function listPlugins(folder) {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes(".store"))
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

function program(description) {
  return `#!/bin/sh\necho '${description}'\n`;
}
