// Measures the communicator stream: a plugin process serves a machine that swallows and makes bytes, this process uploads,
// downloads and reads a command's output. Prints MiB/s and the peak resident memory of both processes. Needs a build.
//
//   node scripts/bench/communicator.mjs [MiB, default 1024]
import { readFileSync, writeFileSync } from "node:fs";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { builder, definePlugin, schema as s } from "@ingot/sdk";
import { startPlugin } from "@ingot/sdk/testing";

const CHUNK = Buffer.alloc(256 * 1024, "x");

async function* bytes(mebibytes) {
  for (let i = 0; i < mebibytes * 4; i++) yield CHUNK;
}

const bench = builder({
  name: "bench",
  config: s.object({}),
  async run({ provision }) {
    await provision({
      type: "bench",
      async exec({ command }, { stdout }) {
        if (command[0] === "reset") resetPeak();
        else if (command[0] === "peak") await stdout(Buffer.from(String(peakMiB())));
        else for await (const chunk of bytes(Number(command[1]))) await stdout(chunk);
        return { status: 0 };
      },
      async upload(_file, content) {
        for await (const chunk of content) void chunk;
      },
      async download(path) {
        return { file: { path }, content: bytes(Number(path)) };
      },
    });
    return undefined;
  },
});

/** Makes the kernel count the peak anew (Linux). */
function resetPeak() {
  try {
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    // not Linux: the peak is that of the whole run
  }
}

function peakMiB() {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
  } catch {
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}

async function measure(name, machine, mebibytes, work) {
  resetPeak();
  await machine.run(["reset"]);
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  let peak = "";
  await machine.run(["peak"], { stdout: (line) => void (peak = line) });
  const rate = Math.round(mebibytes / seconds);
  process.stdout.write(
    `${name.padEnd(9)} ${mebibytes} MiB in ${seconds.toFixed(2)} s = ${rate} MiB/s; peak RSS caller ${peakMiB()} MiB, plugin ${peak} MiB\n`,
  );
}

if (process.env.INGOT_PLUGIN_MAGIC_COOKIE !== undefined) {
  definePlugin({ name: "bench", components: [bench] }).serve();
} else {
  const size = Number(process.argv[2] ?? 1024);
  const plugin = await startPlugin(fileURLToPath(import.meta.url), { tls: process.argv.includes("--tls") });
  const sink = () => new Writable({ highWaterMark: 1024 * 1024, write: (_chunk, _encoding, done) => done() });
  const outcome = await plugin.runBuilder(
    "bench",
    {},
    {
      provision: async (machine) => {
        await machine.upload(bytes(16), "/warm-up");
        await measure("upload", machine, size, () => machine.upload(bytes(size), "/x"));
        await measure("download", machine, size, () => machine.download(String(size), sink()));
        await measure("exec", machine, size, () => machine.run(["print", String(size)], { stdout: sink() }));
      },
    },
  );
  for (const { summary } of outcome.diagnostics) process.stderr.write(`${summary}\n`);
  await plugin[Symbol.asyncDispose]();
}
