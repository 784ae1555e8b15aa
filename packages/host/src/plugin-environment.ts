import { basename } from "node:path";
import { HANDSHAKE, HANDSHAKE_ENV } from "@ingot/protocol";
import { PROCESS_VARIABLE } from "./kill-strays.js";
import type { PluginExecutable } from "./plugin-executable.js";

export interface EnvironmentOptions {
  readonly executable: PluginExecutable;
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
export function pluginEnvironment(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const { executable, base, socketFolder, hostCertificate } = options;
  const inherited = Object.fromEntries(Object.entries(base).filter(([name]) => !OWN.has(name)));
  return {
    ...(executable.isBuiltin && executable.name === "core" ? withLateCertificates(inherited) : inherited),
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

/**
 * Node reads NODE_EXTRA_CA_CERTS when it starts, with all the certificates that it has itself: as much work as the rest of its start. The
 * core plugin gets the variable under another name, gives it back to its commands, and reads the file when it needs it.
 */
function withLateCertificates({ NODE_EXTRA_CA_CERTS: file, ...rest }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return file === undefined ? rest : { ...rest, INGOT_NODE_EXTRA_CA_CERTS: file };
}
