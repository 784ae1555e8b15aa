import { expect, test } from "@jest/globals";
import { Workplace } from "../testing/run-ingot.js";

/** Runs the shell's part of a machine: tells the sizes of the terminal, after it has made it narrower. */
const SCRIPT = `
import { spawnSync } from "node:child_process";
import { openShell } from "MODULE";
const exec = async ({ terminal, stdout }) => {
  const connection = setInterval(() => undefined, 1000);
  const sizes = [terminal.columns + "x" + terminal.rows];
  await new Promise((resolve) => {
    terminal.onResize(({ columns, rows }) => resolve(sizes.push(columns + "x" + rows)));
    spawnSync("stty", ["cols", "61", "rows", "17"], { stdio: "inherit" });
  });
  clearInterval(connection);
  stdout(Buffer.from("sizes " + sizes.join(" ") + "\\n"));
  return { exitCode: 0 };
};
console.log("");
const before = process.listenerCount("SIGWINCH");
await openShell({ exec }, { signal: new AbortController().signal });
console.log("left " + (process.listenerCount("SIGWINCH") - before) + " listeners");
`;

test("tells the machine when the terminal gets another size", async () => {
  const module = new URL("../../dist/terminal/open-shell.js", import.meta.url).href;
  await using place = await Workplace.make({ "open.mjs": SCRIPT.replace("MODULE", module) });
  const command = `stty cols 100 rows 30; exec ${process.execPath} open.mjs`;
  const { stdout } = await place.start([], { TERM: "xterm" }, ["script", "-qec", command, "/dev/null"]).finished;
  expect(stdout).toContain("sizes 100x30 61x17");
  expect(stdout).toContain("left 0 listeners");
});
