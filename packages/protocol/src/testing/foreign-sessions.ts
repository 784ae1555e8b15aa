import { expect } from "@jest/globals";
import { ComponentKind, type Artifact } from "../gen/ingot/plugin/v1/artifact.js";
import { CommunicatorServiceService } from "../gen/ingot/plugin/v1/communicator.js";
import {
  BuilderServiceService,
  DataSourceServiceService,
  PostProcessorServiceService,
  ProvisionerServiceService,
  type ExecuteRequest,
  type ExecuteResponse,
  type ExecuteResult,
  type MachineReady,
  type PostProcessRequest,
  type PostProcessResponse,
  type PostProcessResult,
  type ProvisionRequest,
  type ProvisionResponse,
  type RunRequest,
  type RunResponse,
} from "../gen/ingot/plugin/v1/plugin.js";
import type { CommunicatorRef } from "../gen/ingot/plugin/v1/session.js";
import type { Value } from "../gen/ingot/plugin/v1/value.js";
import { SessionDriver, text, type PluginDriver } from "./plugin-driver.js";

const step = { runId: "r", buildId: "b", stepId: "s" };

export async function startBuild(
  go: PluginDriver,
  workingDirectory: string,
  config: Readonly<Record<string, Value>>,
): Promise<SessionDriver<RunRequest, RunResponse>> {
  const prepared = await go.prepare(
    "build",
    ComponentKind.BUILDER,
    "folder",
    { output: text("out"), ...config },
    {
      workingDirectory,
    },
  );
  expect(prepared.diagnostics).toEqual([]);
  const start = { instanceId: "build", step, resumeFrom: undefined };
  return new SessionDriver<RunRequest, RunResponse>(go.open(BuilderServiceService.run), {
    message: { $case: "start", value: start },
  });
}

/** Does what the host does: asks for a token and fills in where the machine is. */
export async function grant(go: PluginDriver, ready: MachineReady): Promise<CommunicatorRef> {
  const { handle } = ready.communicator as CommunicatorRef;
  const { communicator } = await go.unary(CommunicatorServiceService.grant, { handle });
  expect(communicator?.endpoint).toBe("");
  return { ...(communicator as CommunicatorRef), endpoint: go.endpoint };
}

export async function startProvisioner(
  python: PluginDriver,
  workingDirectory: string,
  communicator: CommunicatorRef | undefined,
  config: Readonly<Record<string, Value>>,
): Promise<SessionDriver<ProvisionRequest, ProvisionResponse>> {
  const full = { destination: text("etc/app.conf"), ...config };
  const prepared = await python.prepare("p", ComponentKind.PROVISIONER, "render", full, { workingDirectory });
  expect(prepared.diagnostics).toEqual([]);
  const generatedData = { values: { ID: text(communicator?.handle ?? "") } };
  const start = { instanceId: "p", step, communicator, generatedData };
  return new SessionDriver<ProvisionRequest, ProvisionResponse>(python.open(ProvisionerServiceService.provision), {
    message: { $case: "start", value: start },
  });
}

export async function postProcess(
  python: PluginDriver,
  workingDirectory: string,
  artifact: Artifact,
): Promise<PostProcessResult> {
  const config = { output: text("SUMS") };
  await python.prepare("pp", ComponentKind.POST_PROCESSOR, "sha256sums", config, { workingDirectory });
  const session = new SessionDriver<PostProcessRequest, PostProcessResponse>(
    python.open(PostProcessorServiceService.postProcess),
    { message: { $case: "start", value: { instanceId: "pp", step, artifact } } },
  );
  const result = await session.next<PostProcessResult>("result");
  await session.ended();
  expect(result.result).toEqual({ diagnostics: [], cancelled: false });
  return result;
}

export async function listFolder(go: PluginDriver, path: string): Promise<Record<string, unknown>> {
  await go.prepare("d", ComponentKind.DATA_SOURCE, "folder", { path: text(path) }, { workingDirectory: "/" });
  const session = new SessionDriver<ExecuteRequest, ExecuteResponse>(go.open(DataSourceServiceService.execute), {
    message: { $case: "start", value: { instanceId: "d", step } },
  });
  const { output } = await session.next<ExecuteResult>("result");
  await session.ended();
  const entries = output?.kind?.$case === "objectValue" ? output.kind.value.entries : {};
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, value.kind?.value]));
}
