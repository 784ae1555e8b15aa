// A plugin that dies, hangs or fails where its configuration says, for tests of what is left then. Its builder makes files as resources.
import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import { builder, dataSource, definePlugin, localMachine, noneMachine, postProcessor, provisioner, schema as s } from "@ingot/sdk";

const config = s.object({
  die: s.string({ describe: "Where the process ends by itself.", default: "" }),
  fail: s.string({ describe: "Where an error is thrown.", default: "" }),
  wait: s.string({ describe: "Where it waits to be cancelled.", default: "" }),
  hang: s.string({ describe: "Where nothing happens any more, whatever the host says.", default: "" }),
  local: s.boolean({ describe: "Whether the builder's machine is this computer.", default: false }),
  count: s.number({ describe: "For wrong types.", default: 1 }),
});

if (process.env.FRAGILE_START === "exit") {
  process.stderr.write("fragile: no licence found\n");
  process.exit(3);
}

async function obey({ die, fail, hang, wait }, place, { signal, ui } = {}) {
  if (wait === place) {
    ui?.say(`waits in ${place}`);
    await new Promise((_, reject) => {
      const cancel = () => reject(signal.reason);
      if (signal.aborted) cancel();
      else signal.addEventListener("abort", cancel);
    });
  }
  if (die === place) process.kill(process.pid, "SIGKILL");
  if (hang === place) await new Promise((resolve) => setTimeout(resolve, 3_600_000));
  if (fail === place) throw new Error(`failed in ${place}`);
}

const prepare = async ({ config: given }) => {
  await obey(given, "prepare");
  return [];
};

const fragile = builder({
  name: "fragile",
  config,
  prepare,
  async run({ config: given, resources, provision, ui, signal }) {
    await obey(given, "start", { signal, ui });
    const thing = await resources.create("thing", () => {
      writeFileSync("thing.txt", "");
      return {};
    });
    await resources.create("other", () => {
      writeFileSync("other.txt", "");
      return {};
    });
    ui.say("made things");
    await obey(given, "run", { signal, ui });
    await provision(given.local ? localMachine() : noneMachine(), {});
    await obey(given, "end", { signal, ui });
    void thing;
    return { id: "fragile-1", description: "A fragile thing.", files: [] };
  },
  destroy: {
    thing: async () => removeFile("thing.txt"),
    other: async () => removeFile("other.txt"),
  },
});

function removeFile(name) {
  appendFileSync("removed.txt", `${name}\n`);
  rmSync(name, { force: true });
}

const breaks = provisioner({
  name: "fragile",
  config,
  prepare,
  async provision({ config: given, ui, signal }) {
    ui.say("provisioning");
    await obey(given, "provision", { signal, ui });
  },
});

const wraps = postProcessor({
  name: "fragile",
  config,
  prepare,
  async postProcess({ config: given, artifact, ui, signal }) {
    await obey(given, "post-process", { signal, ui });
    return { artifact, keepInput: true };
  },
});

const looks = dataSource({
  name: "fragile",
  config,
  output: s.object({ answer: s.string({ describe: "The answer." }) }),
  async execute({ config: given, ui, signal }) {
    await obey(given, "execute", { signal, ui });
    return { answer: "42" };
  },
});

definePlugin({ name: "fragile", version: "1.0.0", components: [fragile, breaks, wraps, looks] }).serve();
