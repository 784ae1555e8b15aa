import { afterEach, describe, expect, test } from "@jest/globals";
import type { RunEvent } from "@ingot/engine";
import { RunView } from "../render/run-view.js";
import { stylesFor } from "../render/styles.js";
import { BuildRows, progressText } from "./build-rows.js";
import { LiveView } from "./live-view.js";
import { safeForTerminal } from "./safe-text.js";
import { columnsOf, fitColumns, padColumns } from "./text-width.js";

const plain = (text: string): string => text;
let view: LiveView | undefined;

afterEach(() => view?.stop());

function start(rows: () => readonly string[], size = { columns: 12, rows: 10 }) {
  let written = "";
  const terminal = { write: (text: string) => void (written += text), isTerminal: true, ...size };
  view = new LiveView({ terminal, rows: () => rows().map((text) => ({ text, style: plain })) });
  const take = (): string => {
    const taken = written.replaceAll("\u001b[?7l", "").replaceAll("\u001b[?7h", "").replaceAll("\u001b[0m", "");
    written = "";
    return taken;
  };
  return { view, take, terminal };
}

describe("the live view", () => {
  test("follows what is written, and gives way to the next text", () => {
    const { view, take } = start(() => ["a", "b"]);
    view.output.write("one\n");
    view.resume(); // writes at once
    expect(take()).toBe("one\na\r\nb\r");
    view.output.write("two\n");
    view.output.write("three\n");
    view.resume();
    expect(take()).toBe("\u001b[1A\r\u001b[Jtwo\nthree\na\r\nb\r");
    view.stop();
    expect(take()).toBe("\u001b[1A\r\u001b[J");
  });

  test("counts the lines that rows take after the terminal got narrower", () => {
    const { view, take, terminal } = start(() => ["0123456789", "b"]);
    view.output.write("x\n");
    view.resume();
    take();
    terminal.columns = 5;
    view.output.write("y\n");
    view.resume();
    expect(take()).toBe("\u001b[2A\r\u001b[Jy\n012…\r\nb\r");
  });

  test("is not there in the middle of a line or while paused; what comes meanwhile waits", () => {
    const { view, take } = start(() => ["busy"]);
    view.output.write("question? ");
    view.resume();
    expect(take()).toBe("question? ");
    view.output.write("answer\n");
    view.pause();
    expect(take()).toBe("answer\nbusy\r\r\u001b[J");
    view.output.write("more\n");
    expect(take()).toBe("");
    view.resume();
    expect(take()).toBe("more\nbusy\r");
  });
});

test.each([
  { text: "a漢b", columns: 4 },
  { text: "e\u0301", columns: 1 },
  { text: "👩‍👩‍👧", columns: 2 },
  { text: "한글", columns: 4 },
  { text: "✔️", columns: 2 },
])("$text takes $columns columns", ({ text, columns }) => expect(columnsOf(text)).toBe(columns));

test("text is cut and filled to columns", () => {
  expect(fitColumns("a\tb漢字", 5)).toBe("a b…");
  expect(padColumns("漢", 4)).toBe("漢  ");
  expect(fitColumns("abc", 3)).toBe("abc");
});

test("what builds print can't move the cursor", () => {
  const nasty = "\u001b[2Ja\u001b[31mb\u001b[0m\u001b[5;5Hc\r\u0007d\u001b]0;title\u0007e\u001b7f\u009b2Jg\tx\n";
  expect(safeForTerminal(nasty)).toBe("a\u001b[31mb\u001b[0mcdef2Jg\tx\n");
});

function rowsOf(builds: number, events: readonly object[] = []): BuildRows {
  const runView = new RunView();
  const rows = new BuildRows(runView, { styles: stylesFor(false), elapsed: () => 0 });
  const steps = [{ step: "s", kind: "provisioner", component: "shell", name: "" }];
  const planned = Array.from({ length: builds }, (_, index) => [
    { type: "build-planned", build: `b${index}`, name: `null.build${index}`, index, valid: true, steps },
    { type: "build-started", build: `b${index}`, name: `null.build${index}` },
  ]).flat();
  for (const event of [...planned, ...events]) {
    runView.note(event as RunEvent); // only the fields that are read are here
    rows.note(event as RunEvent);
  }
  return rows;
}

describe("the rows", () => {
  test("have name, time, step and last line, in 40 columns too", () => {
    const rows = rowsOf(1, [
      { type: "step-started", build: "b0", step: "s", kind: "provisioner", component: "shell", name: "", attempt: 1 },
      { type: "ui", build: "b0", step: "s", level: "say", text: "compiling\nlinking 漢字\n" },
    ]);
    expect(rows.rows({ columns: 80, rows: 24 }).map(({ text }) => text)).toEqual([
      "null.build0    0s shell (1/1)  linking 漢字",
    ]);
  });

  test("are never more than there is room for", () => {
    const texts = rowsOf(20)
      .rows({ columns: 40, rows: 10 })
      .map(({ text }) => text);
    expect(texts).toHaveLength(6);
    expect(texts.at(-1)).toBe("and 15 more builds");
  });
});

test.each([
  { columns: 60, want: "base.tar [####        ] 33%" },
  { columns: 20, want: "base.tar 33%" },
])("progress in $columns columns", ({ columns, want }) => {
  expect(progressText({ id: "1", label: "base.tar", done: 1, total: 3, unit: "bytes", finished: false }, columns)).toBe(
    want,
  );
});
