/** The codes of a key that has a name: its keysym for VNC, its make code for PC-XT keyboards, its usage id for USB keyboards. */
export interface KeyCodes {
  readonly vnc: number;
  readonly xt: readonly string[];
  /** Undefined: USB keyboards have no such key. */
  readonly usb: number | undefined;
}

const key = (vnc: number, xt: string, usb?: number): KeyCodes => ({ vnc, xt: xt.split(" "), usb });

/** The keys with names, by the names that boot commands use. Which command keys are which differs between the drivers, as in Packer. */
export const KEYS = {
  bs: key(0xff08, "0e", 42),
  del: key(0xffff, "e0 53", 76),
  enter: key(0xff0d, "1c", 40),
  return: key(0xff0d, "1c", 40),
  esc: key(0xff1b, "01", 41),
  tab: key(0xff09, "0f", 43),
  spacebar: key(0x0020, "39", 44),
  f1: key(0xffbe, "3b", 58),
  f2: key(0xffbf, "3c", 59),
  f3: key(0xffc0, "3d", 60),
  f4: key(0xffc1, "3e", 61),
  f5: key(0xffc2, "3f", 62),
  f6: key(0xffc3, "40", 63),
  f7: key(0xffc4, "41", 64),
  f8: key(0xffc5, "42", 65),
  f9: key(0xffc6, "43", 66),
  f10: key(0xffc7, "44", 67),
  f11: key(0xffc8, "57", 68),
  f12: key(0xffc9, "58", 69),
  up: key(0xff52, "e0 48", 82),
  down: key(0xff54, "e0 50", 81),
  left: key(0xff51, "e0 4b", 80),
  right: key(0xff53, "e0 4d", 79),
  insert: key(0xff63, "e0 52", 73),
  home: key(0xff50, "e0 47", 74),
  end: key(0xff57, "e0 4f", 77),
  pageUp: key(0xff55, "e0 49", 75),
  pageDown: key(0xff56, "e0 51", 78),
  leftCtrl: key(0xffe3, "1d", 224),
  rightCtrl: key(0xffe4, "e0 1d", 228),
  leftShift: key(0xffe1, "2a", 225),
  rightShift: key(0xffe2, "36", 229),
  leftAlt: key(0xffe9, "38", 226),
  rightAlt: key(0xffea, "e0 38", 230),
  leftSuper: key(0xffeb, "e0 5b", 227),
  rightSuper: key(0xffec, "e0 5c", 231),
  leftCommand: key(0xffe9, "e0 5b", 227),
  rightCommand: key(0xffea, "e0 5c", 231),
  leftOption: key(0xffe7, "38", 226),
  rightOption: key(0xffe8, "e0 38", 230),
  menu: key(0xff67, "e0 5d"),
} as const satisfies Readonly<Record<string, KeyCodes>>;

/** The name of a key, as boot commands write it between `<` and `>`. */
export type KeyName = keyof typeof KEYS;

const BY_LOWER_CASE = new Map(Object.keys(KEYS).map((name) => [name.toLowerCase(), name as KeyName]));

/** Finds a key by its name, in upper or lower case. */
export function keyNamed(name: string): KeyName | undefined {
  return BY_LOWER_CASE.get(name.toLowerCase());
}
