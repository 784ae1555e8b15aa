import { provisioner } from "@ingot/sdk";
import { runShellLocal, shellLocalConfig } from "../shell/shell-local.js";

/** Runs scripts on this machine, in the middle of a build. */
export const shellLocalProvisioner = provisioner({
  name: "shell-local",
  summary: "Runs shell scripts on the machine where the build runs.",
  config: shellLocalConfig,
  provision: ({ config, build, ui, signal, generatedData }) =>
    runShellLocal({ config, build, ui, signal, generatedData }),
});
