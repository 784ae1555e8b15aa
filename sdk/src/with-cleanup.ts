import type { ResourceLedger } from "./resource-ledger.js";

/** Runs work, then destroys what it left behind, on success and failure alike. Failures of both are reported. */
export async function withCleanup<T>(resources: ResourceLedger, work: () => Promise<T>): Promise<T> {
  let value: T;
  try {
    value = await work();
  } catch (error) {
    const failures = await resources.close("failed");
    throw failures.length === 0 ? error : new AggregateError([error, ...failures], "the work and its clean-up failed");
  }
  const failures = await resources.close("succeeded");
  if (failures.length > 0) throw new AggregateError(failures, "clean-up failed");
  return value;
}
