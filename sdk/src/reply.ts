import type { handleUnaryCall } from "@grpc/grpc-js";
import { messageOf } from "@ingot/diag";
import { processLog } from "./log.js";

/** The status codes of gRPC that the SDK gives. */
export const STATUS = {
  cancelled: 1,
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  internal: 13,
} as const;

/** A status other than OK. */
export class StatusError extends Error {
  override readonly name = "StatusError";
  /** gRPC's status code. */
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Makes a unary handler from a function. What it throws is a defect, and becomes a status; the stack goes to the log. */
export function reply<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(toStatus(error)),
      );
  };
}

/** Gives the status of an error, and logs the stack of a defect. */
export function toStatus(error: unknown): { code: number; details: string } {
  if (error instanceof StatusError) return { code: error.code, details: error.message };
  processLog.error("a call failed in the SDK", { error: messageOf(error), stack: String((error as Error).stack) });
  return { code: STATUS.internal, details: messageOf(error) };
}
