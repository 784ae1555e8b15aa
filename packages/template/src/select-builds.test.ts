import { describe, expect, test } from "@jest/globals";
import { selectBuilds } from "./select-builds.js";
import { load } from "./testing.js";

describe("selectBuilds", () => {
  const text = `
source "null" "a" {}
source "null" "b" {}
build {
  name    = "x"
  sources = ["null.a", "null.b"]
  post-processors {
    post-processor "one" {}
    post-processor "two" { name = "second" }
    post-processor "three" {}
  }
}`;
  const select = async (only: readonly string[], except: readonly string[]) => {
    const { template } = await load(text);
    if (template === undefined) throw new Error("the template has errors");
    const { value, diagnostics } = selectBuilds(template, { only, except });
    return {
      names: value.map(({ name }) => name),
      chain: value[0]?.postProcessorChains[0]?.map(({ type }) => type),
      chains: value[0]?.postProcessorChains.length,
      messages: diagnostics.map(({ summary }) => summary),
    };
  };
  const NOT_ALL = "an 'only' option was passed, but not all matches were found for the given build.";
  const NO_MATCH = "an 'except' option was passed, but did not match any build.";

  test.each([
    { only: [], except: [], names: ["x.null.a", "x.null.b"], messages: [] },
    { only: ["x.null.a"], except: [], names: ["x.null.a"], messages: [] },
    { only: ["x.null.a"], except: ["x.null.a"], names: [], messages: [] },
    { only: ["null.a"], except: [], names: [], messages: [NOT_ALL] },
    { only: ["*.null.?"], except: ["*b"], names: ["x.null.a"], messages: [] },
    { only: ["x.*", "nope", "nope2"], except: [], names: ["x.null.a", "x.null.b"], messages: [NOT_ALL] },
    { only: [], except: ["nope"], names: ["x.null.a", "x.null.b"], messages: [NO_MATCH] },
    { only: ["[a"], except: [], names: [], messages: ["Invalid -only pattern [a: unexpected end of input"] },
  ])("-only $only -except $except", async ({ only, except, names, messages }) => {
    expect(await select(only, except)).toMatchObject({ names, messages });
  });

  test("-except cuts a chain at a post-processor, by its name or its type", async () => {
    expect((await select([], ["second"])).chain).toEqual(["one"]);
    expect(await select([], ["three"])).toMatchObject({ chain: ["one", "two"], messages: [] });
    expect((await select([], ["two"])).chain).toEqual(["one", "two", "three"]);
  });

  test("a chain of which nothing is left is no chain, so that the builder's artifact stays", async () => {
    expect((await select([], ["one"])).chains).toBe(0);
  });
});
