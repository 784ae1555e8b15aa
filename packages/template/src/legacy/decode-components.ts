import { LegacyError, joinDecodingErrors } from "./go-errors.js";
import { fieldOf, GoDecoder } from "./go-decode.js";
import type { JsonObject, JsonValue } from "./go-json.js";
import { goKindName, isJsonArray, isJsonObject } from "./go-value-text.js";
import type { LegacyBuilder, LegacyPostProcessor, LegacyProvisioner } from "./legacy-template.js";

const PROVISIONER_KEYS = ["except", "only", "override", "pause_before", "max_retries", "type", "timeout"];
const POST_PROCESSOR_KEYS = ["except", "only", "keep_input_artifact", "type", "name"];

/** Decodes one of `builders`. Throws LegacyError. */
export function decodeBuilder(raw: JsonValue, place: string): LegacyBuilder {
  const origin = asObject(raw);
  const decoder = new GoDecoder({ isWeak: true });
  const type = decoder.string(fieldOf(origin, "type"), "Type");
  const name = decoder.string(fieldOf(origin, "name"), "Name");
  decoder.object(fieldOf(origin, "config"), "Config"); // the reference decodes an option of this name in passing
  throwErrors(decoder);
  if (type === "") throw new LegacyError("missing 'type'");
  return { type, name: name === "" ? type : name, config: without(origin, ["name", "type"]), origin, place };
}

/** Decodes one of `provisioners`. Throws LegacyError. */
export function decodeProvisioner(raw: JsonValue, place: string): LegacyProvisioner {
  try {
    return decodeProvisionerFields(raw, place);
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error;
    throw new LegacyError(`Error decoding provisioner: ${error.message}`);
  }
}

function decodeProvisionerFields(raw: JsonValue, place: string): LegacyProvisioner {
  const origin = asObject(raw);
  const decoder = new GoDecoder({ isWeak: true });
  const fields = {
    type: decoder.string(fieldOf(origin, "type"), "Type"),
    only: decoder.strings(fieldOf(origin, "only"), "Only"),
    except: decoder.strings(fieldOf(origin, "except"), "Except"),
    override: decoder.object(fieldOf(origin, "override"), "Override"),
    pauseBeforeMs: decoder.durationMs(fieldOf(origin, "pause_before"), "pause_before"),
    timeoutMs: decoder.durationMs(fieldOf(origin, "timeout"), "timeout"),
    maxRetries: decoder.string(fieldOf(origin, "max_retries"), "max_retries"),
  };
  decoder.object(fieldOf(origin, "config"), "Config");
  throwErrors(decoder);
  if (fields.type === "") throw new LegacyError("Provisioner missing 'type'");
  return { ...fields, config: without(origin, PROVISIONER_KEYS), origin, place };
}

/** Splits an item of `post-processors` into its chain. Throws LegacyError with all that is wrong in `errors`. */
export function postProcessorChain(raw: JsonValue, number: number): readonly (string | JsonObject)[] {
  if (typeof raw === "string" || isJsonObject(raw)) return [raw];
  if (!isJsonArray(raw)) throw new PostProcessorErrors([`post-processor ${number}: bad format`]);
  const errors: string[] = [];
  const chain = raw.flatMap((item, index) => {
    if (typeof item === "string" || isJsonObject(item)) return [item];
    const problem = isJsonArray(item) ? "sequence not allowed to be nested in a sequence" : "unknown format";
    errors.push(`post-processor ${number}.${index + 1}: ${problem}`);
    return [];
  });
  if (errors.length > 0) throw new PostProcessorErrors(errors);
  return chain;
}

/** Several errors of one item. */
export class PostProcessorErrors extends Error {
  override readonly name = "PostProcessorErrors";
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(errors.join("; "));
    this.errors = errors;
  }
}

/** Decodes one post-processor of a chain. Throws LegacyError. */
export function decodePostProcessor(raw: string | JsonObject, place: string): LegacyPostProcessor {
  if (typeof raw === "string") {
    if (raw === "") throw new LegacyError("type is required");
    return { type: raw, name: raw, only: [], except: [], config: new Map(), origin: undefined, place };
  }
  const decoder = new GoDecoder({ isWeak: false });
  const type = decoder.string(fieldOf(raw, "type"), "Type");
  const name = decoder.string(fieldOf(raw, "name"), "Name");
  const only = decoder.strings(fieldOf(raw, "only"), "Only");
  const except = decoder.strings(fieldOf(raw, "except"), "Except");
  const keep = decoder.boolean(fieldOf(raw, "keep_input_artifact"), "keep_input_artifact");
  decoder.object(fieldOf(raw, "config"), "Config");
  throwErrors(decoder);
  if (type === "") throw new LegacyError("type is required");
  return {
    ...{ type, name: name === "" ? type : name, only, except },
    ...(keep !== undefined && { keepInputArtifact: keep }),
    ...{ config: without(raw, POST_PROCESSOR_KEYS), origin: raw, place },
  };
}

class DecodingError extends LegacyError {}

function asObject(raw: JsonValue): JsonObject {
  if (isJsonObject(raw)) return raw;
  throw new DecodingError(`'' expected a map, got '${goKindName(raw)}'`);
}

function throwErrors({ errors }: GoDecoder): void {
  const joined = joinDecodingErrors(errors);
  if (joined !== undefined) throw new DecodingError(joined.message);
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return new Map([...object].filter(([key]) => !keys.includes(key)));
}
