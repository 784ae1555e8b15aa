import { compareBytes, type SourceFile } from "@ingot/hcl";
import {
  decodeBuilder,
  decodePostProcessor,
  decodeProvisioner,
  postProcessorChain,
  PostProcessorErrors,
} from "./decode-components.js";
import { joinDecodingErrors, joinErrors, LegacyError } from "./go-errors.js";
import { findKey, GoDecoder } from "./go-decode.js";
import { JsonSyntaxError, parseJson, type JsonDocument, type JsonObject, type JsonValue } from "./go-json.js";
import { goKindName, isJsonObject } from "./go-value-text.js";
import type {
  LegacyBuilder,
  LegacyPostProcessor,
  LegacyProvisioner,
  LegacyTemplate,
  LegacyVariable,
} from "./legacy-template.js";
import { syntaxErrorText } from "./syntax-error-text.js";

/** The keys of the document, with the names that messages give them. */
const ROOT_KEYS = {
  minVersion: ["min_packer_version", "min_packer_version"],
  description: ["description", "Description"],
  builders: ["builders", "builders"],
  comments: ["comments", "Comments"],
  push: ["push", "Push"],
  postProcessors: ["post-processors", "post-processors"],
  provisioners: ["provisioners", "Provisioners"],
  errorCleanup: ["error-cleanup-provisioner", "error-cleanup-provisioner"],
  variables: ["variables", "Variables"],
  sensitive: ["sensitive-variables", "sensitive-variables"],
} as const;

type RootKey = keyof typeof ROOT_KEYS;

/** Reads a legacy template. Throws LegacyError with everything that is wrong in one phase. */
export function decodeDocument(source: SourceFile, { path }: { readonly path: string }): LegacyTemplate {
  const document = parse(source.bytes);
  if (document.duplicate !== undefined) throw new LegacyError(`template has duplicate field: ${document.duplicate}`);
  const root = document.value ?? new Map<string, JsonValue>();
  if (!isJsonObject(root)) throw new LegacyError(`'' expected a map, got '${goKindName(root)}'`);
  return new DocumentDecoder(root).template({ source, document, path });
}

function parse(bytes: Uint8Array): JsonDocument {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new LegacyError(syntaxErrorText(error, bytes));
    throw error;
  }
}

class DocumentDecoder {
  readonly #root: JsonObject;
  readonly #errors: string[] = [];

  constructor(root: JsonObject) {
    this.#root = root;
  }

  template(origin: Pick<LegacyTemplate, "source" | "document" | "path">): LegacyTemplate {
    const decoder = new GoDecoder({ isWeak: false });
    const read = <T>(key: RootKey, as: (value: JsonValue | undefined, name: string) => T): T =>
      as(this.#field(key), ROOT_KEYS[key][1]);
    const array = decoder.array.bind(decoder);
    const raw = {
      minVersion: read("minVersion", decoder.string.bind(decoder)),
      description: read("description", decoder.string.bind(decoder)),
      builders: read("builders", array),
      postProcessors: read("postProcessors", array),
      provisioners: read("provisioners", array),
      variables: read("variables", decoder.object.bind(decoder)),
      sensitive: read("sensitive", decoder.strings.bind(decoder)),
    };
    read("comments", array).forEach((comment, index) => {
      const name = `Comments[${index}]`;
      decoder.object(comment, name).forEach((text, key) => decoder.string(text, `${name}[${key}]`));
    });
    read("push", decoder.object.bind(decoder));
    throwIf(joinDecodingErrors(decoder.errors));
    this.#checkUnused();

    const variables = this.#variables(raw.variables);
    const builders = this.#builders(raw.builders);
    const postProcessors = this.#postProcessors(raw.postProcessors);
    const provisioners = this.#provisioners(raw.provisioners);
    const errorCleanup = this.#errorCleanup();
    throwIf(joinErrors(this.#errors));
    return {
      ...{ ...origin, minVersion: raw.minVersion, description: raw.description, variables, builders },
      sensitiveVariables: raw.sensitive.filter((name) => variables.has(name)),
      ...{ provisioners, postProcessors, ...(errorCleanup && { errorCleanup }) },
    };
  }

  #field(key: RootKey): JsonValue | undefined {
    const name = findKey(this.#root, ROOT_KEYS[key][0]);
    return name === undefined ? undefined : this.#root.get(name);
  }

  #checkUnused(): void {
    const used = new Set(Object.values(ROOT_KEYS).map(([name]) => findKey(this.#root, name)));
    const unused = [...this.#root.keys()].filter((key) => !used.has(key)).sort(compareBytes);
    const errors: string[] = [];
    for (const key of unused) {
      if (!key.startsWith("_")) errors.push(`Unknown root level key in template: '${key}'`);
      else if (typeof this.#root.get(key) !== "string")
        throw new LegacyError(`Failed to cast root level comment value in comment "${key}" to string.`);
    }
    throwIf(joinErrors(errors));
  }

  /** Runs a decoder for one item and notes what it throws. */
  #attempt<T>(label: string, decode: () => T): readonly T[] {
    try {
      return [decode()];
    } catch (error) {
      if (error instanceof PostProcessorErrors) this.#errors.push(...error.errors);
      else if (error instanceof LegacyError) this.#errors.push(`${label}: ${error.message}`);
      else throw error;
      return [];
    }
  }

  #variables(raw: JsonObject): ReadonlyMap<string, LegacyVariable> {
    const names = [...raw.keys()].sort(compareBytes);
    const variables = names.flatMap((name) => {
      const decoder = new GoDecoder({ isWeak: false });
      const value = raw.get(name) ?? null;
      const defaultValue = decoder.string(value, "");
      this.#errors.push(...decoder.errors.map((error) => `variable ${name}: ${error}`));
      return decoder.errors.length > 0 ? [] : [{ name, defaultValue, isRequired: value === null }];
    });
    return new Map(variables.map((variable) => [variable.name, variable]));
  }

  #builders(raw: readonly JsonValue[]): ReadonlyMap<string, LegacyBuilder> {
    const builders = new Map<string, LegacyBuilder>();
    raw.forEach((item, index) => {
      this.#attempt(`builder ${index + 1}`, () => {
        const builder = decodeBuilder(item, `builders[${index}]`);
        if (builders.has(builder.name)) throw new LegacyError(`builder with name '${builder.name}' already exists`);
        builders.set(builder.name, builder);
      });
    });
    return builders;
  }

  #postProcessors(raw: readonly JsonValue[]): readonly (readonly LegacyPostProcessor[])[] {
    return raw.flatMap((item, row) =>
      this.#attempt("", () =>
        postProcessorChain(item, row + 1).flatMap((one, column) =>
          this.#attempt(`post-processor ${row + 1}.${column + 1}`, () =>
            decodePostProcessor(one, `post-processors[${row}][${column}]`),
          ),
        ),
      ),
    );
  }

  #provisioners(raw: readonly JsonValue[]): readonly LegacyProvisioner[] {
    return raw.flatMap((item, index) =>
      this.#attempt(`provisioner ${index + 1}`, () => decodeProvisioner(item, `provisioners[${index}]`)),
    );
  }

  #errorCleanup(): LegacyProvisioner | undefined {
    const raw = this.#field("errorCleanup");
    if (raw === undefined || raw === null) return undefined;
    const label = "On Error Cleanup Provisioner error";
    return this.#attempt(label, () => decodeProvisioner(raw, "error-cleanup-provisioner"))[0];
  }
}

function throwIf(error: LegacyError | undefined): void {
  if (error !== undefined) throw error;
}
