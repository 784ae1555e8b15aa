import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";
import { recordingMachine, steady } from "../testing/recording-machine.js";

const core = useCorePlugin();
mkdirSync(join(core.folder, "dir/sub"), { recursive: true });
writeFileSync(join(core.folder, "dir/sub/f"), "f");
writeFileSync(join(core.folder, "a.txt"), "a", { mode: 0o640 });

async function provision(config: object, options?: { failUploads: number }) {
  const machine = recordingMachine(() => 0, options);
  const outcome = await core.plugin.provision("file", config as Record<string, unknown>, {
    machine,
    generatedData: { ID: "i-1" },
  });
  return { calls: machine.calls.map(steady), machine, lines: shown(outcome).map(steady), errors: messages(outcome) };
}

test.each([
  { config: { source: "a.txt", destination: "/x" }, want: ["upload /x 640"] },
  { config: { source: "a.txt", destination: "/x/" }, want: ["upload /x/a.txt 640"] },
  {
    config: { sources: ["a.txt"], source: "dir/sub/f", destination: "/" },
    want: ["upload /a.txt 640", "upload /f 644"],
  },
  { config: { source: "a.txt", destination: '/{{ "{{.ID}}" }}' }, want: ["upload /i-1 640"] },
  { config: { content: "text", destination: "/x" }, want: ["upload /x 600"] },
  { config: { content: "text", destination: "/x/" }, want: ["upload /x/pkr-file-contentN 600"] },
  { config: { destination: "/x" }, want: [] },
])("uploads for $config", async ({ config, want }) => {
  const { calls, errors } = await provision(config);
  expect([calls, errors]).toEqual([want, []]);
  expect(readdirSync(core.folder).filter((name) => name.startsWith("pkr-file"))).toEqual([]);
});

test.each([
  { source: "dir", want: /^uploadDir \/x\/dir: sub sub\/f$/ },
  { source: "dir/", want: /^uploadDir \/x: sub sub\/f$/ },
])("uploads the folder $source", async ({ source, want }) => {
  const { calls, lines } = await provision({ source, destination: "/x" });
  expect(calls[0]).toMatch(want);
  expect(lines).toEqual([`Uploading ${source} => /x`]);
});

test("says what failed", async () => {
  const { lines, errors } = await provision({ source: "a.txt", destination: "/x" }, { failUploads: 1 });
  expect([lines, errors]).toEqual([["Uploading a.txt => /x", "!Upload failed: no room"], ["no room"]]);
});

test.each([
  { config: { source: "/etc/f", destination: "got/one" }, file: "got/one", line: "Downloading /etc/f => got/one" },
  { config: { source: "/etc/f", destination: "got2/" }, file: "got2/f", line: "Downloading /etc/f => got2/f" },
  { config: { source: "/etc/d/", destination: "got3/" }, file: "got3/f", line: "Downloading /etc/d/ => got3/" },
])("downloads for $config", async ({ config, file, line }) => {
  const { lines, errors } = await provision({ ...config, direction: "download" });
  expect([lines, errors]).toEqual([[line], []]);
  expect(readFileSync(join(core.folder, file), "utf8")).toBe(file.endsWith("3/f") ? "f" : "text");
});

test("goes on after a folder", async () => {
  const { calls } = await provision({ sources: ["/d/", "/f"], destination: "got4/", direction: "download" });
  expect(calls).toEqual(["downloadDir /d/", "download /f"]);
});

test("says which download failed", async () => {
  const { lines, errors } = await provision({ source: "/missing", destination: "m", direction: "download" });
  expect(lines).toEqual(["Downloading /missing => m", "!Download failed: there is no such file"]);
  expect(errors).toEqual(["there is no such file"]);
});
