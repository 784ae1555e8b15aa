import { randomUUID } from "node:crypto";
import { ResourceRecord_State } from "@ingot/protocol";
import type { CleanupContext, Component } from "./component.js";
import type { BuildInfo } from "./context.js";
import type { ResourceHandle, ResourceOptions, ResourceRecord, Resources } from "./resources.js";
import type { Session } from "./session.js";

interface OpenRecord {
  readonly recordId: string;
  record: ResourceRecord;
  isOver: boolean;
}

/** The resources of one session: records them, destroys what is left at the end. */
export class ResourceLedger implements Resources {
  readonly #session: Session;
  readonly #destroy: Component["destroy"];
  readonly #context: CleanupContext;
  /** With -on-error=abort nothing is destroyed after a failure. */
  #keepsAfterFailure: boolean;
  /** With -debug everything is destroyed at the session's end, when the user has looked at it. */
  readonly #waitsForEnd: boolean;
  readonly #open: OpenRecord[] = [];

  constructor(session: Session, component: Component, { onError, debug }: Pick<BuildInfo, "onError" | "debug">) {
    this.#session = session;
    this.#destroy = component.destroy;
    this.#context = { log: session.log, ui: session.ui };
    this.#keepsAfterFailure = onError === "abort" || onError === "run-cleanup-provisioner";
    this.#waitsForEnd = debug;
  }

  /** How many resources were recorded and are not yet destroyed at the end. */
  get count(): number {
    return this.#open.length;
  }

  /** Whether nothing is destroyed after a failure. */
  get keepsAfterFailure(): boolean {
    return this.#keepsAfterFailure;
  }

  async create<T extends object>(
    kind: string,
    make: (id: string) => T | Promise<T>,
    options: ResourceOptions = {},
  ): Promise<T & ResourceHandle> {
    if (this.#destroy[kind] === undefined) {
      throw new Error(`bug: the component has no destroy function for resources of kind ${JSON.stringify(kind)}`);
    }
    const id = options.id ?? `${kind}-${randomUUID().slice(0, 8)}`;
    const entry: OpenRecord = {
      recordId: randomUUID(),
      record: { kind, id, locator: options.locator ?? {} },
      isOver: false,
    };
    await this.#send(entry, ResourceRecord_State.PLANNED, false);
    this.#open.push(entry);
    let thing: T;
    try {
      this.#session.signal.throwIfAborted();
      thing = await make(id);
    } catch (error) {
      await this.#settle(entry);
      throw error;
    }
    const made = thing as T & { readonly id?: unknown; readonly locator?: unknown };
    entry.record = {
      kind,
      id: typeof made.id === "string" && made.id !== "" ? made.id : id,
      locator: isLocator(made.locator) ? made.locator : entry.record.locator,
    };
    await this.#send(entry, ResourceRecord_State.CREATED, true);
    return this.#attach(thing, entry);
  }

  /** From now on as with -on-error=abort: the user wants to look at what failed. */
  keepOnFailure(): void {
    this.#keepsAfterFailure = true;
  }

  /** Destroys what is neither disposed nor released, newest first, down to a count. Gives the failures. */
  async close(
    outcome: "succeeded" | "failed",
    { downTo = 0 }: { readonly downTo?: number } = {},
  ): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    while (this.#open.length > downTo) {
      const entry = this.#open.pop();
      if (entry === undefined || entry.isOver) continue;
      if (outcome === "failed" && this.#keepsAfterFailure) {
        this.#session.ui.error(`aborted: skipping cleanup of ${entry.record.kind} "${entry.record.id}"`);
        continue;
      }
      await this.#remove(entry).catch((error: unknown) => failures.push(error));
    }
    return failures;
  }

  #attach<T extends object>(thing: T, entry: OpenRecord): T & ResourceHandle {
    const extras = {
      id: entry.record.id,
      release: async (): Promise<void> => {
        if (entry.isOver) return;
        entry.isOver = true;
        await this.#send(entry, ResourceRecord_State.RELEASED, true);
      },
      [Symbol.asyncDispose]: (): Promise<void> => this.#settle(entry),
    };
    for (const key of Reflect.ownKeys(extras) as (keyof typeof extras)[]) {
      Object.defineProperty(thing, key, { value: extras[key], configurable: true, enumerable: false });
    }
    return thing as T & ResourceHandle;
  }

  async #settle(entry: OpenRecord): Promise<void> {
    if (!this.#keepsAfterFailure && !this.#waitsForEnd) await this.#remove(entry);
  }

  async #remove(entry: OpenRecord): Promise<void> {
    if (entry.isOver) return;
    entry.isOver = true;
    await this.#destroy[entry.record.kind]?.(entry.record, this.#context);
    await this.#send(entry, ResourceRecord_State.RELEASED, true);
  }

  #send({ recordId, record }: OpenRecord, state: ResourceRecord_State, evenIfAborted: boolean): Promise<void> {
    const wire = {
      recordId,
      kind: record.kind,
      id: record.id,
      locator: { ...record.locator },
      state,
      component: undefined,
    };
    return this.#session.record(wire, { evenIfAborted });
  }
}

function isLocator(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" && value !== null && Object.values(value).every((entry) => typeof entry === "string")
  );
}
