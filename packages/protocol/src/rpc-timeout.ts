const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };

/** Node's timers take no more; what is later is no deadline here. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Reads the header `grpc-timeout`, such as "20S". Undefined: no deadline. Source: gRPC's PROTOCOL-HTTP2. */
export function readTimeout(header: string | readonly string[] | undefined): number | undefined {
  const [, digits = "", unit = ""] = /^(\d{1,8})([HMSmun])$/.exec(String(header ?? "")) ?? [];
  const ms = Math.ceil(Number(digits) * (UNITS_MS[unit] ?? Infinity));
  return ms <= LONGEST_TIMER_MS ? ms : undefined; // also when it is not a number
}
