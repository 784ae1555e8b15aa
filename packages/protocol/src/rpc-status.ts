/** The status codes of gRPC that are told apart. */
export const RPC_STATUS = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** How a call ended. */
export interface RpcStatus {
  readonly code: number;
  readonly details: string;
}

/** The status for a stream that the other side reset with this code of HTTP/2. Source: gRPC's PROTOCOL-HTTP2. */
export function statusOfReset(code: number): RpcStatus {
  const REFUSED_STREAM = 7;
  const CANCEL = 8;
  const ENHANCE_YOUR_CALM = 11;
  const INADEQUATE_SECURITY = 12;
  const known: Readonly<Record<number, number>> = {
    [REFUSED_STREAM]: RPC_STATUS.unavailable,
    [CANCEL]: RPC_STATUS.cancelled,
    [ENHANCE_YOUR_CALM]: RPC_STATUS.resourceExhausted,
    [INADEQUATE_SECURITY]: RPC_STATUS.permissionDenied,
  };
  return { code: known[code] ?? RPC_STATUS.internal, details: `the call was reset with code ${code}` };
}

type Headers = Readonly<Record<string, string | string[] | number | undefined>>;

/** The status that headers or trailers carry, if they do. */
export function statusIn(headers: Headers): RpcStatus | undefined {
  const code = headers["grpc-status"];
  if (code === undefined) return undefined;
  const number = Number(code);
  const details = decodeDetails(String(headers["grpc-message"] ?? ""));
  return { code: Number.isInteger(number) ? number : RPC_STATUS.unknown, details };
}

/** The trailers that carry a status. */
export function statusTrailers({ code, details }: RpcStatus): Record<string, string> {
  const message = details === "" ? {} : { "grpc-message": encodeDetails(details) };
  return { "grpc-status": String(code), ...message };
}

/** Header values are visible ASCII; every other byte of the UTF-8 text is written as %XX. */
function encodeDetails(text: string): string {
  const bytes = Buffer.from(text).toString("latin1");
  return bytes.replaceAll(/[^!-$&-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
}

function decodeDetails(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not encoded as it should be
  }
}
