import { dirname, resolve } from "node:path";
import { makeFolders, DiagnosticError, type ArtifactResult, type BuilderContext } from "@ingot/sdk";
import { loadBase } from "./base/load-base.js";
import type { LoadedBase } from "./base/loaded-base.js";
import { resourceKinds } from "./builder.js";
import type { OciConfig } from "./config.js";
import { clampTime } from "./image/clamp-time.js";
import { createLayout, writeJsonBlob, writeLayoutIndex } from "./image/image-layout.js";
import { environmentOf, nextContainerConfig, nextImageConfig, type ImageOptions } from "./image/image-options.js";
import { mediaTypes, type Descriptor, type ImageManifest, type Layer } from "./image/image-spec.js";
import { LayerWriter } from "./image/layer-writer.js";
import { hostPlatform, parsePlatform } from "./image/platform.js";
import { choosePartialFolder, publishOutput } from "./image-output.js";
import { sandboxMachine } from "./machine/sandbox-machine.js";
import { explainError } from "./explain-error.js";
import { extractTree } from "./sandbox/extract-tree.js";
import { openIdSpace, type IdSpace } from "./sandbox/id-space.js";
import { copyChanges, overlayChanges } from "./sandbox/layer-changes.js";
import { prepareWorkFolder, startSandbox } from "./sandbox/start-sandbox.js";
import { chooseScratchFolder, makeScratchFolder } from "./scratch-folder.js";

type Context = BuilderContext<OciConfig>;

/** Runs one build from base to output. */
export async function runOciBuild(context: Context, fileAgent: readonly string[]): Promise<ArtifactResult> {
  try {
    return await build(context, fileAgent);
  } catch (error) {
    const problem = explainError(error);
    throw problem === undefined ? error : new DiagnosticError(problem, { cause: error });
  }
}

interface Site {
  readonly context: Context;
  readonly ids: IdSpace;
  readonly work: string;
  readonly layout: string;
}

interface ProvisionerOptions {
  readonly fileAgent: readonly string[];
  readonly generatedData: Readonly<Record<string, unknown>>;
}

async function build(context: Context, fileAgent: readonly string[]): Promise<ArtifactResult> {
  const { config, build: facts, resources, signal, ui } = context;
  const output = resolve(facts.workingDirectory, config.output);
  await using ids = await openIdSpace({ signal });
  const work = chooseScratchFolder();
  await using scratch = await resources.create(
    resourceKinds.scratch,
    async () => {
      await makeScratchFolder(work);
      await prepareWorkFolder(work);
      return {};
    },
    { locator: { path: work, ids: ids.mode } },
  );
  const layout = choosePartialFolder(output);
  await using partial = await resources.create(
    resourceKinds.output,
    async () => {
      const made = await makeFolders(dirname(output));
      await createLayout(layout);
      return made === undefined ? {} : { locator: { path: layout, made } };
    },
    { locator: { path: layout } },
  );
  const site = { context, ids, work, layout };
  const generatedData = { ID: scratch.id, User: "root" };
  const { base, method } = await provisionBase(site, { fileAgent, generatedData });
  const layer = await context.runStep("StepWriteLayer", () => writeChanges(site, base, method));
  const manifest = await context.runStep("StepWriteImage", async () => {
    const descriptor = await writeImage(site, base, layer);
    await publishOutput(layout, output, { force: facts.force, signal });
    return descriptor;
  });
  await partial.release();
  ui.say(`Image ${manifest.digest} written to ${config.output}`);
  const tags = config.tags ?? [];
  return {
    id: manifest.digest,
    files: [config.output],
    summary: `OCI image ${manifest.digest}${tags.length === 0 ? "" : ` (${tags.join(", ")})`} in ${config.output}`,
    builderId: "ingot.oci",
    state: { path: output, digest: manifest.digest, tags },
    generatedData: { ...generatedData, Digest: manifest.digest },
  };
}

