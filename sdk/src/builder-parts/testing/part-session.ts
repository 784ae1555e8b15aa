import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BuildInfo } from "../../context.js";
import type { ResourceHandle, ResourceRecord } from "../../resources.js";
import { decodeConfig, type DecodedConfig } from "../../schema/decode-config.js";
import type { ObjectSchema } from "../../schema/field.js";
import { toValue } from "../../value.js";
import { destroyParts } from "../destroy-parts.js";
import type { RecordingContext } from "../part-context.js";

/** Decodes ordinary data by a schema. */
export function decode<T>(schema: ObjectSchema<T>, value: object): DecodedConfig<T> {
  return decodeConfig(schema, toValue(value));
}

/** The context of a builder's run, with what it says collected and its resources kept in memory. */
export interface TestContext extends RecordingContext {
  readonly said: string[];
  readonly masked: string[];
  readonly progressed: { readonly label: string; readonly total: number; done: number; finished: boolean }[];
  /** What was recorded and not destroyed or released. */
  readonly open: Set<ResourceRecord>;
}

/** Makes a context. Paths are relative to `folder`, and the cache is in it. */
export function partContext({
  folder = ".",
  signal = new AbortController().signal,
  build = {},
}: { readonly folder?: string; readonly signal?: AbortSignal; readonly build?: Partial<BuildInfo> } = {}): TestContext {
  const said: string[] = [];
  const masked: string[] = [];
  const progressed: TestContext["progressed"] = [];
  const open = new Set<ResourceRecord>();
  const quiet = (): void => {};
  const log = { trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet };
  const ui = { say: (text: string) => void said.push(text), error: (text: string) => void said.push(`! ${text}`) };
  return {
    said,
    masked,
    progressed,
    open,
    ui,
    log,
    signal,
    secrets: (values) => void masked.push(...values),
    build: {
      ...{ name: "one", builderType: "box", hostVersion: "1.0.0", debug: false, force: false, onError: "" },
      ...{ sensitiveVariables: [], userVariables: {}, templatePath: "", runId: "run", sourceDateEpoch: undefined },
      ...{ workingDirectory: folder, cacheDirectory: join(folder, "cache") },
      ...build,
    },
    progress: (label, { total = 0 } = {}) => {
      const entry = { label, total, done: 0, finished: false };
      progressed.push(entry);
      return { update: (done) => void (entry.done = done), finish: () => void (entry.finished = true) };
    },
    resources: {
      async create(kind, make, options = {}) {
        let record: ResourceRecord = { kind, id: options.id ?? kind, locator: options.locator ?? {} };
        const destroy = async (): Promise<void> => {
          if (!open.delete(record)) return;
          await destroyParts[kind as keyof typeof destroyParts](record, { log, ui });
        };
        open.add(record);
        const thing = await Promise.resolve(make(record.id)).catch(async (error: unknown) => {
          await destroy();
          throw error;
        });
        const { locator } = thing as { readonly locator?: Readonly<Record<string, string>> };
        open.delete(record);
        record = { ...record, locator: locator ?? record.locator };
        open.add(record);
        const handle: ResourceHandle = {
          id: record.id,
          release: async () => void open.delete(record),
          [Symbol.asyncDispose]: destroy,
        };
        return Object.assign(thing, handle);
      },
    },
  };
}

/** A folder of a test. */
export function makeFolder(): Disposable & { readonly path: string } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "ingot-parts-")));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
