import type { Diagnostic } from "@ingot/diag";
import { hasErrors } from "@ingot/diag";
import type { BuildFacts, ComponentRef, PrepareRequest } from "@ingot/engine";
import { PluginServiceService, type BuildContext } from "@ingot/protocol";
import { componentText } from "./component-text.js";
import { encodeValue } from "./encode-value.js";
import type { PluginConnection } from "./plugin-connection.js";
import { encodeComponentRef } from "./wire-artifact.js";
import { decodeDiagnostics } from "./wire-diagnostic.js";
import type { DescribedComponent } from "./plugin-description.js";

/** Releasing is a courtesy; a plugin that doesn't answer must not hold anything up. */
const RELEASE_MS = 5_000;

/** An instance that exists in a plugin. */
export interface Prepared {
  readonly plugin: PluginConnection;
  readonly component: ComponentRef;
  readonly description: DescribedComponent;
  readonly instanceId: string;
  readonly generatedData: readonly string[];
  /** How long the plugin may clean up after a cancel. */
  readonly cancelGraceMs: number;
  release(): Promise<void>;
}

export interface PrepareOptions {
  readonly plugin: PluginConnection;
  readonly description: DescribedComponent;
  readonly request: PrepareRequest;
  readonly hostVersion: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly cancelGraceMs: number;
}

/** Makes an instance in the plugin. `value` is undefined exactly when there are errors. */
export async function prepare(
  options: PrepareOptions,
): Promise<{ readonly value: Prepared | undefined; readonly diagnostics: readonly Diagnostic[] }> {
  const { plugin, description, request, signal, timeoutMs, cancelGraceMs } = options;
  const { component } = request;
  const instanceId = plugin.newInstanceId();
  const response = await plugin.call(
    `prepared the ${componentText(component)}`,
    PluginServiceService.prepare,
    {
      instanceId,
      component: encodeComponentRef({ ...component, name: description.name }),
      config: encodeValue(request.config),
      build: encodeBuild(request.build, options.hostVersion),
      validateOnly: request.validateOnly,
    },
    { signal, timeoutMs },
  );
  const diagnostics = decodeDiagnostics(response.diagnostics);
  if (hasErrors(diagnostics)) return { value: undefined, diagnostics };
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => (released ??= releaseInstance(plugin, instanceId));
  const { generatedData } = response;
  return { value: { plugin, component, description, instanceId, generatedData, cancelGraceMs, release }, diagnostics };
}

async function releaseInstance(plugin: PluginConnection, instanceId: string): Promise<void> {
  if (plugin.isGone) return;
  const signal = AbortSignal.timeout(RELEASE_MS);
  try {
    await plugin.call("released an instance", PluginServiceService.release, { instanceId }, { signal });
  } catch {
    // It is gone with its process.
  }
}

function encodeBuild(build: BuildFacts, hostVersion: string): BuildContext {
  return {
    buildName: build.buildName,
    builderType: build.builderType,
    hostVersion,
    debug: build.debug,
    force: build.force,
    onError: build.onError,
    sensitiveVariables: [...build.sensitiveVariables],
    userVariables: Object.fromEntries(build.userVariables ?? []),
    templatePath: build.templatePath ?? "",
    runId: build.runId,
    workingDirectory: build.workingDirectory,
    cacheDirectory: build.cacheDirectory,
    sourceDateEpoch: build.sourceDateEpoch === undefined ? undefined : BigInt(Math.trunc(build.sourceDateEpoch)),
  };
}
