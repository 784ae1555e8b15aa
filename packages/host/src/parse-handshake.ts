import { isIP } from "node:net";
import { derToPem, HANDSHAKE } from "@ingot/protocol";
import type { PluginErrorCode } from "./plugin-error.js";

/** What a plugin says in its handshake line. */
export interface Handshake {
  readonly protocolVersion: number;
  readonly network: "unix" | "tcp";
  /** "unix:/path" or "tcp:host:port". */
  readonly endpoint: string;
  /** The server's certificate in PEM. Absent: the connection is plain. */
  readonly serverCertificate?: string;
}

/** A handshake that the host can't accept, with a sentence that begins with "it" and the next step. */
export class HandshakeProblem extends Error {
  override readonly name = "HandshakeProblem";
  readonly code: PluginErrorCode;
  readonly nextStep: string;

  constructor(code: PluginErrorCode, message: string, nextStep: string) {
    super(message);
    this.code = code;
    this.nextStep = nextStep;
  }
}

const JUNK_STEP =
  "A plugin must print nothing on its standard output before the handshake line; it can log to standard error.";
const BROKEN_STEP = "This is a defect of the plugin; report it to its author.";

/** A shorter sixth field can't be a certificate; go-plugin hosts ignore it too. */
const MIN_CERTIFICATE_LENGTH = 50;

/**
 * Reads the handshake line `1|<protocol version>|<unix|tcp>|<address>|grpc|[certificate]`. Throws HandshakeProblem for anything
 * else and for versions that `offered` doesn't contain. Source: go-plugin's handshake.
 */
export function parseHandshake(line: string, offered: readonly number[] = HANDSHAKE.protocolVersions): Handshake {
  const [core = "", app = "", network = "", address = "", protocol, certificate = ""] = line.trim().split("|");
  if (!/^\d{1,9}$/.test(core) || address === "") {
    throw new HandshakeProblem("handshake", `printed something else than its handshake: ${quote(line)}`, JUNK_STEP);
  }
  if (Number(core) !== HANDSHAKE.coreVersion) {
    const text = `speaks version ${core} of the handshake; this Ingot speaks ${HANDSHAKE.coreVersion}`;
    throw new HandshakeProblem("version", text, versionStep(Number(core), [HANDSHAKE.coreVersion]));
  }
  if (!/^\d{1,9}$/.test(app)) {
    throw new HandshakeProblem("handshake", `announces ${quote(app)} as its protocol version`, BROKEN_STEP);
  }
  if (protocol !== "grpc") {
    const text = `speaks ${quote(protocol === undefined || protocol === "" ? "netrpc" : protocol)}, not gRPC`;
    throw new HandshakeProblem("handshake", text, "It is not an Ingot plugin, or it was made for another program.");
  }
  const protocolVersion = Number(app);
  if (!offered.includes(protocolVersion)) {
    const text = `speaks version ${app} of the plugin protocol; this Ingot speaks ${offered.join(", ")}`;
    throw new HandshakeProblem("version", text, versionStep(protocolVersion, offered));
  }
  return {
    protocolVersion,
    ...parseAddress(network, address),
    ...(certificate.length > MIN_CERTIFICATE_LENGTH
      ? { serverCertificate: derToPem(Buffer.from(certificate, "base64")) }
      : {}),
  };
}

/** Reads the address fields of a handshake or of a plugin that runs already. */
export function parseAddress(network: string, address: string): Pick<Handshake, "network" | "endpoint"> {
  if (network === "unix") {
    if (!address.startsWith("/") && process.platform !== "win32") {
      throw new HandshakeProblem("handshake", `listens on ${quote(address)}, which is no absolute path`, BROKEN_STEP);
    }
    return { network, endpoint: `unix:${address}` };
  }
  if (network === "tcp") {
    const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
    if (!isLoopback(host) || Number(port) < 1 || Number(port) > 65_535) {
      const text = `listens on ${quote(address)}, which is no port of the loopback interface`;
      throw new HandshakeProblem("handshake", text, BROKEN_STEP);
    }
    return { network, endpoint: `tcp:${host}:${port}` };
  }
  throw new HandshakeProblem("handshake", `listens on an unknown kind of network, ${quote(network)}`, BROKEN_STEP);
}

function isLoopback(host: string): boolean {
  if (host === "localhost" || host === "[::1]") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

function versionStep(spoken: number, offered: readonly number[]): string {
  return spoken > Math.max(...offered)
    ? "Install a newer Ingot, or an older version of the plugin."
    : "Install a newer version of the plugin.";
}

function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
