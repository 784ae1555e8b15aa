import { describe, expect, test } from "@jest/globals";
import { listType, numberType, stringType } from "@ingot/hcl";
import { attributeSchema, decodePlain, load } from "./testing.js";

const NULL_SOURCE = `source "null" "a" {}\nbuild { sources = ["null.a"] }\n`;

describe("builds", () => {
  const full = `
variable "list" { default = ["p", "q"] }
source "null" "a" { communicator = "none" }
source "file" "f" { content = source.name }
build {
  name    = "b"
  sources = ["source.null.a", "file.f"]
  source "file.f" {
    name   = "g"
    target = "\${source.type}/\${source.name}"
  }
  provisioner "shell-local" {
    only         = ["file.g"]
    pause_before = "1.5s"
    timeout      = "1h"
    inline       = ["\${source.name} \${build.ID}"]
    override     = { g = { inline = ["over"] } }
  }
  dynamic "provisioner" {
    for_each = var.list
    labels   = ["shell-local"]
    content {
      name        = provisioner.value
      max_retries = 2
      timeout     = "1m"
      except      = ["null.a"]
      inline      = [provisioner.value]
    }
  }
  error-cleanup-provisioner "shell-local" { inline = ["x"] }
  post-processor "manifest" { keep_input_artifact = false }
  post-processors {
    post-processor "compress" { except = ["file.f"] }
    post-processor "checksum" { name = "sum" }
  }
}`;
  const shell = attributeSchema({ inline: listType(stringType) }, ["inline"]);
  const file = attributeSchema({ content: stringType, target: stringType });

  test("are named after block and source", async () => {
    const { template, lines } = await load(full);
    expect(lines).toEqual([]);
    expect(template?.builds.map(({ name, sourceName, builderType }) => [name, sourceName, builderType])).toEqual([
      ["b.null.a", "a", "null"],
      ["b.file.f", "f", "file"],
      ["b.file.g", "f", "file"],
    ]);
  });

  test("give the bodies of sources merged, with source known", async () => {
    const { template } = await load(full);
    expect(decodePlain(template?.builds[1]?.builder, file)).toEqual({ content: "f", target: null });
    expect(decodePlain(template?.builds[2]?.builder, file)).toEqual({ content: "g", target: "file/g" });
  });

  test("give provisioners with their meta arguments", async () => {
    const { template } = await load(full);
    const names = template?.builds.map(({ provisioners }) => provisioners.map(({ type, name }) => `${type}:${name}`));
    expect(names).toEqual([[], ["shell-local:p", "shell-local:q"], ["shell-local:", "shell-local:p", "shell-local:q"]]);
    const [first, second] = template?.builds[2]?.provisioners ?? [];
    expect(first).toMatchObject({
      pauseBeforeMs: 1500,
      timeoutMs: 0,
      maxRetries: 0,
      continueOnError: false,
      usesBuildData: true,
    });
    expect(second).toMatchObject({ pauseBeforeMs: 0, timeoutMs: 60_000, maxRetries: 2, usesBuildData: false });
    expect(decodePlain(first, shell, { ID: "i-1" })).toEqual({ inline: ["over"] });
    expect(decodePlain(second, shell)).toEqual({ inline: ["p"] });
    expect(template?.builds[0]?.errorCleanupProvisioner?.type).toBe("shell-local");
  });

  test("give post-processors in chains", async () => {
    const { template } = await load(full);
    const chains = template?.builds.map(({ postProcessorChains }) =>
      postProcessorChains.map((chain) =>
        chain.map(({ type, name, keepInputArtifact }) => [type, name, keepInputArtifact]),
      ),
    );
    const manifest = ["manifest", "", false];
    const sum = ["checksum", "sum", undefined];
    expect(chains?.[0]).toEqual([[manifest], [["compress", "", undefined], sum]]);
    expect(chains?.[1]).toEqual([[manifest], [sum]]);
  });

  test("give identities that differ and stay the same", async () => {
    const identities = async () => {
      const { template } = await load(full);
      return template?.builds.flatMap((build) =>
        [build.builder, ...build.provisioners, ...build.postProcessorChains.flat()].map(({ identity }) => identity),
      );
    };
    const [once, again] = [await identities(), await identities()];
    expect(once).toEqual(again);
    expect(new Set(once).size).toBe(once?.length);
  });

  test("find the place of an attribute", async () => {
    const { template } = await load(full);
    const [first] = template?.builds[2]?.provisioners ?? [];
    expect(first?.rangeOfPath(["inline", 0]).start.line).toBe(16);
    expect(first?.rangeOfPath(["nope"])).toEqual(first?.range);
  });

  test.each([
    { reference: "source.null.a" },
    { reference: "null.a" },
    { reference: "foo.null.a" },
    { reference: "source.null.a.b" },
  ])("$reference means null.a", async ({ reference }) => {
    const { template } = await load(`source "null" "a" {}\nbuild { sources = ["${reference}"] }`);
    expect(template?.builds.map(({ name }) => name)).toEqual(["null.a"]);
  });

  test.each([
    {
      name: "no source",
      text: "build {}",
      want: [
        "error: main.pkr.hcl:1,1-6: missing source reference; a build block must reference at least one source to be built",
      ],
    },
    {
      name: "unknown source",
      text: `source "null" "a" {}\nbuild { sources = ["null.b"] }`,
      want: ['error: main.pkr.hcl:2,1-6: Unknown source null.b; Did you mean to use "null.a"?'],
    },
    {
      name: "unknown source, nothing like it",
      text: `source "null" "a" {}\nbuild { sources = ["file.other"] }`,
      want: ["error: main.pkr.hcl:2,1-6: Unknown source file.other; Known: [null.a]"],
    },
    {
      name: "duplicate source",
      text: `source "null" "a" {}\n${NULL_SOURCE}`,
      want: [
        "error: main.pkr.hcl:2,1-18: Duplicate source block; This source block has the same builder type and name as a previous block declared at main.pkr.hcl:1,1-18. Each source must have a unique name per builder type.",
      ],
    },
    {
      name: "only and except",
      text: `source "null" "a" {}\nbuild {\n  sources = ["null.a"]\n  provisioner "x" {\n    only = ["a"]\n    except = ["b"]\n  }\n}`,
      want: ["error: main.pkr.hcl:6,5-19: only one of 'only' or 'except' may be specified"],
    },
    {
      name: "bad duration",
      text: `source "null" "a" {}\nbuild {\n  sources = ["null.a"]\n  provisioner "x" {\n    timeout = 5\n  }\n}`,
      want: ['error: main.pkr.hcl:5,5-16: Failed to parse timeout duration; time: missing unit in duration "5"'],
    },
    {
      name: "unknown meta argument",
      text: `source "null" "a" {}\nbuild {\n  sources = ["null.a"]\n  provisioner "x" {\n    name = source.name\n  }\n}`,
      want: ["error: main.pkr.hcl:5,12-23: Unsuitable value type; Unsuitable value: value must be known"],
    },
    {
      name: "bad block",
      text: `vriable "x" {}`,
      want: [
        'error: main.pkr.hcl:1,1-8: Unsupported block type; Blocks of type "vriable" are not expected here. Did you mean "variables"?',
      ],
    },
    {
      name: "argument at top level",
      text: "foo = 1",
      want: ['error: main.pkr.hcl:1,1-4: Unsupported argument; An argument named "foo" is not expected here.'],
    },
    {
      name: "bad argument of build",
      text: `source "null" "a" {}\nbuild {\n  sources = ["null.a"]\n  foo = 1\n}`,
      want: ['error: main.pkr.hcl:4,3-6: Unsupported argument; An argument named "foo" is not expected here.'],
    },
    {
      name: "too new",
      text: `packer { required_version = ">= 2" }\nnope {}`,
      want: [
        "error: main.pkr.hcl:1,10-35: Unsupported Packer Core version; This configuration does not support Packer version 1.16.0. To proceed, either choose another supported Packer version or update this version constraint. Version constraints are normally set for good reason, so updating the constraint may lead to other errors or unexpected behavior.",
      ],
    },
  ])("$name", async ({ text, want }) => expect((await load(text)).lines).toEqual(want));

  test("an argument that source and nested source both set is a duplicate", async () => {
    const { template } = await load(
      `source "file" "f" { content = "1" }\nbuild {\n  source "file.f" {\n    content = "2"\n  }\n}`,
    );
    expect(decodePlain(template?.builds[0]?.builder, file)).toEqual([
      'error: main.pkr.hcl:4,5-12: Duplicate argument; Argument "content" was already set at main.pkr.hcl:1,21-28',
    ]);
  });

  test("a build attribute that isn't there is an error, and build is closed to sources", async () => {
    const { template } = await load(
      `source "file" "f" { content = build.ID }\nbuild {\n  sources = ["file.f"]\n  provisioner "shell-local" { inline = [build.Nope] }\n}`,
    );
    const [build] = template?.builds ?? [];
    expect(decodePlain(build?.builder, file)).toEqual([
      'error: main.pkr.hcl:1,36-39: Unsupported attribute; This object does not have an attribute named "ID".',
    ]);
    expect(decodePlain(build?.provisioners[0], shell, { ID: "x" })).toEqual([
      'error: main.pkr.hcl:4,46-51: Unsupported attribute; This object does not have an attribute named "Nope".',
    ]);
  });

  test("unknown components are reported with a proposal", async () => {
    const known = {
      exists: ({ name }: { name: string }) => Promise.resolve(name === "null"),
      names: () => Promise.resolve(["null", "shell"]),
    };
    const { lines } = await load(
      `source "nul" "a" {}\nbuild {\n  sources = ["nul.a"]\n  provisioner "shel" {}\n  post-processor "acme-thing" {}\n}`,
      { evaluate: { knownComponents: known } },
    );
    expect(lines).toEqual([
      'error: main.pkr.hcl:2,1-6: Unknown source type nul; Did you mean to use "null"?',
      'error: main.pkr.hcl:4,3-14: Unknown provisioner type "shel"; Did you mean to use "shell"?',
      'error: main.pkr.hcl:5,3-17: Unknown post-processor type "acme-thing"; The post-processor acme-thing is unknown by Packer, and is likely part of a plugin that is not installed.\nYou may find the needed plugin along with installation instructions documented on the Packer integrations page.\n\nhttps://developer.hashicorp.com/packer/integrations?filter=acme',
    ]);
  });
});

test("a large template is evaluated in time that grows with its size", async () => {
  const size = 500;
  const numbers = Array.from({ length: size }, (_, at) => at);
  const text = [
    ...numbers.map((at) => `variable "v${at}" { default = "value ${at}" }`),
    "locals {",
    ...numbers.map((at) => `  l${at} = ${at % 10 === 0 ? `var.v${at}` : `"\${local.l${at - 1}}."`}`),
    "}",
    ...numbers.map((at) => `source "file" "s${at}" { content = local.l${at} }`),
    `build {\n  sources = [${numbers.map((at) => `"file.s${at}"`).join(", ")}]\n  provisioner "shell-local" { inline = [source.name] }\n}`,
  ].join("\n");
  const started = performance.now();
  const { template } = await load(text);
  const of = attributeSchema({ content: stringType, size: numberType });
  expect(decodePlain(template?.builds[19]?.builder, of)).toEqual({ content: "value 10.........", size: null });
  expect(template?.builds.map((build) => decodePlain(build.builder, of)).length).toBe(size);
  // Generous: machines that run tests are busy.
  expect(performance.now() - started).toBeLessThan(5_000);
});
