import { messageOf } from "@ingot/diag";
import { errorText } from "./error-text.js";
import type { EventStream } from "./event-stream.js";
import type { PluginSet, ResourceRecord } from "./plugin-set.js";

const CLEANUP_TIMEOUT_MS = 300_000;

interface StepPlace {
  readonly build?: string;
  readonly step: string;
}

/** The resources of one run that are recorded and not released yet, by the step that made them. */
export class ResourceLedger {
  readonly #plugins: PluginSet;
  readonly #stream: EventStream;
  readonly #bySteps = new Map<string, Map<string, ResourceRecord>>();

  constructor(plugins: PluginSet, stream: EventStream) {
    this.#plugins = plugins;
    this.#stream = stream;
  }

  /** Resolves when the record is in the journal; the resource may be made or removed then. */
  async record(resource: ResourceRecord, place: StepPlace): Promise<void> {
    let records = this.#bySteps.get(place.step);
    records ??= new Map<string, ResourceRecord>();
    this.#bySteps.set(place.step, records);
    if (resource.state === "released") records.delete(resource.recordId);
    else records.set(resource.recordId, resource);
    await this.#stream.announce({ type: "resource", ...place, resource });
  }

  /** Removes what a step left whose plugin is gone, newest first. Never rejects: what can't be removed is reported. */
  async cleanUp(place: StepPlace): Promise<void> {
    const records = [...(this.#bySteps.get(place.step)?.values() ?? [])].reverse();
    for (const resource of records) {
      const about = { ...place, recordId: resource.recordId, kind: resource.kind, id: resource.id };
      try {
        await this.#stream.announce({ type: "resource-cleanup-started", ...about });
        const signal = AbortSignal.timeout(CLEANUP_TIMEOUT_MS);
        const error = errorText(await this.#plugins.destroyResource(resource, { signal }));
        if (error !== undefined) throw new Error(error);
        await this.record({ ...resource, state: "released" }, place);
      } catch (error) {
        this.#stream.emit({ type: "resource-cleanup-failed", ...about, error: messageOf(error) });
      }
    }
  }
}
