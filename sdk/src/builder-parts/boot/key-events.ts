import { KEYS } from "./key-names.js";
import type { BootStep } from "./parse-boot-command.js";

/** A step that a keyboard can do. */
export type KeyStep = Exclude<BootStep, { readonly kind: "wait" }>;

/** One event of the VNC protocol. */
export interface VncKeyEvent {
  readonly keysym: number;
  readonly isDown: boolean;
}

/** One event for a USB keyboard. */
export interface UsbKeyEvent {
  /** The usage id of the key, 0 when there is none for the character. */
  readonly code: number;
  /** For a character: it needs shift. For a key with a name: it is to be held. */
  readonly isDown: boolean;
}

const NEEDS_SHIFT = /^[\p{Lu}~!@#$%^&*()_+{}|:"<>?]$/u;
const VNC_SHIFT = 0xffe1;

/** The events of a step for VNC: a character's keysym is its code point, with the shift key around it where it needs that. */
export function vncKeyEvents(step: KeyStep): readonly VncKeyEvent[] {
  const isShifted = step.kind === "character" && NEEDS_SHIFT.test(step.character);
  const keysym = step.kind === "character" ? (step.character.codePointAt(0) ?? 0) : KEYS[step.key].vnc;
  const shift = (isDown: boolean): VncKeyEvent[] => (isShifted ? [{ keysym: VNC_SHIFT, isDown }] : []);
  const down = [...shift(true), { keysym, isDown: true }];
  const up = [{ keysym, isDown: false }, ...shift(false)];
  return eventsFor(step, down, up);
}

/** The codes of a step for a PC-XT keyboard, as lower-case hexadecimal bytes. An unknown character is code 0. */
export function xtScanCodes(step: KeyStep): readonly string[] {
  const isShifted = step.kind === "character" && NEEDS_SHIFT.test(step.character);
  const make = step.kind === "character" ? [hex(XT_CHARACTERS.get(step.character) ?? 0)] : KEYS[step.key].xt;
  const release = make.map((code) => (code === "e0" ? code : hex(Number.parseInt(code, 16) + 0x80)));
  return eventsFor(step, [...(isShifted ? ["2a"] : []), ...make], [...release, ...(isShifted ? ["aa"] : [])]);
}

/** The event of a step for a USB keyboard. Throws an Error for a key that such keyboards do not have. */
export function usbKeyEvent(step: KeyStep): UsbKeyEvent {
  if (step.kind === "character") {
    return { code: USB_CHARACTERS.get(step.character) ?? 0, isDown: NEEDS_SHIFT.test(step.character) };
  }
  const code: number | undefined = KEYS[step.key].usb;
  if (code === undefined) throw new Error(`special ${step.key} not found.`);
  return { code, isDown: step.action === "on" };
}

function eventsFor<T>({ action }: KeyStep, down: readonly T[], up: readonly T[]): readonly T[] {
  if (action === "press") return [...down, ...up];
  return action === "on" ? down : up;
}

function hex(code: number): string {
  return code.toString(16).padStart(2, "0");
}

/** Rows of characters whose keys have consecutive codes, and the first code. */
const XT_CHARACTERS = rows([
  ["1234567890-=", 0x02],
  ["!@#$%^&*()_+", 0x02],
  ["qwertyuiop[]", 0x10],
  ["QWERTYUIOP{}", 0x10],
  ["asdfghjkl;'`", 0x1e],
  ['ASDFGHJKL:"~', 0x1e],
  ["\\zxcvbnm,./", 0x2b],
  ["|ZXCVBNM<>?", 0x2b],
  [" ", 0x39],
]);

const USB_CHARACTERS = rows([
  ["abcdefghijklmnopqrstuvwxyz", 4],
  ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4],
  ["1234567890", 30],
  ["!@#$%^&*()", 30],
  [" ", 44],
  ["-=[]\\", 45],
  ["_+{}|", 45],
  [";'`,./", 51],
  [':"~<>?', 51],
]);

function rows(table: readonly (readonly [characters: string, first: number])[]): ReadonlyMap<string, number> {
  return new Map(table.flatMap(([characters, first]) => [...characters].map((each, index) => [each, first + index])));
}
