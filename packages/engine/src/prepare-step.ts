import { hasErrors, messageOf, type Diagnostic, type Outcome } from "@ingot/diag";
import type { Value } from "@ingot/hcl";
import type { ComponentBlock } from "@ingot/template";
import type { StepKind } from "./events.js";
import { locateDiagnostics } from "./locate-diagnostics.js";
import type { BuildFacts, CallOptions, ComponentDescription, ComponentRef, PrepareRequest } from "./plugin-set.js";

/** Asks a plugin for an instance: one of the `prepare…` methods of a PluginSet. */
export type Prepare<Instance> = (
  request: PrepareRequest,
  options: CallOptions,
) => Promise<Outcome<Instance | undefined>>;

/** Something that a plugin holds for us. */
export interface Releasable {
  release(): Promise<void>;
}

/** All that is needed to make the instance of a step, once or again. */
export interface StepPlan<Instance extends Releasable, Block extends ComponentBlock> {
  readonly id: string;
  readonly kind: StepKind;
  readonly block: Block;
  readonly description: ComponentDescription;
  readonly facts: BuildFacts;
  readonly prepare: Prepare<Instance>;
  /** The instance that planning made; undefined when it has to be made with the data of the running build. */
  readonly instance?: Instance;
}

/** The same before its component is known. */
export type StepDraft<Instance extends Releasable, Block extends ComponentBlock> = Omit<
  StepPlan<Instance, Block>,
  "description" | "instance"
>;

/** A step whose instance has not been made. */
type UnpreparedStep<Instance extends Releasable> = Omit<StepPlan<Instance, ComponentBlock>, "id" | "instance">;

/** Decodes the step's body and makes its instance. The value is undefined exactly when there are errors. */
export async function prepareStep<Instance extends Releasable>(
  step: UnpreparedStep<Instance>,
  options: CallOptions & { readonly buildData: ReadonlyMap<string, Value>; readonly validateOnly: boolean },
): Promise<Outcome<Instance | undefined>> {
  const { block, description } = step;
  const decoded = block.decode(description.config, options.buildData);
  const diagnostics = [...decoded.diagnostics];
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  const request: PrepareRequest = {
    component: { kind: description.kind, name: description.name },
    config: decoded.value,
    build: step.facts,
    validateOnly: options.validateOnly,
  };
  try {
    const prepared = await step.prepare(request, options);
    diagnostics.push(...locateDiagnostics(prepared.diagnostics, block));
    return { value: prepared.value, diagnostics };
  } catch (error) {
    options.signal.throwIfAborted();
    diagnostics.push(brokenPlugin(description, block, messageOf(error)));
    return { value: undefined, diagnostics };
  }
}

/** Warns of a component that is about to go away. */
export function deprecationWarning(description: ComponentDescription, block: ComponentBlock): Diagnostic | undefined {
  if (description.deprecated === undefined || description.deprecated === "") return undefined;
  const summary = `Deprecated ${description.kind === "builder" ? "source" : description.kind} type`;
  return { severity: "warning", summary, detail: description.deprecated, subject: block.range };
}

/** Says that the plugin of a block broke while it was asked for an instance. */
export function brokenPlugin({ kind, name }: ComponentRef, block: ComponentBlock, reason: string): Diagnostic {
  const word = kind === "builder" ? "source" : kind === "data-source" ? "data source" : kind;
  const summary = `Failed to prepare ${word} "${name}"`;
  return { severity: "error", summary, detail: reason, subject: block.range };
}
