import { expect, test } from "@jest/globals";
import { isKnown, entriesOf, stringValue } from "@ingot/hcl";
import { MemoryPlugins, provisioningBuilder, succeeded } from "./testing/memory-plugins.js";
import { eventsOf, runTemplate } from "./testing/run-template.js";
import { postProcessor, provisioner, templateOf } from "./testing/template-of.js";

const components = {
  builders: { box: provisioningBuilder("x"), docker: provisioningBuilder("y") },
  provisioners: { "shell-local": () => Promise.resolve(succeeded) },
  postProcessors: {},
};

test("reports all unknown components, each once, and runs nothing", async () => {
  const plugins = new MemoryPlugins(components);
  const { events, result } = await runTemplate(
    templateOf([
      { name: "dokcer.a", builder: "dokcer" },
      {
        name: "box.a",
        provisioners: [provisioner("shel-local"), provisioner("chef-solo")],
        chains: [[postProcessor("zip")]],
      },
      { name: "box.b", provisioners: [provisioner("shel-local")] },
    ]),
    { plugins },
  );
  expect(result.succeeded).toBe(0);
  expect(plugins.prepared).toEqual([]);
  const [reported] = eventsOf(events, "diagnostics");
  expect(reported?.diagnostics.map(({ summary, detail }) => [summary, detail.split("\n")[0]])).toEqual([
    ["Unknown source type dokcer", 'Did you mean to use "docker"?'],
    ['Unknown provisioner type "shel-local"', 'Did you mean to use "shell-local"?'],
    [
      'Unknown provisioner type "chef-solo"',
      'No plugin offers the provisioner type "chef-solo"; it is probably part of a plugin that is not installed.',
    ],
    [
      'Unknown post-processor type "zip"',
      'No plugin offers the post-processor type "zip"; it is probably part of a plugin that is not installed.',
    ],
  ]);
});

test("leaves out only the build with a bad component, and says where the fault is", async () => {
  const plugins = new MemoryPlugins({
    ...components,
    validate: ({ component }) =>
      component.name === "docker"
        ? [{ severity: "error", summary: "image required", detail: "", path: ["image"] }]
        : [],
  });
  const template = templateOf([{ name: "docker.a", builder: "docker" }, { name: "box.b" }]);
  const { events, result } = await runTemplate(template, { plugins });
  expect(result).toEqual({ outcome: "failed", succeeded: 1, failed: 0 });
  expect(eventsOf(events, "diagnostics")[0]).toMatchObject({
    phase: "plan",
    diagnostics: [{ summary: "image required", subject: { filename: "test.pkr.hcl", start: { line: 2 } } }],
  });
  expect(eventsOf(events, "build-planned").map(({ name, valid }) => [name, valid])).toEqual([
    ["docker.a", false],
    ["box.b", true],
  ]);
  expect(plugins.alive).toBe(0);
});

test("checks a body that needs the build's data with unknown values, and decodes it again when the data is there", async () => {
  const plugins = new MemoryPlugins({
    builders: { box: provisioningBuilder("x", new Map([["ID", stringValue("vm-7")]])) },
    provisioners: { "shell-local": () => Promise.resolve(succeeded) },
  });
  const late = provisioner("shell-local", { usesBuildData: true });
  await runTemplate(templateOf([{ name: "box.a", provisioners: [late] }]), { plugins, runId: "run-1" });
  const [, early, real] = plugins.prepared;
  const idOf = (request: typeof early) => (request === undefined ? undefined : entriesOf(request.config).get("ID"));
  expect(early?.validateOnly).toBe(true);
  expect(isKnown(idOf(early) ?? stringValue(""))).toBe(false);
  expect(real?.validateOnly).toBe(false);
  expect(idOf(real)).toEqual(stringValue("vm-7"));
  expect(real === undefined ? undefined : entriesOf(real.config).get("PackerRunUUID")).toEqual(stringValue("run-1"));
  expect(plugins.alive).toBe(0);
});

test("a cancelled plan rejects, and leaves no other promise that does", async () => {
  const controller = new AbortController();
  const plugins = new MemoryPlugins({
    ...components,
    validate: () => {
      controller.abort(new Error("interrupted"));
      throw new Error("too late");
    },
  });
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): unknown => unhandled.push(reason);
  process.on("unhandledRejection", listen);
  const run = runTemplate(templateOf([{ name: "box.a", provisioners: [provisioner("shell-local")] }]), {
    ...{ plugins, controller },
  });
  await expect(run).rejects.toThrow("interrupted");
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off("unhandledRejection", listen);
  expect(unhandled).toEqual([]);
});
