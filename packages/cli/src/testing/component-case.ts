import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** The folder of the cases: one template each, the files that they use, and what the reference gave for them. */
export const CASES = fileURLToPath(new URL("../../../plugin-core/testdata/compare", import.meta.url));

/** The names of all cases. */
export function caseNames(): readonly string[] {
  const names = readdirSync(CASES).filter((name) => name.endsWith(".pkr.hcl"));
  return names.map((name) => name.slice(0, -".pkr.hcl".length)).sort();
}

/**
 * The files with what the reference gave, and with what we give where that differs on purpose (docs/differences.md).
 * `machine`: with `-machine-readable`.
 */
export function goldenOf(
  name: string,
  mode: "text" | "machine",
): { readonly reference: string; readonly ours: string } {
  return { reference: path.join(CASES, `${name}.${mode}.golden`), ours: path.join(CASES, `${name}.${mode}.ours`) };
}

export interface CaseOptions {
  /** The program and its first arguments. */
  readonly program: readonly string[];
  readonly mode: "text" | "machine";
  /** The port of the server that `startCaseServer` gave. */
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Builds the template of a case in a folder of its own. Gives the exit code, both outputs and the files that were made, as one text
 * in which everything that changes from run to run has a fixed name.
 */
export async function runCase(name: string, { program, mode, port, env }: CaseOptions): Promise<string> {
  const root = mkdtempSync(path.join(tmpdir(), "case-"));
  try {
    const [work, home, temp] = ["work", "home", "temp"].map((part) => path.join(root, part)) as [
      string,
      string,
      string,
    ];
    for (const folder of [work, home, temp]) mkdirSync(folder);
    cpSync(path.join(CASES, "files"), path.join(work, "files"), { recursive: true });
    const template = readFileSync(path.join(CASES, `${name}.pkr.hcl`), "utf8").replaceAll("PORT", String(port));
    writeFileSync(path.join(work, "template.pkr.hcl"), template);
    const before = listFiles(work);
    const more = /^# arguments: (.*)$/m.exec(template)?.[1]?.split(" ") ?? [];
    const args = [...(mode === "machine" ? ["-machine-readable"] : []), "build", ...more, "template.pkr.hcl"];
    const environment = {
      ...{ PATH: process.env["PATH"] ?? "", HOME: home, TMPDIR: temp, CHECKPOINT_DISABLE: "1", LANG: "C.UTF-8" },
      ...{ INGOT_STATE_DIR: path.join(home, "state"), INGOT_CACHE_DIR: path.join(home, "cache") },
      ...{ PACKER_NO_COLOR: "1", PACKER_CONFIG_DIR: home, ...env },
    };
    const { status, stdout, stderr } = await execute([...program, ...args], { cwd: work, env: environment });
    const isWhole = status === 0; // what a failed build leaves behind may be cut off anywhere
    const made = listFiles(work)
      .filter((entry) => !before.includes(entry))
      .map((entry) => (isWhole ? entry : entry.replace(/\n[^]*/, "")));
    const parts = [`exit ${status}`, "--- stdout", stdout, "--- stderr", stderr, "--- files", ...made];
    return normalise(`${parts.join("\n")}\n`, { work, temp, port });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function execute(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve, reject) => {
    const [file = "", ...args] = command;
    const child = spawn(file, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
    child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });
}

/** Each file as one text: its mode, its path, and its content or what an archive contains. */
function listFiles(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return files.sort().map((file) => {
    const mode = (statSync(file).mode & 0o777).toString(8).padStart(4, "0");
    return [
      `${mode} ${path.relative(folder, file)}`,
      ...contentOf(file)
        .split("\n")
        .map((line) => `  |${line}`),
    ].join("\n");
  });
}

const UNPACKERS = [
  { name: "gzip", magic: "1f8b", command: ["gzip", "-dc"] },
  { name: "xz", magic: "fd377a585a00", command: ["xz", "-dc"] },
  { name: "bzip2", magic: "425a68", command: ["bzip2", "-dc"] },
  { name: "lz4", magic: "04224d18", command: ["lz4", "-dc"] },
];

/** Text as it is; an archive by what the usual tools make of it. */
function contentOf(file: string): string {
  const bytes = readFileSync(file);
  const unpacker = UNPACKERS.find(({ magic }) => bytes.toString("hex", 0, magic.length / 2) === magic);
  if (unpacker !== undefined) {
    const plain = runTool(unpacker.command, bytes);
    return plain === undefined ? `broken ${unpacker.name}` : `${unpacker.name} of ${describe(plain)}`;
  }
  if (bytes.toString("latin1", 0, 2) !== "PK") return describe(bytes);
  const list = runTool(["unzip", "-v", file])
    ?.toString()
    .replace(/^Archive:.*\n/, "");
  return list === undefined ? "broken zip" : `zip\n${list.replace(/^( *\d+ (?: +Defl:N)? +)\d+ +-?\d+%/gm, "$1SIZE")}`;
}

function describe(bytes: Buffer): string {
  const text = bytes.toString();
  if (text.length < 4_000 && !/[\u0000-\u0008\ufffd]/.test(text)) return text;
  if (bytes.toString("latin1", 257, 262) !== "ustar") return "bytes";
  const list = runTool(["tar", "tvf", "-"], bytes);
  const hash = createHash("sha256").update(bytes).digest("hex");
  return list === undefined ? "broken tar" : `tar ${hash}\n${list.toString()}`;
}

function runTool([tool = "", ...args]: readonly string[], input?: Buffer): Buffer | undefined {
  const { status, stdout } = spawnSync(tool, args, input === undefined ? {} : { input });
  return status === 0 ? stdout : undefined;
}

interface Places {
  readonly work: string;
  readonly temp: string;
  readonly port: number;
}

function normalise(text: string, { work, temp, port }: Places): string {
  return text
    .replaceAll(temp, "TEMP")
    .replaceAll(work, "WORK")
    .replaceAll(`:${port}`, ":PORT")
    .replaceAll(/(packer-shell|provisioner|pkr-file-content)\d+/g, "$1N")
    .replaceAll(/(\d+ (?:hour|minute|second|millisecond|microsecond)s? ?)+/g, "DURATION")
    .replaceAll(/^\d{10},/gm, "TIME,")
    .replaceAll(/"build_time": \d+/g, '"build_time": TIME')
    .replaceAll(/(?!00000000)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(/\b\d+ cores\b/g, "N cores")
    .replaceAll(/"Date":"[^"]*"/g, '"Date":"DATE"')
    .replaceAll(/^\S+: output will be in this color\.\n\n?/gm, "") // only with colours: docs/differences.md
    .replaceAll(/[ \t]+$/gm, "");
}

/** Starts the web server that the cases of the `http` data source ask. */
export async function startCaseServer(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data: Buffer) => (body += data.toString()));
    request.on("end", () => {
      const url = request.url ?? "";
      const redirect = { "/redirect": 302, "/redirect-307": 307, "/loop": 302 }[url];
      const text = [request.method, url, body, String(request.headers["x-foo"]), request.headers.host].join(" ");
      const type = url === "/png" ? "image/png" : "text/plain";
      if (redirect !== undefined) response.writeHead(redirect, { location: url === "/loop" ? url : "/target" }).end();
      else if (url === "/gzip")
        response.writeHead(200, { "content-type": type, "content-encoding": "gzip" }).end(gzipSync(text));
      else {
        const headers = { "content-type": type, "x-many": ["a", "b"], connection: "close" };
        response.writeHead(url === "/404" ? 404 : 200, headers).end(text);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** Works through a list, two at a time. */
export async function twoAtATime<T>(list: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...list];
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
