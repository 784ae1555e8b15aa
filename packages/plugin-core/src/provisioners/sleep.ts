import { setTimeout as sleep } from "node:timers/promises";
import { provisioner, schema as s } from "@ingot/sdk";

/** Waits. */
export const sleepProvisioner = provisioner({
  name: "sleep",
  summary: "Waits for a while.",
  config: s.object({ duration: s.duration({ describe: "How long to wait.", default: "0s" }) }),
  async provision({ config, signal }) {
    await sleep(Math.max(0, config.duration), undefined, { signal });
  },
});
