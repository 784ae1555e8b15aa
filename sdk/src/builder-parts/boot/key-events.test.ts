import { expect, test } from "@jest/globals";
import { expectGolden } from "../testing/golden.js";
import { usbKeyEvent, vncKeyEvents, xtScanCodes, type KeyStep } from "./key-events.js";
import { KEYS, type KeyName } from "./key-names.js";
import type { KeyAction } from "./parse-boot-command.js";

const ACTIONS: readonly KeyAction[] = ["press", "on", "off"];

function line(name: string, step: KeyStep): string {
  const vnc = vncKeyEvents(step).map(({ keysym, isDown }) => `${isDown ? "+" : "-"}${keysym.toString(16)}`);
  let usb: string;
  try {
    const { code, isDown } = usbKeyEvent(step);
    usb = `${code}${isDown ? " down" : ""}`;
  } catch (error) {
    usb = (error as Error).message;
  }
  return `${`${name} ${step.action}`.padEnd(18)} vnc ${vnc.join(" ")} | xt ${xtScanCodes(step).join(" ")} | usb ${usb}`;
}

test("every key and every character of a keyboard has its codes", () => {
  const keys = (Object.keys(KEYS) as KeyName[]).flatMap((key) =>
    ACTIONS.map((action) => line(key, { kind: "key", key, action })),
  );
  const characters = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
  const typed = [...characters, "é", "É", "€", "😀", "\n"].flatMap((character) =>
    (/[aA1!]/.test(character) ? ACTIONS : (["press"] as const)).map((action) =>
      line(JSON.stringify(character), { kind: "character", character, action }),
    ),
  );
  expectGolden(new URL("../../../testdata/key-events.golden", import.meta.url), `${[...keys, ...typed].join("\n")}\n`);
});

test("every printable character is on the XT and on the USB keyboard", () => {
  for (let code = 32; code < 127; code++) {
    const step = { kind: "character", character: String.fromCodePoint(code), action: "on" } as const;
    expect([step.character, xtScanCodes(step).at(-1)]).not.toEqual([step.character, "00"]);
    expect([step.character, usbKeyEvent(step).code]).not.toEqual([step.character, 0]);
  }
});
