import { basename } from "node:path";
import { HANDSHAKE, HANDSHAKE_ENV } from "@ingot/protocol";
import { PROCESS_VARIABLE } from "./kill-strays.js";

export interface EnvironmentOptions {
  /** What the plugin inherits. */
  readonly base: NodeJS.ProcessEnv;
  readonly socketFolder: string;
  /** The host's certificate in PEM when the connection should be secured. */
  readonly hostCertificate: string | undefined;
}

/** Variables of our own host that must not reach a plugin: they would speak about another process. */
const OWN = new Set<string>([
  HANDSHAKE.cookieName,
  ...Object.values(HANDSHAKE_ENV),
  "PLUGIN_MULTIPLEX_GRPC",
  "PLUGIN_UNIX_SOCKET_GROUP",
  "INGOT_REATTACH_PLUGINS",
]);

/** Gives the environment that a plugin starts with: the host's own and the variables of go-plugin's handshake. */
export function pluginEnvironment({ base, socketFolder, hostCertificate }: EnvironmentOptions): NodeJS.ProcessEnv {
  const inherited = Object.entries(base).filter(([name]) => !OWN.has(name));
  return {
    ...Object.fromEntries(inherited),
    [HANDSHAKE.cookieName]: HANDSHAKE.cookieValue,
    [HANDSHAKE_ENV.protocolVersions]: HANDSHAKE.protocolVersions.join(","),
    [HANDSHAKE_ENV.socketDir]: socketFolder,
    [PROCESS_VARIABLE]: basename(socketFolder),
    [HANDSHAKE_ENV.minPort]: "10000",
    [HANDSHAKE_ENV.maxPort]: "25000",
    ...(hostCertificate === undefined
      ? {}
      : { [HANDSHAKE_ENV.clientCertificate]: hostCertificate, INGOT_PLUGIN_NETWORK: "tcp" }),
  };
}
