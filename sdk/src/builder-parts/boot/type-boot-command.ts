import { setTimeout as sleep } from "node:timers/promises";
import { parseDuration } from "../../duration.js";
import {
  usbKeyEvent,
  vncKeyEvents,
  xtScanCodes,
  type KeyStep,
  type UsbKeyEvent,
  type VncKeyEvent,
} from "./key-events.js";
import type { BootStep } from "./parse-boot-command.js";

/** A keyboard that a boot command is typed on. */
export interface KeyboardDriver {
  /** Does one step, or keeps it for `flush`. */
  type(step: KeyStep, options: { readonly signal: AbortSignal }): Promise<void>;
  /** Sends what was kept. Called before each wait and at the end. */
  flush(options: { readonly signal: AbortSignal }): Promise<void>;
}

/** Options of the drivers. */
export interface KeyboardOptions {
  /** The pause after each event, or group of codes, in milliseconds. Default: that of the environment, otherwise 100. */
  readonly intervalMs?: number | undefined;
}

/** Types a boot command. Resolves when the last key was sent; rejects with the driver's error or the signal's reason. */
export async function typeBootCommand(
  steps: readonly BootStep[],
  keyboard: KeyboardDriver,
  { signal }: { readonly signal: AbortSignal },
): Promise<void> {
  for (const step of steps) {
    signal.throwIfAborted();
    if (step.kind !== "wait") await keyboard.type(step, { signal });
    else {
      await keyboard.flush({ signal });
      await pause(step.ms, signal);
    }
  }
  signal.throwIfAborted();
  await keyboard.flush({ signal });
}

/** A keyboard at the other end of a VNC connection; `send` gets one event at a time. */
export function vncKeyboard(
  send: (event: VncKeyEvent) => void | Promise<void>,
  { intervalMs }: KeyboardOptions = {},
): KeyboardDriver {
  const interval = keyIntervalMs(intervalMs);
  return {
    async type(step, { signal }) {
      for (const event of vncKeyEvents(step)) {
        await send(event);
        await pause(interval, signal);
      }
    },
    flush: () => Promise.resolve(),
  };
}

/** A USB keyboard; `send` gets one event for each step. */
export function usbKeyboard(
  send: (event: UsbKeyEvent) => void | Promise<void>,
  { intervalMs }: KeyboardOptions = {},
): KeyboardDriver {
  const interval = keyIntervalMs(intervalMs);
  return {
    async type(step, { signal }) {
      await send(usbKeyEvent(step));
      await pause(interval, signal);
    },
    flush: () => Promise.resolve(),
  };
}

/** A PC-XT keyboard; `send` gets scan codes as hexadecimal bytes, at most `groupSize` at a time (0: all that are due). */
export function xtKeyboard(
  send: (codes: readonly string[]) => void | Promise<void>,
  { groupSize = 0, intervalMs }: KeyboardOptions & { readonly groupSize?: number } = {},
): KeyboardDriver {
  const interval = keyIntervalMs(intervalMs);
  let pending: (readonly string[])[] = [];
  return {
    async type(step) {
      pending.push(xtScanCodes(step));
    },
    async flush({ signal }) {
      const groups = groupCodes(pending, groupSize);
      pending = [];
      for (const group of groups) {
        signal.throwIfAborted();
        await send(group);
        await pause(interval, signal);
      }
    },
  };
}

/** Packs the codes of whole keys into groups of at most `size` codes. */
function groupCodes(keys: readonly (readonly string[])[], size: number): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const codes of keys) {
    if (size > 0 && codes.length > size) throw new Error("chunkScanCodes: size cannot be smaller than sc width.");
    const last = groups.at(-1);
    if (last !== undefined && (size <= 0 || last.length + codes.length <= size)) last.push(...codes);
    else groups.push([...codes]);
  }
  return groups;
}

/** The pause between keys: the option when it is positive, otherwise PACKER_KEY_INTERVAL, otherwise 100 ms. */
export function keyIntervalMs(option?: number): number {
  if (option !== undefined && option > 0) return option;
  const text = process.env["INGOT_KEY_INTERVAL"] ?? process.env["PACKER_KEY_INTERVAL"];
  try {
    return text === undefined ? 100 : parseDuration(text);
  } catch {
    return 100;
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0) return;
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
