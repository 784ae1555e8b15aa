import { createHash } from "node:crypto";
import { messageOf, type Diagnostic, type Outcome } from "@ingot/diag";
import { nullValue, type Value } from "@ingot/hcl";
import type { ComponentBlock, DataSources } from "@ingot/template";
import { locateDiagnostics } from "./locate-diagnostics.js";
import type { CallOptions, ComponentRef, DataSourceInstance, PluginSet } from "./plugin-set.js";
import { brokenPlugin } from "./prepare-step.js";
import { runAttempt } from "./run-attempt.js";
import { buildFacts, type RunContext } from "./run-context.js";

const NO_BUILD = { sourceName: "", builderType: "", sensitiveVariables: [] };

/** Runs the template's data sources through the plugins, as steps of the run without a build. */
export function dataSourceRunner(run: RunContext, options: CallOptions): DataSources {
  const { plugins } = run;
  return {
    describe: (type) => describeDataSource(plugins, refOf(type), options),
    names: () => plugins.componentNames("data-source", options),
    check: async (block, _name, config) =>
      (await prepare(run, { ...options, block, config, validateOnly: true })).diagnostics,
    execute: (block, name, config) => executeDataSource(run, { ...options, block, name, config }),
  };
}

function refOf(name: string): ComponentRef {
  return { kind: "data-source", name };
}

async function describeDataSource(
  plugins: PluginSet,
  component: ComponentRef,
  options: CallOptions,
): ReturnType<DataSources["describe"]> {
  try {
    const description = await plugins.describe(component, options);
    if (description?.output === undefined) return undefined;
    return { config: description.config, output: description.output };
  } catch (error) {
    options.signal.throwIfAborted();
    return { broken: messageOf(error) };
  }
}

interface Execution extends CallOptions {
  readonly block: ComponentBlock;
  readonly name: string;
  readonly config: Value;
}

async function executeDataSource(run: RunContext, execution: Execution): Promise<Outcome<Value>> {
  const prepared = await prepare(run, { ...execution, validateOnly: false });
  const diagnostics = [...prepared.diagnostics];
  const instance = prepared.value;
  if (instance === undefined) return { value: nullValue(), diagnostics };
  try {
    const executed = await runDataSource(run, execution, instance);
    diagnostics.push(...executed.diagnostics);
    return { value: executed.value, diagnostics };
  } finally {
    await instance.release();
  }
}

async function runDataSource(
  run: RunContext,
  { block, name, signal }: Execution,
  instance: DataSourceInstance,
): Promise<Outcome<Value>> {
  const step = createHash("sha256").update(`data-source:${name}:${block.identity}`).digest("hex").slice(0, 16);
  const about = { step, kind: "data-source" as const, block, attempt: 1 };
  const { result, error } = await runAttempt(run, about, {
    signal,
    call: (handlers) =>
      instance.execute({ step: { runId: run.runId, buildId: "", stepId: step } }, handlers, { signal }),
  });
  signal.throwIfAborted();
  // Its own diagnostics are reported already when they have a place; the summary is what the template's author needs.
  const diagnostics: readonly Diagnostic[] =
    error === undefined
      ? []
      : [{ severity: "error", summary: `Datasource.Execute failed: ${error}`, detail: "", subject: block.range }];
  return { value: result?.output ?? nullValue(), diagnostics };
}

async function prepare(
  run: RunContext,
  request: CallOptions & { readonly block: ComponentBlock; readonly config: Value; readonly validateOnly: boolean },
): Promise<Outcome<DataSourceInstance | undefined>> {
  const { block, config, validateOnly, signal } = request;
  const build = buildFacts(run, NO_BUILD);
  const component = refOf(block.type);
  try {
    const prepared = await run.plugins.prepareDataSource({ component, config, build, validateOnly }, { signal });
    return { value: prepared.value, diagnostics: locateDiagnostics(prepared.diagnostics, block) };
  } catch (error) {
    signal.throwIfAborted();
    return { value: undefined, diagnostics: [brokenPlugin(component, block, messageOf(error))] };
  }
}
