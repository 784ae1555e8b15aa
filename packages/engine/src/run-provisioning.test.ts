import { describe, expect, test } from "@jest/globals";
import { failedWith, MemoryPlugins, provisioningBuilder, succeeded } from "./testing/memory-plugins.js";
import { eventsOf, runTemplate, type Observed, type RunTemplateOptions } from "./testing/run-template.js";
import { provisioner, templateOf, type ShortBuild } from "./testing/template-of.js";

/** Runs one build. `fail` fails with "error N" at its Nth call, for as many calls as `failures` says. */
async function provision(
  build: Omit<ShortBuild, "name">,
  options: Partial<RunTemplateOptions> & { readonly failures?: number } = {},
): Promise<Observed & { readonly calls: readonly string[] }> {
  const calls: string[] = [];
  let failed = 0;
  const plugins = new MemoryPlugins({
    builders: { box: provisioningBuilder("x") },
    provisioners: {
      ok: () => {
        calls.push("ok");
        return Promise.resolve(succeeded);
      },
      fail: () => {
        calls.push("fail");
        failed++;
        return Promise.resolve(failed <= (options.failures ?? Infinity) ? failedWith(`error ${failed}`) : succeeded);
      },
      hang: async (_handlers, { signal }) => {
        calls.push("hang");
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
        return { diagnostics: [], cancelled: true };
      },
      cleanup: () => {
        calls.push("cleanup");
        return Promise.resolve(succeeded);
      },
    },
  });
  const observed = await runTemplate(templateOf([{ name: "box.a", ...build }]), { plugins, ...options });
  return { ...observed, calls };
}

function errorOf({ events }: Observed): string | undefined {
  return eventsOf(events, "build-failed")[0]?.error;
}

describe("provisioners", () => {
  test("run in order, and the first failure ends them and runs the clean-up provisioner", async () => {
    const run = await provision({
      provisioners: [provisioner("ok"), provisioner("fail"), provisioner("ok")],
      errorCleanup: provisioner("cleanup"),
    });
    expect(run.calls).toEqual(["ok", "fail", "cleanup"]);
    expect(errorOf(run)).toBe("error 1");
    expect(eventsOf(run.events, "provisioning-failed")).toHaveLength(1);
  });

  test("are tried again, and what is reported is the first error", async () => {
    const run = await provision({ provisioners: [provisioner("fail", { maxRetries: 2 })] });
    expect(run.calls).toEqual(["fail", "fail", "fail"]);
    const retries = eventsOf(run.events, "step-retrying").map(({ error, triesLeft }) => [error, triesLeft]);
    expect(retries).toEqual([
      ["error 1", 2],
      ["error 1", 1],
    ]);
    expect(eventsOf(run.events, "step-started").map(({ attempt }) => attempt)).toEqual([1, 1, 2, 3]);
    expect(eventsOf(run.events, "step-retries-exhausted")).toHaveLength(1);
    expect(errorOf(run)).toBe("error 1");
  });

  test("succeed when a retry does", async () => {
    const run = await provision({ provisioners: [provisioner("fail", { maxRetries: 3 })] }, { failures: 2 });
    expect(run.calls).toHaveLength(3);
    expect(run.result.outcome).toBe("success");
  });

  test("with continue_on_error don't stop the build", async () => {
    const run = await provision({ provisioners: [provisioner("fail", { continueOnError: true }), provisioner("ok")] });
    expect(run.calls).toEqual(["fail", "ok"]);
    expect(eventsOf(run.events, "step-error-ignored")).toMatchObject([{ error: "error 1" }]);
    expect(run.result.outcome).toBe("success");
  });

  test("are cancelled after their timeout, and waited for", async () => {
    const run = await provision({ provisioners: [provisioner("hang", { timeoutMs: 10 })] });
    expect(eventsOf(run.events, "step-timed-out")).toHaveLength(1);
    expect(errorOf(run)).toBe("context deadline exceeded");
    expect(eventsOf(run.events, "build-failed")[0]?.cancelled).toBe(false);
  });

  test("with a pause have no timeout", async () => {
    const run = await provision({ provisioners: [provisioner("ok", { pauseBeforeMs: 5, timeoutMs: 5 })] });
    expect(eventsOf(run.events, "step-pausing")).toMatchObject([{ pauseMs: 5 }]);
    expect(eventsOf(run.events, "step-timeout-set")).toHaveLength(0);
  });

  test("end with the cancelled build: no retry, no clean-up provisioner, whatever the block says", async () => {
    const controller = new AbortController();
    const run = await provision(
      {
        provisioners: [provisioner("hang", { maxRetries: 2, continueOnError: true }), provisioner("ok")],
        errorCleanup: provisioner("cleanup"),
      },
      {
        controller,
        onEvent: (event) => {
          if (event.type === "step-started" && event.component === "hang") setTimeout(() => controller.abort(), 300);
        },
      },
    );
    expect(run.calls).toEqual(["hang"]);
    expect(eventsOf(run.events, "build-failed")[0]).toMatchObject({ error: "context canceled", cancelled: true });
  });

  test("wait for the user when debugging, and go on without a terminal", async () => {
    const run = await provision({ provisioners: [provisioner("ok")] }, { settings: { debug: true } });
    expect(eventsOf(run.events, "question")[0]?.text).toBe(
      "Pausing before the next provisioner . Press enter to continue.",
    );
    expect(eventsOf(run.events, "question-answered")[0]?.error).toBe("no available tty");
    expect(run.calls).toEqual(["ok"]);
  });
});

describe("-on-error", () => {
  const build = { provisioners: [provisioner("fail")], errorCleanup: provisioner("cleanup") };

  test.each([
    { onError: "cleanup" as const, calls: ["fail", "cleanup"] },
    { onError: "run-cleanup-provisioner" as const, calls: ["fail", "cleanup"] },
    { onError: "abort" as const, calls: ["fail"] },
  ])("$onError calls $calls", async ({ onError, calls }) => {
    expect((await provision(build, { settings: { onError } })).calls).toEqual(calls);
  });

  test("ask tries again on r, asks again on nonsense, cleans up on c", async () => {
    const answers = ["r", "what", "C"];
    const ask = () => Promise.resolve(answers.shift() ?? "");
    const run = await provision(build, { settings: { onError: "ask" }, ask });
    expect(run.calls).toEqual(["fail", "fail", "cleanup"]);
    expect(eventsOf(run.events, "ui").map(({ text }) => text)).toEqual(['Incorrect input: "what"']);
    expect(errorOf(run)).toBe("error 2");
  });

  test("ask aborts on a", async () => {
    const run = await provision(build, { settings: { onError: "ask" }, ask: () => Promise.resolve("abort") });
    expect(run.calls).toEqual(["fail"]);
    expect(eventsOf(run.events, "provisioning-aborted")).toHaveLength(1);
  });
});
