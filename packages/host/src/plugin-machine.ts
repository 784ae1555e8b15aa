import type { CallOptions, Machine, MachineCommand } from "@ingot/engine";
import type { Value } from "@ingot/hcl";
import { CommunicatorServiceService, type CommunicatorRef, type MachineReady } from "@ingot/protocol";
import { messageOf } from "@ingot/diag";
import { decodeValues } from "./decode-value.js";
import { execOnMachine } from "./machine-exec.js";
import type { PluginConnection } from "./plugin-connection.js";

/** Grant and Revoke only look something up. */
const GRANT_MS = 30_000;
const REVOKE_MS = 5_000;

/** A machine that a plugin made and is connected to. It ends with `close`, or with its plugin. */
export class PluginMachine implements Machine {
  readonly connectionType: string;
  readonly generatedData: ReadonlyMap<string, Value>;
  readonly exec?: NonNullable<Machine["exec"]>;
  readonly #plugin: PluginConnection;
  readonly #communicator: CommunicatorRef | undefined;
  readonly #closed = new AbortController();

  constructor(options: {
    /** The plugin that serves the communicator. */
    readonly plugin: PluginConnection;
    readonly communicator: CommunicatorRef | undefined;
    readonly generatedData: ReadonlyMap<string, Value>;
  }) {
    this.#plugin = options.plugin;
    this.#communicator = options.communicator;
    this.connectionType = options.communicator?.type ?? "none";
    this.generatedData = options.generatedData;
    // What another process serves is for provisioners only.
    if (this.#communicator?.endpoint === "") this.exec = (request, call) => this.#exec(request, call);
  }

  /** Aborts when nobody can reach the machine any more. */
  get closed(): AbortSignal {
    return AbortSignal.any([this.#closed.signal, this.#plugin.gone]);
  }

  close(): void {
    this.#closed.abort(new Error("the machine is gone"));
  }

  /** Gives the right to use the machine for one session. Undefined for a machine that can't be reached. Revoke it afterwards. */
  async grant(signal: AbortSignal): Promise<CommunicatorRef | undefined> {
    if (this.#communicator === undefined) return undefined;
    const { handle } = this.#communicator;
    const what = "gave access to its machine";
    const options = { signal, timeoutMs: GRANT_MS };
    const { communicator } = await this.#plugin.call(what, CommunicatorServiceService.grant, { handle }, options);
    if (communicator === undefined || communicator.token === "") {
      throw this.#plugin.violation("gave access to its machine without a token");
    }
    return communicator.endpoint === "" ? { ...communicator, ...this.#plugin.access } : communicator;
  }

  async #exec(request: MachineCommand, { signal }: CallOptions): Promise<{ readonly exitCode: number }> {
    const either = AbortSignal.any([signal, this.closed]);
    const access = await this.grant(either);
    if (access === undefined) throw new Error("bug: a machine without a communicator runs no commands");
    try {
      return await execOnMachine(this.#plugin, { request, access, signal: either });
    } finally {
      await this.revoke(access);
    }
  }

  /** Ends the right. Never rejects. */
  async revoke({ token }: CommunicatorRef): Promise<void> {
    if (this.#plugin.isGone) return;
    const options = { signal: AbortSignal.timeout(REVOKE_MS) };
    try {
      await this.#plugin.call("took back access to its machine", CommunicatorServiceService.revoke, { token }, options);
    } catch (error) {
      this.#plugin.log("warn", "the access to a machine could not be taken back", { error: messageOf(error) });
    }
  }
}

/** Reads the machine that a plugin announced. Throws WireProblem. */
export function decodeMachine(ready: MachineReady, plugin: PluginConnection): PluginMachine {
  const generatedData = decodeValues(ready.generatedData?.values ?? {}, ["generated_data"]);
  return new PluginMachine({ plugin, communicator: ready.communicator, generatedData });
}
