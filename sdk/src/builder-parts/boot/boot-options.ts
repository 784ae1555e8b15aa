import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/diag";
import { formatDuration } from "../../duration.js";
import { interpolate } from "../../interpolate.js";
import { group } from "../../schema/block.js";
import { list } from "../../schema/collections.js";
import type { Problem } from "../../schema/decode-scope.js";
import type { Fields, GroupField } from "../../schema/field.js";
import { boolean, duration, string } from "../../schema/scalars.js";
import type { PartContext } from "../part-context.js";
import { parseBootCommand, type BootStep } from "./parse-boot-command.js";

/** The boot options of a builder, decoded. */
export interface BootConfig {
  /** The command as one text, not rendered yet; empty: there is none. */
  readonly command: string;
  /** How long to wait before typing, in milliseconds. */
  readonly waitMs: number;
  /** The pause between groups of codes. Undefined: the driver's. */
  readonly keyGroupIntervalMs: number | undefined;
  /** The pause after each key. Undefined: the driver's. */
  readonly keyIntervalMs: number | undefined;
  /** True: the user wants no VNC. */
  readonly isVncDisabled: boolean;
}

const DEFAULT_WAIT_MS = 10_000;

const FIELDS = {
  boot_command: list(string(), {
    describe: "The keys to type once the machine has booted. The texts are put together without anything between them.",
    optional: true,
    interpolate: false,
  }),
  boot_wait: duration({
    describe: "How long to wait before the boot command is typed. Default `10s`, also for `0s`; negative: do not wait.",
    optional: true,
  }),
  boot_keygroup_interval: duration({ describe: "The pause between groups of keys.", optional: true }),
};

const VNC_FIELDS = {
  boot_key_interval: duration({ describe: "The pause after each key. Default `100ms`.", optional: true }),
  disable_vnc: boolean({ describe: "Do not connect by VNC. Excludes a boot command.", default: false }),
};

/**
 * The options `boot_command`, `boot_wait` and `boot_keygroup_interval`, and with `vnc` also `boot_key_interval` and `disable_vnc`.
 * The command's syntax is checked; its `{{ }}` are rendered by `bootSteps`.
 */
export function bootOptions({ vnc = false }: { readonly vnc?: boolean } = {}): GroupField<BootConfig> {
  const fields: Fields = vnc ? { ...FIELDS, ...VNC_FIELDS } : FIELDS;
  return group<Fields, BootConfig>(fields, {
    check: (config) => [...problemsOf(config)],
    transform: (config: Decoded) => ({
      command: (config.boot_command ?? []).join(""),
      waitMs:
        config.boot_wait === undefined || config.boot_wait === 0 ? DEFAULT_WAIT_MS : Math.max(0, config.boot_wait),
      keyGroupIntervalMs: config.boot_keygroup_interval,
      keyIntervalMs: config.boot_key_interval,
      isVncDisabled: config.disable_vnc ?? false,
    }),
  });
}

/** What the fields above decode to. */
interface Decoded {
  readonly boot_command?: readonly string[] | undefined;
  readonly boot_wait?: number | undefined;
  readonly boot_keygroup_interval?: number | undefined;
  readonly boot_key_interval?: number | undefined;
  readonly disable_vnc?: boolean | undefined;
}

function* problemsOf({ boot_command = [], disable_vnc }: Decoded): Generator<Problem> {
  if (disable_vnc === true && boot_command.length > 0) {
    yield { summary: "A boot command cannot be used when vnc is disabled.", path: ["disable_vnc"] };
  }
  try {
    parseBootCommand(boot_command.join(""));
  } catch (error) {
    yield { summary: messageOf(error), path: ["boot_command"] };
  }
}

/** Renders the command with the builder's data (usually HTTPIP, HTTPPort, Name) and gives its steps. */
export function bootSteps(
  { command }: BootConfig,
  data: Readonly<Record<string, unknown>>,
  { build }: Pick<PartContext, "build">,
): readonly BootStep[] {
  const options = { hostVersion: build.hostVersion, buildName: build.name, builderType: build.builderType };
  return parseBootCommand(interpolate(command, data, options));
}

/** Waits as `boot_wait` says, with the line for the user. */
export async function waitForBoot(
  { waitMs }: BootConfig,
  { ui, signal }: Pick<PartContext, "ui" | "signal">,
): Promise<void> {
  signal.throwIfAborted();
  if (waitMs <= 0) return;
  ui.say(`Waiting ${formatDuration(waitMs)} for boot...`);
  try {
    await sleep(waitMs, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
