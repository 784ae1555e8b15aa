// Builds first, so that tests that start processes run current code, and type errors fail the run.
import { execFileSync } from "node:child_process";

export default function setup() {
  if (process.env.INGOT_TEST_SKIP_BUILD) return; // for one package's tests while another one is being changed
  execFileSync("npm", ["run", "build", "--silent"], { stdio: "inherit", cwd: new URL("..", import.meta.url) });
}
