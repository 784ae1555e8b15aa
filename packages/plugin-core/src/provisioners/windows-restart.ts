import { provisioner, schema as s } from "@ingot/sdk";
import { restartMachine } from "../windows/restart-machine.js";

const RESTART_COMMAND = 'shutdown /r /f /t 0 /c "packer restart"';
const SERVICING = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing";
const REGISTRY_KEYS = [
  `HKLM:${SERVICING}\\RebootPending`,
  `HKLM:${SERVICING}\\PackagesPending`,
  "HKLM:Software\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootInProgress",
];

/** Restarts a Windows machine and waits until it is back. */
export const windowsRestartProvisioner = provisioner({
  name: "windows-restart",
  summary: "Restarts a Windows machine and waits until it is back.",
  config: s.object({
    restart_command: s.string({ describe: "The command that restarts the machine.", default: RESTART_COMMAND }),
    restart_check_command: s.string({
      describe: "A command that can be started once the machine answers again.",
      default: "",
    }),
    restart_timeout: s.duration({ describe: "How long to wait.", default: "5m" }),
    check_registry: s.boolean({ describe: "Wait until the registry says that no restart is pending.", default: false }),
    registry_keys: s.list(s.string(), {
      describe: "The keys of the registry that say so while they exist.",
      default: REGISTRY_KEYS,
    }),
  }),
  async provision({ config, machine, ui, log, signal }) {
    await restartMachine({
      restartCommand: config.restart_command || RESTART_COMMAND,
      checkCommand: config.restart_check_command,
      timeoutMs: config.restart_timeout || 300_000,
      registryKeys: !config.check_registry
        ? []
        : config.registry_keys.length > 0
          ? config.registry_keys
          : REGISTRY_KEYS,
      machine,
      ui,
      log,
      signal,
    });
  },
});
