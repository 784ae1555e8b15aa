import { messageOf } from "@ingot/diag";
import { formatDuration, parseDuration } from "../../duration.js";
import { keyNamed, type KeyName } from "./key-names.js";

/** What happens to a key: it is pressed and released, pressed and held, or released. */
export type KeyAction = "press" | "on" | "off";

/** One step of a boot command. */
export type BootStep =
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "character"; readonly character: string; readonly action: KeyAction }
  | { readonly kind: "key"; readonly key: KeyName; readonly action: KeyAction };

const WAIT = /<wait((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+|0|[1-9]\d*)?>/y;
const TOGGLE = /<(.)(on|off)>/isuy;
const KEY = /<([a-z]+?\d{0,2})(on|off)?>/iy;
const MAX_WAIT_MS = 9_223_372_036_854; // what Go's durations hold

/**
 * Reads a boot command: `<wait5s>`, `<enter>`, `<leftCtrlOn>`, `<aOff>`, and characters to type; what looks like none of these is
 * typed as it stands. Throws an Error for a wait that is no positive time.
 */
export function parseBootCommand(text: string): readonly BootStep[] {
  const steps: BootStep[] = [];
  let at = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  while (at < text.length) {
    const tag =
      text[at] === "<" ? (readWait(match(WAIT), text) ?? readToggle(match(TOGGLE)) ?? readKey(match(KEY))) : undefined;
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const { step, length } = tag ?? {
      step: { kind: "character", character, action: "press" } as const,
      length: character.length,
    };
    steps.push(step);
    at += length;
  }
  return steps;
}

interface Found {
  readonly step: BootStep;
  readonly length: number;
}

function readWait(match: RegExpExecArray | null, text: string): Found | undefined {
  if (match === null) return undefined;
  const amount = match[1];
  const ms = amount === undefined || amount === "0" ? 1_000 : waitMs(amount, text, match.index + "<wait".length);
  if (ms <= 0) throw new Error(`Expecting a positive wait value. Got ${formatDuration(ms)}`);
  return { step: { kind: "wait", ms }, length: match[0].length };
}

function waitMs(amount: string, text: string, offset: number): number {
  if (/^\d+$/.test(amount)) {
    const ms = Number(amount) * 1_000;
    if (ms <= MAX_WAIT_MS) return ms;
    throw new Error(`${place(text, offset)}: rule Integer: strconv.ParseInt: parsing "${amount}": value out of range`);
  }
  try {
    const ms = parseDuration(amount);
    if (Math.abs(ms) <= MAX_WAIT_MS) return ms;
    throw new Error(`time: invalid duration ${JSON.stringify(amount)}`);
  } catch (error) {
    throw new Error(`${place(text, offset)}: rule Duration: ${messageOf(error)}`, { cause: error });
  }
}

/** Line and column from 1, in characters, and the byte from 0. */
function place(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
  return `${line}:${column} (${Buffer.byteLength(before)})`;
}

function readToggle(match: RegExpExecArray | null): Found | undefined {
  if (match === null) return undefined;
  const [all, character = "", state] = match;
  return { step: { kind: "character", character, action: actionOf(state) }, length: all.length };
}

function readKey(match: RegExpExecArray | null): Found | undefined {
  if (match === null) return undefined;
  const [all, name = "", state] = match;
  const key = keyNamed(name);
  return key === undefined ? undefined : { step: { kind: "key", key, action: actionOf(state) }, length: all.length };
}

function actionOf(state: string | undefined): KeyAction {
  return state === undefined ? "press" : state.toLowerCase() === "on" ? "on" : "off";
}
