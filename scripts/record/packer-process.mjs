// Runs a real Packer for the scripts that record what it does.
import { spawn } from "node:child_process";

/** Runs Packer with its input from a pipe, as the console wants it. Gives the status and both streams as they came. */
export function runPacker({ packer, command, input, work, home, env = {} }) {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  const script =
    input === undefined ? `exec "$PACKER" ${quoted} 2>&1` : `printf '%s\\n' "$INPUT" | "$PACKER" ${quoted} 2>&1`;
  const child = spawn("bash", ["-c", script], {
    cwd: work,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...{ PATH: process.env.PATH, HOME: home, PACKER: packer, INPUT: input ?? "" },
      ...{ CHECKPOINT_DISABLE: "1", PACKER_NO_COLOR: "1", LANG: "C.UTF-8" },
      ...env,
    },
  });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

/** Reads diagnostics from a text: `[line N: ]SUMMARY; DETAIL[; with VALUES]`, with the words of a detail one blank apart. */
export function problemsIn(text) {
  const starts = [...text.matchAll(/^(?:Error|Warning): /gm)].map(({ index }) => index);
  return starts.map((start, at) => problemOf(text.slice(start, starts[at + 1])));
}

function problemOf(text) {
  const [, severity, summary, rest] = /^(Error|Warning): (.*)\n\n?([^]*)$/.exec(`${text}\n`);
  let left = rest;
  const place = /^ {2}on (.*?) line (\d+).*:\n(?: .*\n|\s*\d+: .*\n)*\n/.exec(left);
  if (place) left = left.slice(place[0].length);
  const values = /^with ((?:.*,\n {5})*.*)\.\n\n/.exec(left);
  if (values) left = left.slice(values[0].length);
  const line = place && place[2] !== "1" ? `line ${place[2]}: ` : "";
  const detail = left
    .replace(/\s+/g, " ")
    .replace(/(panic in function implementation: .*?) goroutine .*/, "$1")
    .trim();
  const shown = values ? `; with ${values[1].replace(/,\n {5}/g, ", ")}` : "";
  return `${severity === "Warning" ? "warning: " : ""}${line}${summary}${detail === "" ? "" : `; ${detail}`}${shown}`;
}
