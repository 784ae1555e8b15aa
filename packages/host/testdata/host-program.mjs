// A host that starts the plugins of a path, begins a session of "nasty" unless told otherwise, and waits to be killed. Prints
// the plugins' processes.
import { createPluginHost } from "@ingot/host";
import { objectValue, stringValue } from "@ingot/hcl";

const host = createPluginHost({
  hostVersion: "0.1.0",
  env: { PATH: process.env.PATH, INGOT_PLUGIN_PATH: process.argv[2] },
  log: ({ fields }) => fields.pid && console.log(fields.pid),
});
const signal = new AbortController().signal;
if (process.argv[3] === "describe") {
  await host.componentNames("builder", { signal });
  console.log("running");
  setInterval(() => {}, 1000);
  await new Promise(() => {});
}
const build = {
  buildName: "test",
  builderType: "nasty",
  debug: false,
  force: false,
  onError: "",
  sensitiveVariables: [],
  runId: "run",
  workingDirectory: "/",
  cacheDirectory: "/",
};
const config = objectValue({ mode: stringValue("killed-by-test") });
const component = { kind: "builder", name: "nasty" };
const { value } = await host.prepareBuilder({ component, config, build, validateOnly: false }, { signal });
const ui = () => console.log("running");
await value.run({ step: { runId: "", buildId: "", stepId: "" } }, { ui, log() {} }, { signal });
