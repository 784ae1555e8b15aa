/** A port that is listened on at one end, and the place that is connected to at the other. */
export interface Tunnel {
  readonly listenPort: number;
  readonly host: string;
  readonly port: number;
}

/** Reads `PORT:HOST:HOSTPORT`, where an IPv6 address is in brackets. Throws an Error that tells what is wrong. */
export function parseTunnel(text: string): Tunnel {
  const colon = text.indexOf(":");
  const [listen, place] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 0 || place === "") throw new Error(`Error parsing tunnel '${text}': [${text.split(":").join(" ")}]`);
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(.*)$/.exec(place);
  if (match === null)
    throw new Error(`Error parsing forwarding, must be a tcp address: address ${place}: missing port in address`);
  const host = match[1] ?? match[2] ?? "";
  if ((match[3] ?? "").includes(":")) {
    throw new Error(`Error parsing forwarding, must be a tcp address: address ${place}: too many colons in address`);
  }
  return {
    listenPort: parsePort(listen, "listening"),
    host,
    port: parsePort(match[3] ?? "", "forwarding"),
  };
}

function parsePort(text: string, name: string): number {
  const problem = /^[+-]?\d+$/.test(text) ? "value out of range" : "invalid syntax";
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new Error(
    `Error parsing ${name} port, must be a valid port: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`,
  );
}
