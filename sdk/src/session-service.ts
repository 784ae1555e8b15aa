import type { ServerDuplexStream, ServiceDefinition } from "@grpc/grpc-js";
import type { RpcService } from "@ingot/protocol";
import type { PluginRuntime } from "./plugin-runtime.js";
import { serveSession, type SessionHandler, type SessionRequest, type SessionResponse } from "./session.js";

/** Makes the service of one kind of component, which has one method: a session. */
export function sessionService<Start>(
  definition: ServiceDefinition,
  method: string,
  runtime: PluginRuntime,
  makeHandler: () => SessionHandler<Start>,
): RpcService {
  const handler = (call: ServerDuplexStream<SessionRequest<Start>, SessionResponse>): void =>
    serveSession(call, makeHandler(), (session, done) => runtime.track(session, done));
  return { definition, handlers: { [method]: handler } };
}