/** Loads the base and runs the provisioners over it, while the base's own layer may still be written. */
async function provisionBase(
  site: Site,
  options: ProvisionerOptions,
): Promise<{ readonly base: LoadedBase; readonly method: "overlay" | "copy" }> {
  const { context, ids, work, layout } = site;
  const { config, build: facts, signal, ui } = context;
  const background = new AbortController();
  const loaded = await context.runStep("StepLoadBase", () =>
    loadBase({
      base: config.base,
      workingDirectory: facts.workingDirectory,
      cacheDirectory: facts.cacheDirectory,
      platform: (config.platform === undefined ? undefined : parsePlatform(config.platform)) ?? hostPlatform(),
      username: config.username,
      password: config.password,
      caFile: config.ca_file === undefined ? undefined : resolve(facts.workingDirectory, config.ca_file),
      sourceDateEpoch: facts.sourceDateEpoch,
      ...{ layout, work, ids, signal: AbortSignal.any([signal, background.signal]), say: ui.say },
    }),
  );
  try {
    const method = await runProvisioners(site, loaded, options);
    return { base: { ...loaded, ...(await loaded.pending) }, method };
  } catch (error) {
    background.abort();
    await loaded.pending?.catch(() => undefined); // only its end matters now
    throw error;
  }
}

/** Runs the provisioners and gives how their changes were kept. Nothing of the sandbox runs when it returns. */
async function runProvisioners(
  { context, ids, work }: Site,
  base: LoadedBase,
  options: ProvisionerOptions,
): Promise<"overlay" | "copy"> {
  const { config, signal, ui, log, provision } = context;
  if (base.sources.length > 0) {
    ui.say("Unpacking the base image...");
    await extractTree({ tree: base.tree, layers: base.sources, ids, work, signal });
  }
  if (ids.mode === "single")
    log.debug("one user only: no range of subordinate ids in /etc/subuid and /etc/subgid, or no newuidmap");
  await using sandbox = await startSandbox({
    ids,
    work,
    network: config.network,
    signal,
    onFallback: (reason) => log.warn("overlayfs cannot be used; copying the base instead", { reason }),
    ...(base.folder === undefined ? {} : { folder: base.folder }),
  });
  const environment = environmentOf(nextContainerConfig(base.config.config ?? {}, imageOptions(config)));
  const machine = sandboxMachine({ sandbox, ids, environment, fileAgent: options.fileAgent });
  await provision(machine, options.generatedData);
  return sandbox.method;
}

/** Writes what provisioners changed as a layer; undefined when they changed nothing. */
async function writeChanges(site: Site, base: LoadedBase, method: "overlay" | "copy"): Promise<Layer | undefined> {
  const { context, ids, work, layout } = site;
  context.ui.say("Writing the layer...");
  const changes = method === "overlay" ? overlayChanges : copyChanges;
  const writer = await LayerWriter.create(layout);
  try {
    for await (const { entry, content } of changes({ ids, work, base: base.tree, signal: context.signal }))
      await writer.add(clampTime(entry, context.build.sourceDateEpoch), content?.());
    if (writer.entries > 0) return await writer.end();
    await writer.abandon();
    return undefined;
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

async function writeImage({ context, layout }: Site, base: LoadedBase, layer: Layer | undefined): Promise<Descriptor> {
  const { config, build: facts } = context;
  const created = facts.sourceDateEpoch === undefined ? new Date() : new Date(facts.sourceDateEpoch * 1000);
  const document = nextImageConfig(base.config, imageOptions(config), { layer, created, createdBy: "ingot" });
  const layers = [...base.layers, ...(layer === undefined ? [] : [layer])].map(({ descriptor }) => descriptor);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: await writeJsonBlob(layout, mediaTypes.ociConfig, document),
    layers,
  };
  const descriptor = await writeJsonBlob(layout, mediaTypes.ociManifest, manifest);
  const { os, architecture, variant } = base.config;
  const platform = { architecture, os, ...(variant === undefined ? {} : { variant }) };
  await writeLayoutIndex(layout, { ...descriptor, platform }, config.tags ?? []);
  return descriptor;
}

function imageOptions(config: OciConfig): ImageOptions {
  return {
    cmd: config.cmd,
    entrypoint: config.entrypoint,
    env: config.env,
    labels: config.labels,
    user: config.user,
    workingDir: config.working_dir,
    exposedPorts: config.exposed_ports,
    volumes: config.volumes,
    stopSignal: config.stop_signal,
  };
}
