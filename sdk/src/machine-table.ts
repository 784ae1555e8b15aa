import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { Machine } from "./machine.js";

interface Entry {
  readonly machine: Machine;
  readonly controller: AbortController;
  /** By the token's hash. Hashes have one length, so that comparing them tells nothing about the token. */
  readonly tokens: Map<string, { readonly digest: Buffer; readonly controller: AbortController }>;
}

/** The right to use a machine. */
export interface MachineAccess {
  readonly machine: Machine;
  /** Aborts when the token is revoked or the machine is withdrawn. */
  readonly signal: AbortSignal;
}

/** The machines that this process serves, by handle, and the tokens that open them. */
export class MachineTable {
  readonly #entries = new Map<string, Entry>();

  /** Serves a machine until `withdraw`. Gives its handle. */
  offer(machine: Machine): string {
    const handle = randomUUID();
    this.#entries.set(handle, { machine, controller: new AbortController(), tokens: new Map() });
    return handle;
  }

  /** Serves a machine no longer: its tokens end, and calls that use it are aborted. */
  withdraw(handle: string): void {
    this.#entries.get(handle)?.controller.abort(new DOMException("the machine is no longer served", "AbortError"));
    this.#entries.delete(handle);
  }

  /** Makes a token for one session; undefined when there is no such machine. */
  grant(handle: string): { readonly token: string; readonly type: string } | undefined {
    const entry = this.#entries.get(handle);
    if (entry === undefined) return undefined;
    const token = randomBytes(32).toString("base64url");
    entry.tokens.set(randomUUID(), { digest: digestOf(token), controller: new AbortController() });
    return { token, type: entry.machine.type };
  }

  /** Ends a token and aborts the calls that use it. */
  revoke(token: string): void {
    const digest = digestOf(token);
    for (const { tokens } of this.#entries.values()) {
      for (const [id, held] of tokens) {
        if (!timingSafeEqual(held.digest, digest)) continue;
        held.controller.abort(new DOMException("the token was revoked", "AbortError"));
        tokens.delete(id);
      }
    }
  }

  /** Gives the machine that a handle and a token open, or undefined. */
  open(handle: string, token: string): MachineAccess | undefined {
    const entry = this.#entries.get(handle);
    const digest = digestOf(token);
    for (const held of entry?.tokens.values() ?? []) {
      if (entry !== undefined && timingSafeEqual(held.digest, digest)) {
        return { machine: entry.machine, signal: AbortSignal.any([entry.controller.signal, held.controller.signal]) };
      }
    }
    return undefined;
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
