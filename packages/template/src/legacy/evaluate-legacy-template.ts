import type { Outcome } from "@ingot/diag";
import { TemplateError, type TemplateFunction } from "@ingot/go-template";
import { compareBytes, stringValue } from "@ingot/hcl";
import { Collector } from "../collector.js";
import type { BuildDeclaration, PostProcessorBlock, ProvisionerBlock, Template, TemplateWorld } from "../model.js";
import type { SelectOptions } from "../select-builds.js";
import { secretsOf } from "../secrets.js";
import { compareVersions, parseVersion } from "../version-constraint.js";
import { joinErrors, LegacyError } from "./go-errors.js";
import { isJsonObject } from "./go-value-text.js";
import { makeLegacyBlock, type LegacyBlockOptions } from "./legacy-component.js";
import { isSkipped, type LegacyBuilder, type LegacyPostProcessor, type LegacyProvisioner } from "./legacy-template.js";
import type { ParsedLegacyTemplate } from "./parse-legacy-template.js";
import { renderUntilStable, type LegacyFacts } from "./render-options.js";
import { resolveVariables } from "./resolve-variables.js";
import { validateDocument } from "./validate-document.js";

export interface EvaluateLegacyOptions extends SelectOptions {
  readonly world: TemplateWorld;
  /** `vault`, `consul_key` and the like, for the variables section. */
  readonly secretFunctions?: Readonly<Record<string, TemplateFunction>>;
}

/** A legacy template with the values of its variables. */
export interface EvaluatedLegacyTemplate extends Template {
  readonly userVariables: ReadonlyMap<string, string>;
  /** Absolute. */
  readonly templatePath: string;
  /** The names of all builds before selection, sorted. */
  readonly buildNames: readonly string[];
}

/**
 * Gives variables their values and makes the builds, sorted by name, that -only and -except leave. Undefined when there are errors.
 */
export function evaluateLegacyTemplate(
  parsed: ParsedLegacyTemplate,
  options: EvaluateLegacyOptions,
): Outcome<EvaluatedLegacyTemplate | undefined> {
  const collector = new Collector();
  try {
    const value = new Evaluation(parsed, options, collector).template();
    return { value: collector.hasErrors ? undefined : value, diagnostics: collector.diagnostics };
  } catch (error) {
    if (!(error instanceof LegacyError)) throw error;
    collector.error("", error.message);
    return { value: undefined, diagnostics: collector.diagnostics };
  }
}

class Evaluation {
  readonly #parsed: ParsedLegacyTemplate;
  readonly #options: EvaluateLegacyOptions;
  readonly #collector: Collector;
  readonly #facts: LegacyFacts;
  #userVariables: ReadonlyMap<string, string> = new Map();

  constructor(parsed: ParsedLegacyTemplate, options: EvaluateLegacyOptions, collector: Collector) {
    const { world } = options;
    this.#parsed = parsed;
    this.#options = options;
    this.#collector = collector;
    const { version, template } = parsed;
    this.#facts = { world, version, templatePath: template.path, startedMs: world.now() };
  }

