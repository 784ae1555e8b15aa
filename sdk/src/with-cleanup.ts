import type { ResourceLedger } from "./resource-ledger.js";
import type { Steps } from "./steps.js";

/** Runs work, then ends its steps and destroys what it left behind, on success and failure alike. Failures of both are reported. */
export async function withCleanup<T>(
  { resources, steps }: { readonly resources: ResourceLedger; readonly steps?: Steps },
  work: () => Promise<T>,
): Promise<T> {
  const close = async (outcome: "succeeded" | "failed", error?: unknown): Promise<readonly unknown[]> => [
    ...((await steps?.close(outcome, error)) ?? []),
    ...(await resources.close(outcome)),
  ];
  let value: T;
  try {
    value = await work();
  } catch (error) {
    const failures = await close("failed", error);
    throw failures.length === 0 ? error : new AggregateError([error, ...failures], "the work and its clean-up failed");
  }
  const failures = await close("succeeded");
  if (failures.length > 0) throw new AggregateError(failures, "clean-up failed");
  return value;
}
