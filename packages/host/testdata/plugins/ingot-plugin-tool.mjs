// A provisioner that runs one command through the communicator of another plugin's machine.
import { component, endWithHost, error, modeOf, say, serve } from "../serve.mjs";
import { bidi, CommunicatorServiceService, derToPem, openClient } from "@ingot/protocol";

endWithHost();
const modes = new Map();

async function provision(call, { communicator, generatedData, instanceId }, cancelled) {
  const end = (diagnostics, isCancelled = false) => {
    call.write({ message: { $case: "result", value: { diagnostics, cancelled: isCancelled } } });
    call.end();
  };
  if (modes.get(instanceId) === "waits") {
    call.write(say("waiting"));
    await cancelled;
    return end([], true);
  }
  const { serverCertificate, clientCertificate, clientKey } = communicator;
  const tls = {
    serverCertificate: derToPem(serverCertificate),
    clientCertificate: clientCertificate && derToPem(clientCertificate),
    clientKey: clientKey && derToPem(clientKey, "PRIVATE KEY"),
  };
  const client = await openClient(communicator.endpoint, serverCertificate.length > 0 ? tls : undefined);
  const exec = bidi(client, CommunicatorServiceService.exec);
  const access = { handle: communicator.handle, token: communicator.token };
  const start = { access, command: { $case: "shellCommand", value: "hello" }, environment: {}, workingDirectory: "", terminal: undefined, withStdin: false };
  await exec.write({ message: { $case: "start", value: start } });
  exec.end();
  try {
    for await (const { message } of exec) {
      if (message.$case === "stdout") call.write(say(String(message.value)));
    }
    const names = Object.keys(generatedData.values).sort();
    call.write(say(`data: ${names.map((name) => `${name}${generatedData.values[name].sensitive ? "*" : ""}`).join(" ")}`));
    end([]);
  } catch (problem) {
    end([error("No access", problem.message)]);
  }
  client.close();
}

await serve({
  plugin: {
    describe: (call, reply) => reply(null, { name: "tool", version: "1.0.0", capabilities: [], components: [component(2, "tool")] }),
    prepare: ({ request }, reply) => {
      modes.set(request.instanceId, modeOf(request.config));
      reply(null, { diagnostics: [], generatedData: [] });
    },
    release: (call, reply) => reply(null, {}),
  },
  provisioner: {
    provision: (call) => {
      let cancel;
      const cancelled = new Promise((resolve) => (cancel = resolve));
      call.on("error", () => {});
      call.on("data", ({ message }) => {
        if (message?.$case === "start") void provision(call, message.value, cancelled);
        if (message?.value?.command?.$case === "cancel") cancel();
      });
    },
  },
});
