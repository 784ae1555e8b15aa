import type { ServerDuplexStream, ServerWritableStream } from "@grpc/grpc-js";
import {
  GRPCBrokerService,
  GRPCControllerService,
  GRPCStdioService,
  HANDSHAKE,
  HealthCheckResponse_ServingStatus,
  HealthService,
  type ConnInfo,
  type RpcService,
  type StdioData,
} from "@ingot/protocol";
import { reply, STATUS, StatusError } from "./reply.js";

/** What the services tell the plugin. */
export interface GoPluginEvents {
  readonly onShutdown: () => void;
  readonly onBrokerOpen: () => void;
  readonly onBrokerEnd: () => void;
}

/** How long the reply to Shutdown has to leave. Hosts do not insist on it, but it reads better in their logs. */
const REPLY_MS = 20;

/** The services that go-plugin's hosts use beside the application's own: health, controller, stdio and broker. */
export function goPluginServices(events: GoPluginEvents): readonly RpcService[] {
  return [
    {
      definition: HealthService,
      handlers: {
        check: reply(({ service }: { service: string }) => {
          if (service !== "" && service !== HANDSHAKE.healthService) {
            throw new StatusError(STATUS.notFound, `unknown service ${service}`);
          }
          return { status: HealthCheckResponse_ServingStatus.SERVING };
        }),
      },
    },
    {
      definition: GRPCControllerService,
      handlers: {
        shutdown: reply(() => {
          setTimeout(events.onShutdown, REPLY_MS);
          return {};
        }),
      },
    },
    // What the plugin prints goes to its standard error, so this stream stays silent. It ends with the connection.
    {
      definition: GRPCStdioService,
      handlers: { streamStdio: (call: ServerWritableStream<unknown, StdioData>) => void call },
    },
    {
      definition: GRPCBrokerService,
      handlers: {
        startStream: (call: ServerDuplexStream<ConnInfo, ConnInfo>) => {
          events.onBrokerOpen();
          call.on("data", () => {}); // announcements of connections, which this protocol does not use
          call.on("error", () => {});
          call.once("end", () => {
            call.end();
            events.onBrokerEnd();
          });
          call.once("cancelled", events.onBrokerEnd);
        },
      },
    },
  ];
}
