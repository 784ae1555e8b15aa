import { expect, test } from "@jest/globals";
import { bootOptions, bootSteps } from "./boot-options.js";
import { keyIntervalMs, typeBootCommand, usbKeyboard, vncKeyboard, xtKeyboard } from "./type-boot-command.js";
import { parseBootCommand } from "./parse-boot-command.js";
import { schema as s } from "../../schema/schema.js";
import { decode, partContext } from "../testing/part-session.js";

const { signal } = new AbortController();
const fast = { intervalMs: 0.01 };

test("types over VNC, one event at a time, and waits", async () => {
  const events: string[] = [];
  const keyboard = vncKeyboard(
    ({ keysym, isDown }) => void events.push(`${isDown ? "+" : "-"}${keysym.toString(16)}`),
    fast,
  );
  const startedMs = performance.now();
  await typeBootCommand(parseBootCommand("aB<wait30ms><enter>"), keyboard, { signal });
  expect(events.join(" ")).toBe("+61 -61 +ffe1 +42 -42 -ffe1 +ff0d -ff0d");
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(29);
});

test("sends scan codes in groups that no key is split over, and before each wait", async () => {
  const groups: string[] = [];
  const send = (codes: readonly string[]): void => void groups.push(codes.join(" "));
  await typeBootCommand(parseBootCommand("abA<wait1ms>c"), xtKeyboard(send, { ...fast, groupSize: 5 }), { signal });
  expect(groups).toEqual(["1e 9e 30 b0", "2a 1e 9e aa", "2e ae"]);
  groups.length = 0;
  await typeBootCommand(parseBootCommand("ab<up>"), xtKeyboard(send, fast), { signal });
  expect(groups).toEqual(["1e 9e 30 b0 e0 48 e0 c8"]);
  const tooSmall = typeBootCommand(parseBootCommand("A"), xtKeyboard(send, { ...fast, groupSize: 3 }), { signal });
  await expect(tooSmall).rejects.toThrow("chunkScanCodes: size cannot be smaller than sc width.");
});

test("types on a USB keyboard", async () => {
  const events: string[] = [];
  const keyboard = usbKeyboard(({ code, isDown }) => void events.push(`${code}${isDown ? "!" : ""}`), fast);
  await typeBootCommand(parseBootCommand("aA<leftCtrlOn>c<leftCtrlOff>"), keyboard, { signal });
  expect(events.join(" ")).toBe("4 4! 224! 6 224");
  await expect(typeBootCommand(parseBootCommand("<menu>"), keyboard, { signal })).rejects.toThrow(
    "special menu not found.",
  );
});

test("stops at the driver's first error, and when cancelled in a wait", async () => {
  let count = 0;
  const broken = vncKeyboard(() => {
    if (++count === 2) throw new Error("connection lost");
  }, fast);
  await expect(typeBootCommand(parseBootCommand("abc"), broken, { signal })).rejects.toThrow("connection lost");
  expect(count).toBe(2);
  const stop = new AbortController();
  const typing = typeBootCommand(
    parseBootCommand("<wait1h>"),
    vncKeyboard(() => {}),
    { signal: stop.signal },
  );
  stop.abort(new Error("enough"));
  await expect(typing).rejects.toThrow("enough");
});

test("takes the pause between keys from the option, then from the environment", () => {
  expect(keyIntervalMs(7)).toBe(7);
  process.env["PACKER_KEY_INTERVAL"] = "20ms";
  expect(keyIntervalMs()).toBe(20);
  process.env["PACKER_KEY_INTERVAL"] = "fast";
  expect(keyIntervalMs(0)).toBe(100);
  delete process.env["PACKER_KEY_INTERVAL"];
});

const schema = s.object({ boot: bootOptions({ vnc: true }) });

test("options are checked, and rendered only when they are typed", () => {
  const { config } = decode(schema, { boot_command: ["http://{{ .HTTPIP }}", "/<enter>"], boot_wait: "-1s" });
  expect(config?.boot).toMatchObject({ waitMs: 0, command: "http://{{ .HTTPIP }}/<enter>", isVncDisabled: false });
  if (config === undefined) throw new Error("no configuration");
  const steps = bootSteps(config.boot, { HTTPIP: "10.0.2.2" }, partContext());
  expect(steps.map((step) => (step.kind === "character" ? step.character : "|")).join("")).toBe("http://10.0.2.2/|");
  expect(() => bootSteps({ ...config.boot, command: "{{ .Nobody" }, {}, partContext())).toThrow();
});

test.each([
  { name: "no wait", value: {}, wait: 10_000, problems: [] },
  { name: "a wait of nothing", value: { boot_wait: "0s" }, wait: 10_000, problems: [] },
  {
    name: "a bad command",
    value: { boot_command: ["<wait0s>"] },
    problems: ["Expecting a positive wait value. Got 0s"],
  },
  {
    name: "a command without VNC",
    value: { boot_command: ["a"], disable_vnc: true },
    problems: ["A boot command cannot be used when vnc is disabled."],
  },
])("options: $name", ({ value, wait, problems }) => {
  const { config, diagnostics } = decode(schema, value);
  expect(diagnostics.map(({ summary }) => summary)).toEqual(problems);
  expect(config?.boot.waitMs).toBe(wait);
});
