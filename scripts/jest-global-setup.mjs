// Builds first, so that tests that start processes run current code, and type errors fail the run. The example plugins are built here too:
// beside the tests, the first build of the Go plugin would take longer than these wait.
import { execFileSync } from "node:child_process";

const cwd = new URL("..", import.meta.url);

export default function setup() {
  if (process.env.INGOT_TEST_SKIP_BUILD) return; // for one package's tests while another one is being changed
  execFileSync("npm", ["run", "build", "--silent"], { stdio: "inherit", cwd });
  execFileSync(process.execPath, ["scripts/build-example-plugins.mjs"], {
    stdio: ["ignore", "ignore", "inherit"],
    cwd,
  });
}
