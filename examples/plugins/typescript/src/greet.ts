import { provisioner, schema as s } from "@ingot/sdk";

/** Writes greetings into the machine. */
export const greet = provisioner({
  name: "greet",
  summary: "Writes a greeting into the machine, and shows it.",
  config: s.object({
    to: s.list(s.string(), { describe: "Whom to greet.", minItems: 1 }),
    greeting: s.string({ describe: "How to greet.", default: "Hello" }),
    file: s.string({
      describe: "The file on the machine to which the greetings are written.",
      default: "greetings.txt",
    }),
    signature: s.string({ describe: "Written below the greetings; never shown.", sensitive: true, optional: true }),
  }),
  async provision({ config, machine, ui, progress }) {
    const work = progress("Greeting", { total: config.to.length });
    for (const [done, name] of config.to.entries()) {
      await machine.run(["echo", `${config.greeting}, ${name}!`], { stdout: ui.say });
      work.update(done + 1);
    }
    work.finish();
    const lines = config.to.map((name) => `${config.greeting}, ${name}!\n`).join("");
    await machine.upload(Buffer.from(lines + (config.signature ?? "")), config.file);
  },
});
