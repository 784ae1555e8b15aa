// One component of each kind, with a way to provoke each kind of trouble. Driven by the tests of the SDK.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import {
  builder,
  communicator,
  dataSource,
  definePlugin,
  DiagnosticError,
  localMachine,
  noneMachine,
  postProcessor,
  provisioner,
  schema as s,
} from "@ingot/sdk";

console.log("printed before the handshake");

const greet = provisioner({
  name: "greet",
  summary: "Writes a greeting into the machine.",
  config: s.object({
    to: s.string({ describe: "Whom to greet." }),
    times: s.integer({ describe: "How often.", default: 1, min: 1 }),
    token: s.string({ describe: "Shown nowhere.", sensitive: true, optional: true }),
  }),
  async provision({ config, machine, ui, signal }) {
    for (let i = 0; i < config.times; i++)
      await machine.run(["echo", `hello ${config.to}`], { signal, stdout: ui.say });
  },
});

const act = provisioner({
  name: "act",
  config: s.object({ do: s.string(), arg: s.string({ default: "" }) }),
  prepare: ({ config }) => {
    if (config.do === "refuse") return { summary: "Refused", detail: "Because.", path: ["do"] };
    if (config.do === "refuse loudly") throw new Error("prepare failed");
    return undefined;
  },
  async provision({ config, machine, ui, log, signal, ask, progress, warn, secrets, build, generatedData }) {
    switch (config.do) {
      case "throw":
        throw new Error("it broke");
      case "diagnose":
        throw new DiagnosticError({ summary: "Bad argument", detail: "It is bad.", path: ["arg"] });
      case "talk":
        console.log("printed in a session");
        log.info("a log line", { answer: 42 });
        warn({ summary: "Careful" });
        secrets(["hunter2"]);
        ui.error("an error line");
        ui.say(`answer: ${await ask("what?")}`);
        ui.say(`${build.name} ${String(build.force)} ${String(generatedData.ID)}`);
        progress("work", { total: 10, unit: "bytes" }).finish();
        return;
      case "wait":
        ui.say("waiting");
        await sleep(60_000, undefined, { signal });
        return;
      case "command":
        await machine.run(config.arg, { stdout: ui.say, stderr: ui.error });
        return;
      case "flood": {
        let lines = 0;
        await machine.run(config.arg, { stdout: () => void lines++ });
        ui.say(`${lines} lines`);
        return;
      }
      case "crash":
        process.kill(process.pid, "SIGKILL");
    }
  },
});

const box = builder({
  name: "box",
  config: s.object({
    marker: s.string(),
    mode: s.string({ default: "" }),
    communicator: s.communicator({ default: "none" }),
  }),
  generatedData: ["Colour"],
  checkpoint: true,
  async run({ config, ui, resources, provision, resumeFrom, signal }) {
    if (resumeFrom !== undefined) ui.say(`resumed from ${JSON.stringify(resumeFrom)}`);
    const thing = await resources.create(
      "file",
      async (id) => {
        writeFileSync(config.marker, id);
        if (config.mode === "fail while making") throw new Error("half made");
        return { machine: config.communicator.type === "none" ? noneMachine() : localMachine() };
      },
      { id: "thing-1", locator: { path: config.marker } },
    );
    try {
      await provision(thing.machine, { ID: thing.id, Colour: "red" }, { checkpoint: () => ({ step: 2 }) });
      if (config.mode === "fail late") throw new Error("late failure");
      if (config.mode === "wait") await sleep(60_000, undefined, { signal });
      if (config.mode === "keep") await thing.release();
      return { id: thing.id, files: [config.marker], summary: `Box ${thing.id}`, state: { size: 7n, list: ["a"] } };
    } finally {
      await thing[Symbol.asyncDispose]();
    }
  },
  destroy: { file: ({ locator }) => rmSync(locator.path, { force: true }) },
  destroyArtifact: ({ files }) => {
    for (const file of files) {
      if (!existsSync(file)) continue;
      rmSync(file);
    }
  },
});

let attempts = 0;
const stepper = builder({
  name: "stepper",
  config: s.object({ fail: s.integer({ default: 0 }), interrupted: s.boolean({ default: false }) }),
  async run({ config, ui, resources, runStep, provision, signal }) {
    attempts = 0;
    const first = await runStep(
      "StepFirst",
      async () => {
        await resources.create("thing", () => ({}), { id: "first" });
        return "first";
      },
      (name) => ui.say(`closed ${name}`),
    );
    await runStep("StepSecond", async () => {
      const thing = await resources.create("thing", () => ({}), { id: "second" });
      try {
        attempts += 1;
        if (config.interrupted) await sleep(60_000, undefined, { signal });
        if (attempts <= config.fail) throw new Error(`failure ${attempts} of ${thing.id}`);
        await thing.release();
      } finally {
        await thing[Symbol.asyncDispose]();
      }
    });
    await provision(noneMachine(), { ID: first });
    return { id: first, files: [], summary: "done" };
  },
  destroy: { thing: ({ id }, { ui }) => ui.say(`destroyed ${id}`) },
});

const look = postProcessor({
  name: "look",
  config: s.object({ keep: s.boolean({ default: false }), rename: s.string({ optional: true }) }),
  async postProcess({ config, artifact, ui }) {
    ui.say(`${artifact.id} ${artifact.builderId} ${String(artifact.state.size)}`);
    if (config.rename === undefined) return { artifact, keepInput: config.keep };
    return { artifact: { id: config.rename, files: artifact.files }, forceKeepInput: true };
  },
});

const double = dataSource({
  name: "double",
  config: s.object({ values: s.list(s.number()) }),
  output: s.object({ doubled: s.list(s.number()), total: s.number(), note: s.string({ optional: true }) }),
  execute: ({ config }) => {
    const doubled = config.values.map((value) => value * 2);
    return { doubled, total: doubled.reduce((sum, value) => sum + value, 0) };
  },
});

const link = communicator({
  name: "link",
  config: s.object({}),
  async connect({ target, serve, ui }) {
    ui.say(`connecting to ${String(target.Host)}`);
    await serve(localMachine(), { Host: target.Host });
    ui.say("disconnected");
  },
});

export const plugin = definePlugin({
  name: "everything",
  version: "1.2.3",
  components: [greet, act, box, stepper, look, double, link],
});
if (process.argv[1]?.endsWith("everything.mjs")) plugin.serve();
