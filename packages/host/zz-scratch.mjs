import { createPluginHost } from "@ingot/host";
import { objectValue, stringValue } from "@ingot/hcl";
import { mkdtempSync, readdirSync } from "node:fs";
const signal = new AbortController().signal;
const wd = mkdtempSync("/tmp/goi/hs/w-");
const host = createPluginHost({ hostVersion: "0.1.0", env: { ...process.env, INGOT_PLUGIN_PATH: "/work/main/examples/plugins/go/bin:/work/main/examples/plugins/python/bin" }, log: (r) => process.env.V && console.log("LOG", r.message, JSON.stringify(r.fields)) });
const build = { buildName: "t", builderType: "folder", debug: false, force: false, onError: "", sensitiveVariables: [], runId: "r", workingDirectory: wd, cacheDirectory: wd };
const step = { runId: "r", buildId: "b", stepId: "s" };
const h = { ui: (l, t) => console.log("UI", l, t), log() {}, progress: (p) => console.log("PROGRESS", p.label, p.done), ask: async () => "", resource: async (r) => console.log("RES", r.kind, r.state), warning: console.log, secrets: () => {} };
try {
  for (const k of ["builder", "provisioner", "post-processor", "data-source"]) console.log(k, await host.componentNames(k, { signal }));
  const req = async (kind, name, config) => {
    const component = { kind, name };
    const d = await host.describe(component, { signal });
    return { component, config: objectValue(config), build, validateOnly: false };
  };
  const b = await host.prepareBuilder(await req("builder", "folder", { output: stringValue("out") }), { signal });
  const p = await host.prepareProvisioner(await req("provisioner", "render", { destination: stringValue("a.txt"), content: stringValue("id @{ID}\n") }), { signal });
  const s = await host.preparePostProcessor(await req("post-processor", "sha256sums", { output: stringValue("S") }), { signal });
  console.log(b.diagnostics, p.diagnostics, s.diagnostics);
  const r = await b.value.run({ step }, { ...h, provision: async (machine) => { console.log("machine", machine.connectionType, [...machine.generatedData.keys()]); const x = await p.value.provision({ step, machine }, h, { signal }); console.log(x.diagnostics); return x.diagnostics; } }, { signal });
  console.log(r.diagnostics, r.artifact?.files, r.artifact?.description);
  if (r.artifact) {
    const q = await s.value.postProcess({ step, artifact: r.artifact }, h, { signal });
    console.log(q.diagnostics, q.artifact?.files, q.keepInput);
    console.log(await host.destroyArtifact(q.artifact, { signal }), await host.destroyArtifact(r.artifact, { signal }));
  }
} catch (e) { console.log("ERR", e.message); } finally { const t = Date.now(); await host[Symbol.asyncDispose](); console.log("disposed in", Date.now() - t, readdirSync(wd)); }
