import { hasErrors } from "@ingot/diag";
import { switchFlag } from "../../flags/flag-kinds.js";
import type { FlagValues } from "../../flags/parse-flags.js";
import { openRunSession, runInSession, type RunSession } from "../../run-session.js";
import { loadOptions } from "../load-options.js";
import type { CommandContext, RunCommand } from "../registry.js";
import { runFlags } from "../run-flags.js";
import { readTemplateRequest, type TemplateRequest } from "../template-command.js";
import { HELP } from "./help.js";

function validateFlags() {
  return {
    ...runFlags(),
    "syntax-only": switchFlag(false),
    "no-warn-undeclared-var": switchFlag(false),
    "evaluate-datasources": switchFlag(false),
  };
}

type ValidateFlags = FlagValues<ReturnType<typeof validateFlags>>;

/** `ingot validate`: loads the template and lets the plugins check it. */
export const runCommand: RunCommand = async (context) => {
  const request = readTemplateRequest(validateFlags(), context, HELP);
  if (request === undefined) return 1;
  const { console, machineReadable } = context;
  await using session = openRunSession({
    ...{ console, command: "validate" },
    settings: { debug: false, force: false, onError: "", parallelBuilds: 0, validateOnly: true },
    ignoresPrereleases: request.flags["ignore-prerelease-plugins"],
    output: {
      ...{ machineReadable, color: undefined, hasTimestamps: false },
      ...{ json: request.flags.json, jsonInto: request.flags["json-into"] },
    },
  });
  return await runInSession(session, async () => {
    const verdict = await validateTemplate(session, context, request);
    await session.run.finish(verdict === undefined ? "failed" : "success");
    if (verdict === undefined) return 1;
    session.ui.say(verdict);
    return 0;
  });
};

/** Gives what to tell the user about a good template; undefined for a bad one, which is reported. */
async function validateTemplate(
  { run, signal }: RunSession,
  { console }: CommandContext,
  { flags, template, isLegacy }: TemplateRequest<ValidateFlags>,
): Promise<string | undefined> {
  const warnUndeclared = !flags["no-warn-undeclared-var"];
  const executeDataSources = flags["evaluate-datasources"];
  const options = loadOptions(flags, { template, isLegacy, console, warnUndeclared, executeDataSources });
  if (flags["syntax-only"]) {
    const isGood = run.checkSyntax(options);
    return isGood ? "Syntax-only check passed. Everything looks okay." : undefined;
  }
  const loaded = await run.load(options, { signal });
  if (loaded === undefined) return undefined;
  const { diagnostics } = await run.plan(loaded, { signal });
  return hasErrors(diagnostics) ? undefined : "The configuration is valid.";
}
