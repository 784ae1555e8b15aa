// A builder with its communicator and a connector component, as complete as the host's tests need.
import { component, endWithHost, error, event, modeOf, object, say, serve, text } from "../serve.mjs";
import { startRpcServer, CommunicatorServiceService } from "@ingot/protocol";
import { join } from "node:path";

endWithHost();
const modes = new Map();
const tokens = new Map();
let endpoint = "";

const communicator = {
  grant: ({ request }, reply) => {
    const token = `t${Math.random()}`;
    tokens.set(token, request.handle);
    reply(null, { communicator: { endpoint, handle: request.handle, token, serverCertificate: Buffer.alloc(0), type: "box" } });
  },
  revoke: ({ request }, reply) => {
    tokens.delete(request.token);
    reply(null, {});
  },
  exec: (call) => {
    call.on("data", ({ message }) => {
      if (message?.$case !== "start") return;
      const { handle, token } = message.value.access;
      if (tokens.get(token) !== handle) return call.emit("error", { code: 7, details: "unknown token" });
      call.write({ message: { $case: "stdout", value: Buffer.from(`${handle}: ${message.value.command.value}`) } });
      call.write({ message: { $case: "exit", value: { status: 0, signal: "", disconnected: false, diagnostics: [] } } });
      call.end();
    });
  },
};

const ref = (handle) => ({ endpoint: "", handle, token: "", serverCertificate: Buffer.alloc(0), type: "box" });
const artifact = {
  builderId: "test.box",
  id: "box-1",
  files: ["/a"],
  description: "A box.",
  state: { blob: { kind: { $case: "bytesValue", value: Buffer.from([0, 255]) }, sensitive: false } },
  generatedData: {},
  component: undefined,
};

function run(call) {
  call.on("error", () => {});
  call.on("data", ({ message }) => {
    if (message?.$case === "start") {
      const mode = modes.get(message.value.instanceId);
      const values = { ID: text("box-1"), Password: text("hush", true) };
      const connector = mode.startsWith("connector") ? { name: "boxlink", config: object({ mode: text(mode) }) } : undefined;
      const value = { communicator: connector ? undefined : ref("main"), generatedData: { values }, connector };
      call.write({ message: { $case: "machineReady", value } });
      if (mode === "gives-up") {
        setTimeout(() => {
          const result = { diagnostics: [error("Box broke")], cancelled: false };
          call.write({ message: { $case: "result", value: { result, artifact: undefined } } });
          call.end();
        }, 100);
      }
      if (mode === "dies-while-provisioning") setTimeout(() => process.exit(5), 100);
    }
    if (message?.$case === "provisionDone") {
      const { diagnostics } = message.value;
      call.write(say(`provisioned: ${diagnostics.map(({ summary }) => summary).join(", ") || "well"}`));
      call.write(say(`tokens: ${tokens.size}`));
      const failed = diagnostics.length > 0;
      const result = { diagnostics: failed ? [error("Box not made")] : [], cancelled: false };
      call.write({ message: { $case: "result", value: { result, artifact: failed ? undefined : artifact } } });
      call.end();
    }
  });
}

function connect(call) {
  let mode = "";
  const end = (diagnostics, cancelled) => {
    call.write({ message: { $case: "result", value: { diagnostics, cancelled } } });
    call.end();
  };
  call.on("data", ({ message }) => {
    if (message?.$case === "start") {
      mode = modes.get(message.value.instanceId);
      const { ID } = message.value.machine.values;
      if (mode === "connector-fails") return end([error("No route to box", "Check the network.")], false);
      call.write(say(`connecting to ${ID.kind.value}`));
      const generatedData = { values: { Host: text("10.0.0.1") } };
      call.write({ message: { $case: "connected", value: { communicator: ref("linked"), generatedData, connector: undefined } } });
    }
    if (message?.$case === "start" && mode === "connector-breaks") {
      setTimeout(() => end([error("Connection lost")], false), 100);
    }
    if (message?.value?.command?.$case === "cancel") {
      call.write(say("disconnected"));
      end([], true);
    }
  });
}

// The artifact that is destroyed must be the one that was made, bytes included.
const destroyArtifact = ({ request }, reply) => {
  const same = request.artifact.state.blob.kind.value.equals(Buffer.from([0, 255]));
  reply(null, { diagnostics: same ? [] : [error("Another artifact", JSON.stringify(request.artifact))] });
};

function postProcess(call) {
  call.once("data", ({ message }) => {
    const result = { diagnostics: [], cancelled: false };
    call.write(event("ui", { level: 2, text: `got ${message.value.artifact.id}` }));
    const value = { result, artifact: { ...message.value.artifact, description: "seen" }, keepInput: true, forceKeepInput: false };
    call.write({ message: { $case: "result", value } });
    call.end();
  });
}

await serve({
  plugin: {
    describe: (call, reply) => {
      const components = [component(1, "box", { generatedData: ["Password"] }), component(3, "boxcheck"), component(5, "boxlink")];
      if (process.argv[1].includes("linkless")) components.pop();
      reply(null, { name: "box", version: "2.0.0", capabilities: [], components });
    },
    prepare: ({ request }, reply) => {
      modes.set(request.instanceId, modeOf(request.config));
      reply(null, { diagnostics: [], generatedData: [] });
    },
    release: (call, reply) => reply(null, {}),
    destroyArtifact,
  },
  builder: { run },
  connector: { connect },
  postProcessor: { postProcess },
  communicator,
});
if (process.env.INGOT_PLUGIN_NETWORK === "tcp" && process.env.BOX_OWN_ENDPOINT) {
  // The main listener asks for the host's certificate; other plugins get a socket.
  const socketPath = join(process.env.PLUGIN_UNIX_SOCKET_DIR, "communicator");
  const services = [{ definition: CommunicatorServiceService, handlers: { ...communicator, upload() {}, download() {}, uploadDir() {}, downloadDir() {} } }];
  await startRpcServer({ services, listen: { socketPath } });
  endpoint = `unix:${socketPath}`;
}
