import { postProcessor } from "@ingot/sdk";
import { runShellLocal, shellLocalConfig } from "../shell/shell-local.js";

/** Runs scripts on this machine when an artifact is made. */
export const shellLocalPostProcessor = postProcessor({
  name: "shell-local",
  summary: "Runs shell scripts on the machine where the build runs, once an artifact is made.",
  config: shellLocalConfig,
  async postProcess({ config, build, ui, signal, artifact }) {
    const [only, ...more] = config.execute_command;
    const executeCommand = only !== undefined && more.length === 0 ? ["sh", "-c", only] : config.execute_command;
    const { generatedData } = artifact;
    await runShellLocal({ config: { ...config, execute_command: executeCommand }, build, ui, signal, generatedData });
    return { artifact, keepInput: true, forceKeepInput: true };
  },
});
