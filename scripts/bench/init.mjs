// Measures `ingot init`: the download of 10 archives of 50 MB from a GitHub of our own on the loopback against curl, which fetches
// the same files one after another; a cold init that installs them, and a warm one. The tools take turns; each row gives the shortest
// time. Needs a build (`npm run build`), curl, openssl and zip.
//
// A download is a process from its start to its end: for curl one for each file, which writes it; for Ingot one for all, which opens the releases,
// hashes and writes. Both follow the redirect from the web site to the files. The server is a process of Node that both have to wait for.
//
//   node scripts/bench/init.mjs [download|init ...]   default: all
//   INGOT_BENCH_PLUGINS=10 INGOT_BENCH_MB=50 INGOT_BENCH_ROUNDS=5 INGOT_BENCH_PARALLEL=4
import { execFileSync, fork, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const INGOT = fileURLToPath(new URL("../../packages/cli/dist/bundle/main.js", import.meta.url));
const PLUGINS = Number(process.env.INGOT_BENCH_PLUGINS ?? 10);
const BYTES = Number(process.env.INGOT_BENCH_MB ?? 50) * 1e6;
const ROUNDS = Number(process.env.INGOT_BENCH_ROUNDS ?? 5);
const PARALLEL = Number(process.env.INGOT_BENCH_PARALLEL ?? 4);
/** Bundled CommonJS packages call it. */
const REQUIRE =
  'import { createRequire as requireOf } from "node:module";\nconst require = requireOf(import.meta.url);';
const self = fileURLToPath(import.meta.url);
const [role, ...rest] = process.argv.slice(2);

if (role === "serve") await serve(rest[0]);
else if (role === "fetch") await fetchAll(rest[0]);
else await measure(process.argv.slice(2));

async function measure(wanted) {
  // In memory where there is /dev/shm, so that the disk is not measured.
  const work = mkdtempSync(path.join(existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "ingot-bench-"));
  await makeReleases(work);
  await bundleSources(work);
  const server = fork(self, ["serve", work]);
  try {
    const about = await new Promise((resolve) => server.once("message", resolve));
    writeFileSync(path.join(work, "about.json"), JSON.stringify(about));
    if (wanted.length === 0 || wanted.includes("download")) measureDownload(work, about);
    if (wanted.length === 0 || wanted.includes("init")) measureInit(work, about);
  } finally {
    server.disconnect();
    rmSync(work, { recursive: true, force: true });
  }
}

function measureDownload(work, { caFile, fileUrls }) {
  const times = { curl: [], ingot: [] };
  let peakMiB = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const folder = path.join(work, `round-${round}`);
    mkdirSync(folder);
    times.curl.push(
      timed(() => {
        for (const [index, url] of fileUrls.entries()) {
          execFileSync("curl", ["-sfL", "--cacert", caFile, "-o", path.join(folder, `curl-${index}`), url]);
        }
      }),
    );
    const start = performance.now();
    const output = execFileSync(process.execPath, [self, "fetch", work], { encoding: "utf8" });
    times.ingot.push(performance.now() - start);
    peakMiB = Math.max(peakMiB, Number(output));
    for (const name of readdirSync(work))
      if (/^(round|fetched)-/.test(name)) rmSync(path.join(work, name), { recursive: true });
  }
  const [curl, ingot] = [Math.min(...times.curl), Math.min(...times.ingot)];
  row(`curl, ${PLUGINS} files of ${BYTES / 1e6} MB one after another`, curl);
  row(
    `Ingot's downloads, ${PARALLEL} at a time, hashed, with the start of Node`,
    ingot,
    `${(ingot / curl).toFixed(2)} times, ${peakMiB} MiB at most`,
  );
}

function measureInit(work, { caFile, apiUrl }) {
  const [cold, warm] = [[], []];
  const template = path.join(work, "template");
  mkdirSync(template);
  const required = Array.from(
    { length: PLUGINS },
    (_, index) => `    p${index} = { source = "github.com/acme/p${index}", version = "~> 1.0" }`,
  );
  writeFileSync(path.join(template, "t.pkr.hcl"), `packer {\n  required_plugins {\n${required.join("\n")}\n  }\n}\n`);
  for (let round = 0; round < ROUNDS; round++) {
    const home = path.join(work, `home-${round}`);
    mkdirSync(home);
    rmSync(path.join(template, ".ingot.lock.hcl"), { force: true });
    const env = { PATH: process.env.PATH, HOME: home, INGOT_GITHUB_API_URL: apiUrl, SSL_CERT_FILE: caFile };
    const init = () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, [INGOT, "init", "."], {
        cwd: template,
        env,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`init failed: ${stdout}${stderr}`);
    };
    cold.push(timed(init));
    for (let again = 0; again < 3; again++) warm.push(timed(init));
    rmSync(home, { recursive: true });
  }
  row(`ingot init, cold: ${PLUGINS} plugins of ${BYTES / 1e6} MB`, Math.min(...cold));
  row("ingot init, warm", Math.min(...warm));
}

