import { makeSelfSignedCertificate, startRpcServer, type RpcServer, type SelfSignedCertificate } from "@ingot/protocol";
import { communicatorService } from "./communicator-service.js";
import type { MachineEndpoint, PluginRuntime } from "./plugin-runtime.js";

/**
 * Where other processes reach this plugin's machines. On a Unix socket that is the plugin's own listener. With mutual TLS only
 * the host may connect there, so machines get a listener of their own, opened when the first one is offered, where the token
 * alone decides.
 */
export class MachineListener {
  readonly #runtime: PluginRuntime;
  #identity: SelfSignedCertificate | undefined;
  #server: Promise<RpcServer> | undefined;

  constructor(runtime: PluginRuntime) {
    this.#runtime = runtime;
    runtime.machineEndpoint = () => this.endpoint();
  }

  /** Says that the plugin listens with TLS. Gives its certificate. */
  useTls(): SelfSignedCertificate {
    this.#identity = makeSelfSignedCertificate();
    return this.#identity;
  }

  /** What references to machines say. */
  async endpoint(): Promise<MachineEndpoint> {
    const identity = this.#identity;
    if (identity === undefined) return { endpoint: "", serverCertificate: Buffer.alloc(0) };
    this.#server ??= startRpcServer({
      services: [communicatorService(this.#runtime.machines, undefined)],
      listen: { minPort: 0, maxPort: 0 },
      tls: { certificate: identity.certificate, key: identity.key },
    });
    const { network, address } = await this.#server;
    return { endpoint: `${network}:${address}`, serverCertificate: identity.der };
  }

  /** Closes the listener. */
  async close(): Promise<void> {
    await (await this.#server)?.close();
  }
}
