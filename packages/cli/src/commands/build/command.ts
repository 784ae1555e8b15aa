import { durationFlag } from "../../flags/duration-flag.js";
import { choiceFlag, integerFlag, switchFlag } from "../../flags/flag-kinds.js";
import type { FlagValues } from "../../flags/parse-flags.js";
import { openRunSession, runInSession, type RunSession } from "../../run-session.js";
import { loadOptions } from "../load-options.js";
import type { CommandContext, RunCommand } from "../registry.js";
import { runFlags } from "../run-flags.js";
import { readTemplateRequest, type TemplateRequest } from "../template-command.js";
import { HELP } from "./help.js";

function buildFlags() {
  return {
    ...runFlags(),
    color: switchFlag(undefined),
    debug: switchFlag(false),
    force: switchFlag(false),
    "timestamp-ui": switchFlag(false),
    // It counts only with one dash, and is gone then: here it means nothing.
    "machine-readable": switchFlag(false),
    "parallel-builds": integerFlag(0),
    "on-error": choiceFlag(["cleanup", "abort", "ask", "run-cleanup-provisioner"]),
    "warn-on-undeclared-var": switchFlag(false),
    "skip-enforcement": switchFlag(false),
    "fail-fast": switchFlag(false),
    timeout: durationFlag(),
    durations: switchFlag(undefined),
  };
}

type BuildFlags = FlagValues<ReturnType<typeof buildFlags>>;

/** `ingot build`: loads the template, plans the builds, runs them. */
export const runCommand: RunCommand = async (context) => {
  const request = readTemplateRequest(buildFlags(), context, HELP);
  if (request === undefined) return 1;
  await using session = openBuildSession(context, request.flags);
  return await runInSession(session, () => buildTemplate(session, context, request));
};

function openBuildSession({ console, machineReadable, early }: CommandContext, flags: BuildFlags): RunSession {
  return openRunSession({
    ...{ console, command: "build", early },
    settings: {
      ...{ debug: flags.debug, force: flags.force, onError: flags["on-error"] },
      ...{ parallelBuilds: flags["parallel-builds"], failFast: flags["fail-fast"], validateOnly: false },
    },
    timeoutMs: flags.timeout,
    ignoresPrereleases: flags["ignore-prerelease-plugins"],
    output: {
      ...{ machineReadable, color: flags.color, hasTimestamps: flags["timestamp-ui"] },
      ...{ json: flags.json, jsonInto: flags["json-into"], showsDurations: flags.durations },
      cleansUpFirst: flags["on-error"] === "run-cleanup-provisioner",
    },
  });
}

async function buildTemplate(
  { run, ui, signal }: RunSession,
  { console }: CommandContext,
  { flags, template, isLegacy }: TemplateRequest<BuildFlags>,
): Promise<number> {
  const warnUndeclared = flags["warn-on-undeclared-var"];
  const options = loadOptions(flags, { template, isLegacy, console, warnUndeclared, executeDataSources: true });
  const loaded = await run.load(options, { signal });
  const plan = loaded === undefined ? undefined : await run.plan(loaded, { signal });
  if (plan === undefined || plan.builds.length === 0) {
    await run.finish("failed");
    return 1;
  }
  if (flags["skip-enforcement"]) ui.say("Skipping HCP Packer enforced provisioners (--skip-enforcement flag set)");
  if (flags.debug) ui.say("Debug mode enabled. Builds will not be parallelized.");
  const { outcome } = await run.execute(plan, { signal });
  return outcome === "success" ? 0 : 1;
}
