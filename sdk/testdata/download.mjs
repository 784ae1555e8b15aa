// Downloads a file as a builder does, and prints what came of it. Started by the tests of downloads.
import { join } from "node:path";
import { downloadFile } from "@ingot/sdk/parts";

const { folder, urls, checksum } = JSON.parse(process.argv[2]);
const said = [];
const quiet = () => {};
const context = {
  signal: new AbortController().signal,
  ui: { say: (line) => said.push(line), error: (line) => said.push(line) },
  log: { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
  progress: () => ({ update: quiet, finish: quiet }),
  secrets: quiet,
  build: { workingDirectory: folder, cacheDirectory: join(folder, "cache"), hostVersion: "1.0.0" },
};
const beforeKiB = process.resourceUsage().maxRSS;
const download = { description: "ISO", urls, checksum, retryDelayMs: 1, tries: 2 };
const result = await downloadFile(download, context).catch((error) => ({ problem: error.message }));
const grownKiB = process.resourceUsage().maxRSS - beforeKiB;
process.stdout.write(JSON.stringify({ ...result, said, grownKiB }));
