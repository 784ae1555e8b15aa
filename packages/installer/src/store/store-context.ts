import type { FactCache } from "./fact-cache.js";

/** What the parts of the store share during one call. */
export interface StoreContext {
  readonly root: string;
  readonly cache: FactCache;
  readonly describeTimeoutMs: number;
  readonly signal: AbortSignal;
}
