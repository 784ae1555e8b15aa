import { describe, expect, test } from "@jest/globals";
import { parseBootCommand, type BootStep } from "./parse-boot-command.js";

/** Writes steps short: `a`, `+a` (held), `-a` (released), `[enter]`, `(5000)` for a wait. */
function short(steps: readonly BootStep[]): string {
  const sign = { press: "", on: "+", off: "-" };
  return steps
    .map((step) => {
      if (step.kind === "wait") return `(${step.ms})`;
      return sign[step.action] + (step.kind === "key" ? `[${step.key}]` : step.character);
    })
    .join("");
}

test.each([
  ["<wait>", "(1000)"],
  ["<wait5>", "(5000)"],
  ["<wait5m>", "(300000)"],
  ["<wait1m20s>", "(80000)"],
  ["<wait1.5s>", "(1500)"],
  ["<wait100ms>", "(100)"],
  ["<wait2h3us>", "(7200000.003)"],
  ["<wait7µs>", "(0.007)"],
  ["<wait0>", "(1000)"],
  ["<wait05>", "<wait05>"],
  ["<wait1.5>", "<wait1.5>"],
  ["<wait-5>", "<wait-5>"],
  ["<wait 5>", "<wait 5>"],
  ["<wait.5s>", "<wait.5s>"],
  ["<wait1d>", "<wait1d>"],
  ["<waits>", "<waits>"],
  ["<WAIT5>", "<WAIT5>"],
  ["<aOn>b<aOff>", "+ab-a"],
  ["<AOff><ÄoN>", "-A+Ä"],
  ["<<On><>On>< On><\nOFF>", "+<+>+ -\n"],
  ["<😀on>😀", "+😀😀"],
  ["<leftCtrlOn>c<LEFTCTRLOFF>", "+[leftCtrl]c-[leftCtrl]"],
  ["<f1><f10><f11on><F12OFF>", "[f1][f10]+[f11]-[f12]"],
  ["<space><delete><f13><f0><onOn><enter", "<space><delete><f13><f0><onOn><enter"],
  ["<enTer><upon><left><leftOn>", "[enter]+[up][left]+[left]"],
  ["<enteron><return><end><insertOn>", "+[enter][return][end]+[insert]"],
  ["http://{{ .HTTPIP }}:{{ .HTTPPort }}/", "http://{{ .HTTPIP }}:{{ .HTTPPort }}/"],
  ["a\nb<", "a\nb<"],
  ["<<enter>>", "<[enter]>"],
  ["", ""],
])("%j is %s", (text, want) => expect(short(parseBootCommand(text))).toBe(want));

describe("refuses", () => {
  test.each([
    ["<wait0s>", "Expecting a positive wait value. Got 0s"],
    ["<wait-5s>", "Expecting a positive wait value. Got -5s"],
    ["<wait1m-20s>", '1:6 (5): rule Duration: time: unknown unit "m-" in duration "1m-20s"'],
    ["ä\né<wait1m-20s>", '2:7 (10): rule Duration: time: unknown unit "m-" in duration "1m-20s"'],
    ["<wait99999999999h>", '1:6 (5): rule Duration: time: invalid duration "99999999999h"'],
    [
      "<wait99999999999999999999>",
      '1:6 (5): rule Integer: strconv.ParseInt: parsing "99999999999999999999": value out of range',
    ],
  ])("%j", (text, want) => expect(() => parseBootCommand(text)).toThrow(want));
});
