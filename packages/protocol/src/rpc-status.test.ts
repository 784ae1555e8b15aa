import { expect, test } from "@jest/globals";
import { RPC_STATUS, statusIn, statusOfReset, statusTrailers } from "./rpc-status.js";

test.each(["", "broken", " 100 % sure,\nüñí \u{1f600}", "%41"])("%j arrives as it was sent", (details) => {
  const trailers = statusTrailers({ code: 13, details });
  expect(trailers["grpc-message"] ?? "").toMatch(/^[!-~]*$/);
  expect(statusIn(trailers)).toEqual({ code: 13, details });
});

test.each([
  { headers: { "grpc-status": "0" }, want: { code: 0, details: "" } },
  { headers: { "grpc-status": "x", "grpc-message": "100%" }, want: { code: RPC_STATUS.unknown, details: "100%" } },
  { headers: {}, want: undefined },
])("$headers", ({ headers, want }) => expect(statusIn(headers)).toEqual(want));

test.each([
  { code: 7, want: RPC_STATUS.unavailable },
  { code: 8, want: RPC_STATUS.cancelled },
  { code: 2, want: RPC_STATUS.internal },
])("a stream that was reset with $code", ({ code, want }) => expect(statusOfReset(code).code).toBe(want));
