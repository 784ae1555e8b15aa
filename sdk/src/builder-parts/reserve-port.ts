import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/diag";
import { tryLockFile, type FileLock } from "./file-lock.js";
import type { PartContext } from "./part-context.js";
import { codeOf } from "./system-error.js";

/** Where a port may be, and for whom. */
export interface PortOptions {
  /** The least port. */
  readonly min: number;
  /** The end of the range: it is not used itself, unless it is `min`. */
  readonly max: number;
  /** The address to listen on. Default: all of IPv4. */
  readonly address?: string;
}

/** A port that nobody else who reserves ports gets until it is disposed. */
export interface ReservedPort extends AsyncDisposable {
  readonly port: number;
}

const ROUND_PAUSE_MS = 100;

/**
 * Finds a free port and reserves it by a lock file in the cache, for a program that will listen on it. With `listen`, that function
 * listens at once and what it gives is in `value`; EADDRINUSE from it means the next port. Waits while all are taken; other errors
 * end the search.
 */
export async function reservePort<T = undefined>(
  options: PortOptions,
  { build, signal, log }: Pick<PartContext, "build" | "signal" | "log">,
  listen: (port: number) => Promise<T> = (port) => tryListening(port, options.address) as Promise<T>,
): Promise<ReservedPort & { readonly value: T }> {
  for (let round = 1; ; round++) {
    for (const port of shuffled(options)) {
      signal.throwIfAborted();
      const lock = await tryLockFile(join(build.cacheDirectory, "port", String(port)), { signal });
      if (lock === undefined) continue;
      const value = await useUnder(lock, () => listen(port));
      if (value === BUSY) continue;
      return { port, value, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() };
    }
    if (round === 1) log.info("all ports are taken, waiting for one", { min: options.min, max: options.max });
    await sleep(ROUND_PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const BUSY = Symbol("busy");

async function useUnder<T>(lock: FileLock, work: () => Promise<T>): Promise<T | typeof BUSY> {
  try {
    return await work();
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    if (codeOf(error) === "EADDRINUSE") return BUSY;
    throw new Error(`Error finding port: ${messageOf(error)}`, { cause: error });
  }
}

async function tryListening(port: number, host = "0.0.0.0"): Promise<undefined> {
  const server = createServer();
  server.listen({ port, host, exclusive: true });
  await once(server, "listening");
  server.close();
  await once(server, "close");
}

/** The ports of a range in random order: a run of builds at the same time rarely tries the same. */
function* shuffled({ min, max }: PortOptions): Generator<number> {
  const ports = Array.from({ length: Math.max(1, max - min) }, (_, index) => min + index);
  for (let left = ports.length; left > 0; left--) {
    const index = Math.floor(Math.random() * left);
    const port = ports[index] ?? min;
    ports[index] = ports[left - 1] ?? min;
    yield port;
  }
}
