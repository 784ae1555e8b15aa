import { afterEach, expect, test } from "@jest/globals";
import { StatusLine } from "./status-line.js";

const ERASE = "\r\u001b[2K";
let line: StatusLine | undefined;

afterEach(() => line?.stop());

function start(describe: () => string): { readonly line: StatusLine; readonly written: () => string } {
  let written = "";
  const terminal = { write: (text: string) => void (written += text), isTerminal: true, columns: 12 };
  line = new StatusLine(terminal, describe);
  return { line, written: () => written };
}

test("the line follows what is written, and gives way to the next text", () => {
  const { line, written } = start(() => "busy");
  line.output.write("one\n");
  line.output.write("two\n");
  line.stop();
  expect(written()).toBe(`one\nbusy${ERASE}two\nbusy${ERASE}`);
});

test("the line never reaches the last column and has no control characters", () => {
  const { line, written } = start(() => "a\tb\u001b[31mc漢字 and more");
  line.output.write("x\n");
  expect(written()).toBe("x\na b [31mc漢");
});

test("there is no line in the middle of one, while paused, or without text", () => {
  let text = "busy";
  const { line, written } = start(() => text);
  line.output.write("question? ");
  expect(written()).toBe("question? ");
  line.output.write("answer\n");
  line.pause();
  line.output.write("more\n");
  text = "";
  line.resume();
  expect(written()).toBe(`question? answer\nbusy${ERASE}more\n`);
});