  template(): EvaluatedLegacyTemplate {
    const { template, given } = this.#parsed;
    const { secretFunctions } = this.#options;
    this.#check();
    this.#userVariables = resolveVariables(template, {
      facts: this.#facts,
      given,
      ...(secretFunctions && { secretFunctions }),
    });
    const named = new Map([...template.builders.values()].map((builder) => [this.#nameOf(builder), builder]));
    const names = [...named.keys()].sort(compareBytes);
    const builds = names.flatMap((name) => {
      const builder = named.get(name);
      return builder !== undefined && this.#isSelected(name) ? this.#build(name, builder) : [];
    });
    const secrets = template.sensitiveVariables.map((name) => stringValue(this.#userVariables.get(name) ?? ""));
    return {
      builds,
      buildNames: names,
      sensitiveVariables: [...template.sensitiveVariables].sort(compareBytes),
      secrets: secretsOf(secrets),
      userVariables: this.#userVariables,
      templatePath: template.path,
    };
  }

  #check(): void {
    const { template, given, version } = this.#parsed;
    const invalid = validateDocument(template);
    if (invalid) throw invalid;
    if (template.minVersion !== "") checkVersion(template.minVersion, version);
    const unset = [...template.variables.values()].filter(({ isRequired, name }) => isRequired && !given.has(name));
    const missing = joinErrors(unset.map(({ name }) => `required variable not set: ${name}`));
    if (missing) throw missing;
  }

  #nameOf({ name }: LegacyBuilder): string {
    try {
      return renderUntilStable(name, this.#facts, { userVariables: this.#userVariables });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new LegacyError(`Error interpolating builder '${name}': ${error.message}`);
    }
  }

  #isSelected(name: string): boolean {
    const { only, except } = this.#options;
    return (only.length === 0 || only.includes(name)) && !except.includes(name);
  }

  #build(name: string, builder: LegacyBuilder): readonly BuildDeclaration[] {
    try {
      return [this.#declaration(name, builder)];
    } catch (error) {
      if (!(error instanceof LegacyError)) throw error;
      this.#collector.error(`Failed to initialize build ${JSON.stringify(name)}`, error.message);
      return [];
    }
  }

  #declaration(name: string, builder: LegacyBuilder): BuildDeclaration {
    const { provisioners, errorCleanup, postProcessors } = this.#parsed.template;
    const shared = { buildName: name, rawName: builder.name, builderType: builder.type };
    return {
      name: builder.name === builder.type ? name : `${builder.type}.${name}`,
      sourceName: name,
      builderType: builder.type,
      builder: makeLegacyBlock(builder, this.#blockOptions(shared, { seesBuildData: false })),
      provisioners: provisioners
        .filter((one) => !isSkipped(one, builder.name))
        .map((one) => this.#provisioner(one, shared)),
      ...(errorCleanup && { errorCleanupProvisioner: this.#provisioner(errorCleanup, shared) }),
      postProcessorChains: postProcessors.flatMap((chain) => {
        const left = this.#withoutExcepted(chain.filter((one) => !isSkipped(one, builder.name)));
        return left.length === 0 ? [] : [left.map((one) => this.#postProcessor(one, shared))];
      }),
    };
  }

  /** -except with a post-processor's name drops it and what follows. */
  #withoutExcepted(chain: readonly LegacyPostProcessor[]): readonly LegacyPostProcessor[] {
    const cut = chain.findIndex(({ name }) => name !== "" && this.#options.except.includes(name));
    return cut < 0 ? chain : chain.slice(0, cut);
  }

  #blockOptions(
    { buildName, builderType }: BuildNames,
    rest: Pick<LegacyBlockOptions, "seesBuildData" | "override">,
  ): LegacyBlockOptions {
    const place = { userVariables: this.#userVariables, buildName, buildType: builderType };
    return { template: this.#parsed.template, facts: this.#facts, place, ...rest };
  }

  #provisioner(provisioner: LegacyProvisioner, names: BuildNames): ProvisionerBlock {
    const override = provisioner.override.get(names.rawName);
    const options = isJsonObject(override) ? { override } : {};
    return {
      ...makeLegacyBlock(provisioner, this.#blockOptions(names, { seesBuildData: true, ...options })),
      name: "",
      pauseBeforeMs: provisioner.pauseBeforeMs,
      timeoutMs: provisioner.timeoutMs,
      maxRetries: this.#maxRetries(provisioner),
      continueOnError: false,
    };
  }

  #maxRetries({ maxRetries }: LegacyProvisioner): number {
    if (maxRetries === "") return 0;
    let text: string;
    try {
      text = renderUntilStable(maxRetries, this.#facts, { userVariables: this.#userVariables });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new LegacyError(`failed to interpolate \`max_retries\`: ${error.message}`);
    }
    if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
    const reason = /^[+-]?\d+$/.test(text) ? "value out of range" : "invalid syntax";
    throw new LegacyError(
      `\`max_retries\` must be a valid integer: strconv.Atoi: parsing ${JSON.stringify(text)}: ${reason}`,
    );
  }

  #postProcessor(postProcessor: LegacyPostProcessor, names: BuildNames): PostProcessorBlock {
    const { name, keepInputArtifact } = postProcessor;
    return {
      ...makeLegacyBlock(postProcessor, this.#blockOptions(names, { seesBuildData: true })),
      name,
      ...(keepInputArtifact !== undefined && { keepInputArtifact }),
    };
  }
}

interface BuildNames {
  /** With everything rendered. */
  readonly buildName: string;
  /** As written; what `only`, `except` and `override` speak of. */
  readonly rawName: string;
  readonly builderType: string;
}

function checkVersion(wanted: string, running: string): void {
  const least = parseVersion(wanted);
  if (least === undefined) throw new LegacyError(`min_version is invalid: malformed version: ${wanted}`);
  const version = parseVersion(running);
  if (version === undefined || compareVersions(version, least) >= 0) return;
  const shown = least.segments.join(".") + (least.prerelease === "" ? "" : `-${least.prerelease}`);
  throw new LegacyError(`This template requires Packer version ${shown} or higher; using ${running}`);
}
