// One plugin that misbehaves in the way that its configuration ("mode") or the environment (NASTY_DESCRIBE) names.
import { spawn } from "node:child_process";
import { attribute, component, endWithHost, error, event, modeOf, number, NUMBER, object, say, serve, STRING, text, type } from "../serve.mjs";

const describeMode = process.env.NASTY_DESCRIBE ?? "";
if (describeMode !== "no-end-with-host") endWithHost();
const modes = new Map();
const log = (line) => process.stderr.write(`${JSON.stringify({ "@level": "info", "@message": line, "@module": "nasty", answer: 42 })}\n`);

function describe(call, reply) {
  if (describeMode === "dies") {
    log("about to die in describe");
    process.exit(4);
  }
  if (describeMode === "hangs") return;
  if (describeMode === "status") return reply({ code: 2, details: "KeyError: 'name'" });
  const builder = component(1, "nasty");
  if (describeMode === "bad-type") builder.config.attributes.mode.type = type(77);
  if (describeMode === "no-schema") builder.config = undefined;
  const components = [
    builder,
    component(2, "nasty"),
    component(4, "nasty", { output: { attributes: { name: attribute(STRING), size: attribute(NUMBER), list: attribute(type(5, STRING)) }, blocks: {} } }),
  ];
  if (describeMode === "twice") components.push(builder);
  reply(null, { name: "nasty", version: "1.2.3", capabilities: [], components });
}

function prepare({ request }, reply) {
  const mode = modeOf(request.config);
  if (mode === "prepare-dies") {
    process.stderr.write("Traceback: everything is broken\n");
    process.kill(process.pid, "SIGSEGV");
    return;
  }
  if (mode === "prepare-hangs") return;
  modes.set(request.instanceId, mode);
  reply(null, { diagnostics: mode === "prepare-refuses" ? [error("Wrong mode", "It is wrong.", [{ step: { $case: "name", value: "mode" } }])] : [], generatedData: [] });
}

const ok = { result: { diagnostics: [], cancelled: false }, artifact: undefined };
const result = (value) => ({ message: { $case: "result", value } });
const machine = { message: { $case: "machineReady", value: { communicator: undefined, generatedData: { values: {} }, connector: undefined } } };
const resource = (state, recordId = "r1") => event("resource", { recordId, kind: "box", id: "box1", locator: { path: "/x" }, state, component: undefined });

function run(call) {
  const finish = (...messages) => {
    for (const message of messages) call.write(message);
    call.end();
  };
  const behaviours = {
    "run-dies": () => {
      call.write(say("working"));
      setTimeout(() => {
        log("out of memory");
        process.exit(137);
      }, 50);
    },
    "killed-by-test": () => call.write(say(`pid ${process.pid}`)),
    "no-result": () => finish(say("that was all")),
    "after-result": () => finish(result(ok), say("and another thing")),
    "two-machines": () => finish(machine, machine),
    "early-success": () => finish(machine, result(ok)),
    "empty-message": () => finish({ message: undefined }),
    "empty-result": () => finish(result({ result: undefined, artifact: undefined })),
    "wrong-state": () => finish(resource(0)),
    "status": () => call.emit("error", { code: 13, details: "IndexError: list index out of range" }),
    "wrong-number": () => finish(result({ ...ok, artifact: { builderId: "x", id: "", files: [], description: "", state: { size: number("12 MB") }, generatedData: {}, component: undefined } })),
    "no-builder-id": () => finish(result({ ...ok, artifact: { builderId: "", id: "", files: [], description: "", state: {}, generatedData: {}, component: undefined } })),
    "ignores-cancel": () => call.write(say("you can't stop me")),
    "grandchildren": () => {
      const child = spawn("sleep", ["1000"], { stdio: "inherit" });
      finish(say(`child ${child.pid}`), result(ok));
    },
    "detached-child": () => {
      const child = spawn("sleep", ["1000"], { stdio: "ignore", detached: true });
      call.write(say(`child ${child.pid}`));
    },
    "cancels-well": () => {
      call.write(say("ready to be cancelled"));
      call.on("data", ({ message }) => {
        if (message?.value?.command?.$case !== "cancel") return;
        const { reason, graceMs } = message.value.command.value;
        finish(say(`cleaning up: ${reason} ${graceMs}`), result({ ...ok, result: { diagnostics: [], cancelled: true } }));
      });
    },
    "resource": () => {
      call.write(resource(1));
      call.on("data", ({ message }) => {
        const command = message?.value?.command;
        if (command?.$case === "resourceRecorded") finish(say(`recorded ${command.value.recordId} ${command.value.state}`), result(ok));
        if (command?.$case === "cancel") finish(result({ ...ok, result: { diagnostics: [], cancelled: true } }));
      });
    },
    "questions": () => {
      call.write(event("question", { id: "q1", text: "Slow?" }));
      call.write(event("question", { id: "q2", text: "Quick?" }));
      const answers = [];
      call.on("data", ({ message }) => {
        const command = message?.value?.command;
        if (command?.$case !== "answer") return;
        answers.push(`${command.value.questionId}=${command.value.text}${command.value.error}`);
        if (answers.length === 2) finish(say(answers.join(" ")), result(ok));
      });
    },
    "events": () =>
      finish(
        say("one"),
        event("log", { level: 3, message: "two", fields: { a: "b" }, time: new Date(1000) }),
        event("progress", { id: "p", label: "disk", done: 5n, total: 10n, unit: "bytes", finished: false }),
        event("warning", { severity: 1, summary: "Three", detail: "", path: [] }),
        event("secrets", { values: ["hush"] }),
        result(ok),
      ),
  };
  let isStarted = false;
  call.on("data", ({ message }) => {
    if (message?.$case !== "start" || isStarted) return;
    isStarted = true;
    const mode = modes.get(message.value.instanceId);
    (behaviours[mode] ?? (() => finish(result(ok))))();
  });
  call.on("error", () => {});
}

const outputs = {
  "good-output": object({ name: text("x", true), size: number("12345678901234567890.5"), list: { kind: { $case: "listValue", value: { elements: [text("a")] } }, sensitive: false } }),
  "wrong-type": object({ name: text("x"), size: text("12") }),
  "wrong-element": object({ name: text("x"), list: { kind: { $case: "listValue", value: { elements: [text("a"), number("1")] } }, sensitive: false } }),
  "not-in-schema": object({ name: text("x"), colour: text("red") }),
  "wrong-number": object({ size: number("ten") }),
  "no-object": text("x"),
  "no-output": undefined,
};

function execute(call) {
  call.once("data", ({ message }) => {
    const output = outputs[modes.get(message.value.instanceId)];
    call.write(result({ result: { diagnostics: [], cancelled: false }, output }));
    call.end();
  });
}

await serve(
  { plugin: { describe, prepare, release: (call, reply) => reply(null, {}) }, builder: { run }, dataSource: { execute } },
  {
    ignoreShutdown: describeMode === "ignores-shutdown" || describeMode === "no-end-with-host",
    status: describeMode === "not-serving" ? 2 : 1,
    stdio: [{ channel: 1, data: Buffer.from("printed to stdout\n") }],
  },
);
if (describeMode === "ignores-shutdown") {
  process.on("SIGTERM", () => {});
  process.stdin.removeAllListeners("end");
  setInterval(() => {}, 1000);
}
log("serving");
