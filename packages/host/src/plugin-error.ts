/** What went wrong with a plugin. */
export type PluginErrorCode =
  | "not-found" // no plugin offers the component
  | "unusable" // the plugin that should offer it can't be used
  | "start" // the executable can't be run, or ended before the handshake
  | "handshake" // it said something else than the handshake
  | "timeout" // it didn't answer in time
  | "version" // it speaks another version
  | "describe" // its description makes no sense
  | "crash" // it ended, or the connection to it did, while it was needed
  | "protocol" // it broke a rule of the protocol
  | "reattach"; // INGOT_REATTACH_PLUGINS is wrong

/** What is known about a plugin when something goes wrong. */
export interface PluginFacts {
  readonly plugin: string;
  /** What was run. Absent for a plugin that was running already. */
  readonly command?: string;
  /** Absent until the plugin has described itself. */
  readonly pluginVersion?: string;
  /** The protocol version that the plugin announced. Absent before the handshake. */
  readonly protocolVersion?: number;
  readonly hostVersion: string;
  readonly hostProtocolVersions: readonly number[];
  /** How the process ended. Absent while it runs. */
  readonly exit?: ProcessExit;
  /** The last lines that it wrote to its standard error. */
  readonly logTail: readonly string[];
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * A plugin that doesn't do what it must. The message is for people: what happened, the command, both versions, how the process
 * ended, the last lines of its log, the next step.
 */
export class PluginError extends Error {
  override readonly name = "PluginError";
  readonly code: PluginErrorCode;
  readonly facts: PluginFacts | undefined;

  constructor(code: PluginErrorCode, message: string, options: ErrorOptions & { readonly facts?: PluginFacts } = {}) {
    super(message, options);
    this.code = code;
    this.facts = options.facts;
  }
}

/** Makes the error for a plugin: the headline first, then everything that is known, then what to do. */
export function pluginError(
  code: PluginErrorCode,
  headline: string,
  nextStep: string,
  facts: PluginFacts,
  cause?: unknown,
): PluginError {
  const lines = [headline];
  if (facts.command !== undefined) lines.push(`  Command: ${facts.command}`);
  lines.push(`  Versions: ${versionsText(facts)}`);
  if (facts.exit !== undefined) lines.push(`  It ended ${exitText(facts.exit)}.`);
  if (facts.logTail.length > 0) {
    lines.push("  The last lines that it logged:", ...facts.logTail.map((line) => `    ${line}`));
  }
  lines.push(`  ${nextStep}`);
  return new PluginError(code, lines.join("\n"), { facts, ...(cause === undefined ? {} : { cause }) });
}

function versionsText(facts: PluginFacts): string {
  const own =
    facts.pluginVersion === undefined ? `plugin ${facts.plugin}` : `plugin ${facts.plugin} ${facts.pluginVersion}`;
  const spoken = facts.protocolVersion === undefined ? "" : ` (protocol ${facts.protocolVersion})`;
  return `${own}${spoken}, ingot ${facts.hostVersion} (protocol ${facts.hostProtocolVersions.join(", ")})`;
}

/** Says how a process ended: "with exit status 3" or "by signal SIGKILL". */
export function exitText({ code, signal }: ProcessExit): string {
  return signal !== null ? `by signal ${signal}` : `with exit status ${code ?? "unknown"}`;
}