function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function row(what, ms, more = "") {
  console.log(`${what.padEnd(70)} ${ms.toFixed(0).padStart(7)} ms  ${more}`);
}

/** Archives that have a small plugin and much that cannot be packed. */
async function makeReleases(work) {
  const { build } = await import("esbuild");
  for (let index = 0; index < PLUGINS; index++) {
    const name = `p${index}`;
    const folder = path.join(work, name);
    const executable = path.join(folder, `ingot-plugin-${name}.mjs`);
    mkdirSync(folder);
    const contents = [
      'import { definePlugin, provisioner, schema as s } from "@ingot/sdk";',
      `const one = provisioner({ name: "${name}", summary: "One.", config: s.object({}), provision() {} });`,
      `definePlugin({ name: "${name}", version: "1.0.0", components: [one] }).serve();`,
    ].join("\n");
    await build({
      ...{
        stdin: { contents, resolveDir: path.join(path.dirname(self), "../..") },
        outfile: executable,
        logLevel: "warning",
      },
      ...{
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20.19",
        banner: { js: `#!/usr/bin/env node\n${REQUIRE}` },
      },
      external: ["@grpc/proto-loader", "cpu-features", "*.node"],
    });
    writeFileSync(path.join(folder, "README.md"), randomBytes(BYTES));
    execFileSync("zip", ["-q", "-1", "-r", `../${name}.zip`, "."], { cwd: folder });
    rmSync(folder, { recursive: true });
  }
}

/** Puts the installer's sources into one file, as the product has them. */
async function bundleSources(work) {
  const { build } = await import("esbuild");
  await build({
    entryPoints: [path.join(path.dirname(self), "../../packages/installer/dist/sources/plugin-sources.js")],
    ...{ outfile: path.join(work, "sources.mjs"), bundle: true, platform: "node", format: "esm", target: "node20.19" },
    banner: { js: REQUIRE },
  });
}

/** The server, in a process of its own. */
async function serve(work) {
  const { GitHubServer, TestAuthority } = await import("../../packages/installer/dist/testing/index.js");
  const authority = await TestAuthority.make();
  const github = await GitHubServer.start({ authority });
  const fileUrls = [];
  for (let index = 0; index < PLUGINS; index++) {
    const [name, file] = [`p${index}`, path.join(work, `p${index}.zip`)];
    const archive = `ingot-plugin-${name}_v1.0.0_p1_any.zip`;
    const sha256 = createHash("sha256").update(readFileSync(file)).digest("hex");
    await github.addRelease(`acme/ingot-plugin-${name}`, "v1.0.0", [
      { name: archive, content: { file } },
      { name: `ingot-plugin-${name}_v1.0.0_SHA256SUMS`, content: `${sha256}  ${archive}\n` },
    ]);
    fileUrls.push(`${github.webUrl}/acme/ingot-plugin-${name}/releases/download/v1.0.0/${archive}`);
  }
  process.once("disconnect", () => void authority[Symbol.asyncDispose]().then(() => process.exit()));
  process.send({ caFile: authority.caFile, apiUrl: github.apiUrl, fileUrls });
}

/** Downloads all archives by the sources of the installer, and prints the most memory that was used, in MiB. */
async function fetchAll(work) {
  const { PluginSources } = await import(path.join(work, "sources.mjs"));
  const { caFile, apiUrl } = JSON.parse(readFileSync(path.join(work, "about.json"), "utf8"));
  const env = { HOME: work, INGOT_GITHUB_API_URL: apiUrl, SSL_CERT_FILE: caFile };
  const folder = mkdtempSync(path.join(work, "fetched-"));
  const options = { signal: new AbortController().signal, maxBytes: 1e9 };
  const sources = new PluginSources({ version: "0", env, workingDirectory: work });
  const queue = Array.from({ length: PLUGINS }, (_, index) => addressOf(`p${index}`));
  const worker = async () => {
    for (let address = queue.shift(); address !== undefined; address = queue.shift()) {
      const [source] = sources.sourcesFor(address);
      const release = await source.openRelease({ address, version: "1.0.0", family: "ingot", repository: "" }, options);
      const [archive] = release.archives;
      const { sha256 } = await release.fetchArchive(archive, path.join(folder, archive.fileName), options);
      if (sha256 !== archive.sha256) throw new Error("the hash is wrong");
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  sources[Symbol.dispose]();
  console.log(Math.round(process.resourceUsage().maxRSS / 1024));
}

function addressOf(name) {
  return { text: `github.com/acme/${name}`, host: "github.com", namespace: ["acme"], name };
}
