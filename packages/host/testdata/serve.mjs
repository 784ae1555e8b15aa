// What the test plugins share: go-plugin's handshake and its services, from the protocol package alone.
import {
  BuilderServiceService,
  CommunicatorServiceService,
  ConnectorServiceService,
  DataSourceServiceService,
  GRPCBrokerService,
  GRPCControllerService,
  GRPCStdioService,
  HANDSHAKE,
  HealthService,
  makeSelfSignedCertificate,
  PluginServiceService,
  PostProcessorServiceService,
  ProvisionerServiceService,
  startRpcServer,
} from "@ingot/protocol";
import { join } from "node:path";

/** Ends the process when the host is gone. */
export function endWithHost() {
  process.stdin.resume();
  process.stdin.on("end", () => process.exit(0));
}

const unimplemented = (call, reply) => reply({ code: 12, details: "not here" });

/** Fills in the handlers that a test leaves out. */
function complete(definition, handlers) {
  return Object.fromEntries(
    Object.keys(definition).map((name) => [
      name,
      handlers[name] ?? (definition[name].responseStream ? (call) => call.emit("error", { code: 12 }) : unimplemented),
    ]),
  );
}

/** Serves and prints the handshake line. Gives the server's own endpoint. */
export async function serve(handlers, { ignoreShutdown = false, stdio = [], status = 1 } = {}) {
  if (process.env[HANDSHAKE.cookieName] !== HANDSHAKE.cookieValue) {
    console.error("This is a plugin of Ingot; it is not meant to be run by hand.");
    process.exit(1);
  }
  const wantsTcp = process.env.INGOT_PLUGIN_NETWORK === "tcp";
  const hostCertificate = process.env.PLUGIN_CLIENT_CERT;
  const own = hostCertificate ? makeSelfSignedCertificate() : undefined;
  const library = {
    health: { check: (call, reply) => reply(null, { status }) },
    controller: {
      shutdown: (call, reply) => {
        reply(null, {});
        if (!ignoreShutdown) setTimeout(() => process.exit(0), 5);
      },
    },
    broker: { startStream: (call) => call.on("data", () => {}).on("end", () => call.end()) },
    stdio: { streamStdio: (call) => stdio.forEach((data) => call.write(data)) },
  };
  const definitions = [
    [HealthService, library.health],
    [GRPCControllerService, library.controller],
    [GRPCBrokerService, library.broker],
    [GRPCStdioService, library.stdio],
    [PluginServiceService, handlers.plugin ?? {}],
    [BuilderServiceService, handlers.builder ?? {}],
    [ProvisionerServiceService, handlers.provisioner ?? {}],
    [PostProcessorServiceService, handlers.postProcessor ?? {}],
    [DataSourceServiceService, handlers.dataSource ?? {}],
    [ConnectorServiceService, handlers.connector ?? {}],
    [CommunicatorServiceService, handlers.communicator ?? {}],
  ];
  const services = definitions.map(([definition, part]) => ({ definition, handlers: complete(definition, part) }));
  const folder = process.env.PLUGIN_UNIX_SOCKET_DIR;
  const server = await startRpcServer({
    services,
    listen: wantsTcp ? { minPort: 0, maxPort: 0 } : { socketPath: join(folder, "plugin1") },
    ...(own ? { tls: { certificate: own.certificate, key: own.key, clientCertificate: hostCertificate } } : {}),
  });
  const certificate = own ? own.der.toString("base64").replace(/=+$/, "") : "";
  process.stdout.write(`1|1|${server.network}|${server.address}|grpc|${certificate}\n`);
  return server;
}

/** A type of the wire. */
export const type = (kind, element) => ({ kind, element, attributes: {}, optionalAttributes: [], elements: [] });
export const STRING = type(4);
export const NUMBER = type(3);

export const attribute = (attributeType, more = {}) => ({
  type: attributeType,
  required: false,
  defaultValue: undefined,
  sensitive: false,
  deprecated: "",
  description: "",
  allowedValues: [],
  ...more,
});

export const component = (kind, name, more = {}) => ({
  kind,
  name,
  summary: `The ${name}.`,
  config: { attributes: { mode: attribute(STRING) }, blocks: {} },
  output: undefined,
  generatedData: [],
  resourceKinds: [],
  capabilities: [],
  deprecated: "",
  ...more,
});

/** Values of the wire. */
export const text = (value, sensitive = false) => ({ kind: { $case: "stringValue", value }, sensitive });
export const number = (value) => ({ kind: { $case: "numberValue", value }, sensitive: false });
export const object = (entries) => ({ kind: { $case: "objectValue", value: { entries } }, sensitive: false });

export const modeOf = (config) => config?.kind?.value?.entries?.mode?.kind?.value ?? "";

export const error = (summary, detail = "", path = []) => ({ severity: 1, summary, detail, path });

/** Session messages. */
export const say = (line) => ({
  message: { $case: "event", value: { event: { $case: "ui", value: { level: 1, text: line } } } },
});
export const event = ($case, value) => ({ message: { $case: "event", value: { event: { $case, value } } } });
