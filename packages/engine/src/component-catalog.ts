import { messageOf, type Diagnostic } from "@ingot/diag";
import type { ComponentBlock } from "@ingot/template";
import type { CallOptions, ComponentDescription, ComponentKind, ComponentRef, PluginSet } from "./plugin-set.js";
import { unknownComponent } from "./unknown-component.js";

/** The description of a component, or why there is none. */
export type Lookup =
  | { readonly status: "found"; readonly description: ComponentDescription }
  | { readonly status: "unknown" }
  | { readonly status: "broken"; readonly reason: string };

/** Descriptions of components; each one is asked for once. */
export class ComponentCatalog {
  readonly #plugins: PluginSet;
  readonly #options: CallOptions;
  readonly #lookups = new Map<string, Promise<Lookup>>();
  readonly #names = new Map<ComponentKind, Promise<readonly string[]>>();

  constructor(plugins: PluginSet, options: CallOptions) {
    this.#plugins = plugins;
    this.#options = options;
  }

  /** Rejects with the reason of an aborted signal, and for nothing else. */
  find(component: ComponentRef): Promise<Lookup> {
    const key = `${component.kind} ${component.name}`;
    let lookup = this.#lookups.get(key);
    if (lookup === undefined) this.#lookups.set(key, (lookup = this.#describe(component)));
    return lookup;
  }

  /** Says why a component can't be used; undefined when it can. `written`: the keyword in the template. */
  async problemOf(component: ComponentRef, block: ComponentBlock, written?: string): Promise<Diagnostic | undefined> {
    const lookup = await this.find(component);
    switch (lookup.status) {
      case "found":
        return undefined;
      case "unknown":
        return unknownComponent(component, {
          ...{ subject: block.range, known: await this.#namesOf(component.kind) },
          ...(written === "error-cleanup-provisioner" && { written }),
        });
      case "broken": {
        const summary = `Failed to load ${component.kind === "builder" ? "source" : component.kind} type`;
        return { severity: "error", summary, detail: lookup.reason, subject: block.range };
      }
    }
  }

  async #describe(component: ComponentRef): Promise<Lookup> {
    try {
      const description = await this.#plugins.describe(component, this.#options);
      return description === undefined ? { status: "unknown" } : { status: "found", description };
    } catch (error) {
      this.#options.signal.throwIfAborted();
      return { status: "broken", reason: messageOf(error) };
    }
  }

  #namesOf(kind: ComponentKind): Promise<readonly string[]> {
    let names = this.#names.get(kind);
    // Names only help to word the message; whatever keeps them away has its own message elsewhere.
    names ??= this.#plugins.componentNames(kind, this.#options).catch(() => []);
    this.#names.set(kind, names);
    return names;
  }
}
