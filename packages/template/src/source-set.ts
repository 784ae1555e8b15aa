import { hasErrors, type Outcome } from "@ingot/diag";
import { nativeBody, parseHcl, parseHclJson, SourceFile, type Body } from "@ingot/hcl";
import { BlockIndex } from "./block-index.js";
import { Collector } from "./collector.js";
import type { TemplateWorld } from "./model.js";

/** The tree of a text takes some fifty times its memory, so there has to be an end. */
export const MOST_SOURCE_BYTES = 16 * 1024 * 1024;

/** The source texts of a template by their names, each read and parsed once. */
export class SourceSet {
  readonly blocks = new BlockIndex();
  readonly #world: TemplateWorld;
  readonly #files = new Map<string, SourceFile>();
  readonly #bodies = new Map<string, Body>();
  #sizeBytes = 0;

  constructor(world: TemplateWorld) {
    this.#world = world;
  }

  get files(): ReadonlyMap<string, SourceFile> {
    return this.#files;
  }

  add(file: SourceFile): void {
    this.#files.set(file.filename, file);
  }

  /** Reads and parses a file; the ending `.json` means JSON syntax. Undefined when there are errors. */
  parse(path: string): Outcome<Body | undefined> {
    const known = this.#bodies.get(path);
    if (known) return { value: known, diagnostics: [] };
    let source: Uint8Array;
    try {
      source = this.#world.readFile(path);
    } catch {
      const collector = new Collector();
      // The reference says it in two ways, which scripts may look for.
      if (path.endsWith(".json"))
        collector.error("Failed to open file", `The file ${JSON.stringify(path)} could not be opened.`);
      else collector.error("Failed to read file", `The configuration file ${JSON.stringify(path)} could not be read.`);
      return { value: undefined, diagnostics: collector.diagnostics };
    }
    this.#sizeBytes += source.length;
    if (this.#sizeBytes > MOST_SOURCE_BYTES) {
      const collector = new Collector();
      const detail = `With ${JSON.stringify(path)} the configuration files have more than 16 MiB together, which is the most that can be handled. Keep large data in other files, and read them with the function "file".`;
      collector.error("Configuration too large", detail);
      return { value: undefined, diagnostics: collector.diagnostics };
    }
    const { value, diagnostics } = path.endsWith(".json")
      ? this.#parseJson(path, source)
      : this.#parseNative(path, source);
    if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
    this.#bodies.set(path, value);
    return { value, diagnostics };
  }

  #parseNative(filename: string, source: Uint8Array): Outcome<Body> {
    const { value: node, diagnostics } = parseHcl({ filename, source });
    this.add(node.file);
    this.blocks.addFile(node);
    return { value: nativeBody(node), diagnostics };
  }

  #parseJson(filename: string, source: Uint8Array): Outcome<Body> {
    const outcome = parseHclJson({ filename, source });
    this.add(new SourceFile(filename, source));
    return outcome;
  }
}
