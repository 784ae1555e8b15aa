import { machineUi, textUi } from "../../ui.js";
import { VERSION } from "../../version.js";
import type { RunCommand } from "../registry.js";

/** `ingot version`. Loads nothing else: it must be as quick as Node's own start. */
export const runCommand: RunCommand = ({ console, machineReadable }) => {
  const [number = VERSION, prerelease = ""] = VERSION.split("-", 2);
  const ui = machineReadable
    ? machineUi(console.stdout, { mask: (text) => text, now: Date.now })
    : textUi(console.stdout);
  ui.machine({ type: "version", data: [number] });
  ui.machine({ type: "version-prelease", data: [prerelease] });
  ui.machine({ type: "version-commit", data: [""] });
  ui.say(`Ingot v${VERSION}`);
  return Promise.resolve(0);
};
