import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";
import { recordingMachine, steady, type Answer } from "../testing/recording-machine.js";

/** What a machine answers to commands that contain a text, and how often. */
interface Rule {
  readonly match: string;
  readonly status?: number;
  readonly stdout?: string;
  readonly times?: number;
}

interface Case {
  readonly provisioner: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly answers?: readonly Rule[];
}

/** What the reference's provisioners did with a machine that writes everything down, by the same rules. */
interface Recorded {
  readonly calls: readonly string[];
  /** By path; null where the script is in other words than ours. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

const FOLDER = fileURLToPath(new URL("../../testdata/windows-commands/", import.meta.url));
const cases = JSON.parse(readFileSync(`${FOLDER}cases.json`, "utf8")) as readonly Case[];
const recorded = JSON.parse(readFileSync(`${FOLDER}recorded.json`, "utf8")) as readonly Recorded[];
const core = useCorePlugin();
cpSync(FOLDER, core.folder, { recursive: true });

function answering(rules: readonly Rule[]): (command: string) => Answer {
  const left = rules.map(({ times = Infinity }) => times);
  return (command) => {
    const at = rules.findIndex(({ match }, index) => command.includes(match) && (left[index] ?? 0) > 0);
    const rule = rules[at];
    if (rule === undefined) return 0;
    left[at] = (left[at] ?? 0) - 1;
    return { status: rule.status ?? 0, ...(rule.stdout === undefined ? {} : { stdout: rule.stdout }) };
  };
}

/** The sentences of errors: the reference wraps those of a preparation. */
function plain(error: string): readonly string[] {
  const text = error.replace(/^prepare: \d+ error\(s\) (occurred|decoding):\n\n/, "");
  return text.split(/^\* /m).flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

test.each(cases.map((one, index) => ({ ...one, name: `${one.provisioner} ${JSON.stringify(one.config)}`, index })))(
  "$name",
  async ({ provisioner, config, answers = [], index }) => {
    const want = recorded[index];
    const machine = recordingMachine(answering(answers));
    const outcome = await core.plugin.provision(provisioner, config, {
      machine,
      generatedData: { ID: "i-1", WinRMPassword: "p$w", ConnType: "ssh" },
      build: { buildName: "n", builderType: "t" },
    });
    const clean = (text: string): string => steady(text).replaceAll(core.folder, "TEMP");
    expect({
      calls: machine.calls.map(clean),
      files: Object.fromEntries([...machine.files].map(([path, text]) => [clean(path), clean(text)])),
      lines: shown(outcome).map(clean),
      errors: messages(outcome).map((text) => text.replace(/: Write a number and a unit.*$/, "")),
    }).toEqual({
      ...want,
      files: Object.fromEntries(
        Object.entries(want?.files ?? {}).map(([path, text]) => [path, text ?? (expect.any(String) as unknown)]),
      ),
      errors: want?.errors.flatMap(plain),
    });
  },
  60_000,
);
