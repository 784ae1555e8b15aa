import type { Agent as HttpAgent } from "node:http";
import type { RequestOptions } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import { addedAuthorities, nodeAuthorities, systemAuthorities } from "./authorities.js";
import type { Environment } from "./environment.js";
import { proxyFor } from "./proxy-environment.js";
import { ReceivingAgent } from "./receiving-agent.js";

/**
 * Connections to servers over TLS, kept for the next request: straight or by the proxy of the environment. Trusts the authorities of Node
 * and those that the user names; the operating system's too from the first certificate on that these don't know, because reading them
 * takes long.
 */
export class Connections implements Disposable {
  readonly #env: Environment;
  readonly #extraCaFile: string | undefined;
  #trustsSystem = false;
  #secureContext: Promise<SecureContext> | undefined;
  #agents = new Map<string, Promise<HttpAgent>>();

  constructor(env: Environment, extraCaFile: string | undefined) {
    this.#env = env;
    this.#extraCaFile = extraCaFile;
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) void agent.then((made) => made.destroy()).catch(() => {}); // was told to who asked
    this.#agents.clear();
  }

  /** The proxy by which a URL is reached. */
  proxyFor(url: URL): URL | undefined {
    return proxyFor(url, this.#env);
  }

  /** The part of a request's options that connects to the server of a URL. */
  async optionsFor(url: URL): Promise<RequestOptions> {
    const proxy = this.proxyFor(url);
    const key = proxy?.href ?? "";
    const agent = this.#agents.get(key) ?? this.#makeAgent(proxy);
    this.#agents.set(key, agent);
    // secureEndpoint: agents for proxies would otherwise guess from the call stack whether TLS is wanted.
    const options = { agent: await agent, secureEndpoint: true, ...(await this.#tlsOptions()) };
    return options;
  }

  /** Says whether the system's authorities are trusted already. */
  get trustsSystem(): boolean {
    return this.#trustsSystem;
  }

  /** From now on the operating system's authorities are trusted as well. */
  trustSystem(): void {
    if (this.#trustsSystem) return;
    this.#trustsSystem = true;
    this.#secureContext = undefined;
    // Requests that go on with the agents of before keep them; their connections end when they are done.
    this.#agents = new Map();
  }

  async #makeAgent(proxy: URL | undefined): Promise<HttpAgent> {
    const options = { keepAlive: true, maxSockets: 8 };
    if (proxy === undefined) return new ReceivingAgent(options);
    if (proxy.protocol.startsWith("socks")) {
      const { SocksProxyAgent } = await import("socks-proxy-agent");
      return new SocksProxyAgent(proxy, options);
    }
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    // The proxy's own certificate, should it have one, is checked in the same way.
    return new HttpsProxyAgent(proxy, { ...options, ...(await this.#tlsOptions()) });
  }

  async #tlsOptions(): Promise<{ readonly secureContext: SecureContext; readonly rejectUnauthorized: true }> {
    this.#secureContext ??= this.#makeSecureContext();
    // rejectUnauthorized: NODE_TLS_REJECT_UNAUTHORIZED must not switch off what keeps plugins safe.
    return { secureContext: await this.#secureContext, rejectUnauthorized: true };
  }

  async #makeSecureContext(): Promise<SecureContext> {
    const added = await addedAuthorities(this.#env, this.#extraCaFile);
    const system = this.#trustsSystem ? await systemAuthorities() : [];
    // Naming any replaces Node's own, so these have to be named as well.
    return createSecureContext(
      added.length + system.length === 0 ? {} : { ca: [...nodeAuthorities(), ...added, ...system] },
    );
  }
}
