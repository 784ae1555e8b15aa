import { messageOf, provisioner, schema as s } from "@ingot/sdk";

/** Stops the build until the user presses enter, to look at the machine. */
export const breakpointProvisioner = provisioner({
  name: "breakpoint",
  summary: "Pauses the build until you press enter.",
  config: s.object({
    note: s.string({ describe: "Shown while the build pauses.", default: "" }),
    disable: s.boolean({ describe: "Do not pause.", default: false }),
  }),
  async provision({ config, ui, ask }) {
    const note = config.note === "" ? "" : ` with note "${config.note}"`;
    if (config.disable) {
      ui.say(
        note === ""
          ? "Breakpoint provisioner disabled; continuing..."
          : `Breakpoint provisioner${note} disabled; continuing...`,
      );
      return;
    }
    ui.say(note === "" ? "Pausing at breakpoint provisioner." : `Pausing at breakpoint provisioner${note}.`);
    try {
      await ask("Press enter to continue.");
    } catch (error) {
      const reason = messageOf(error).replace("the question could not be asked: ", "");
      throw new Error(`Error asking for input: ${reason}`, { cause: error });
    }
  },
});
