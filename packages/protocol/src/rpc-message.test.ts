import { expect, test } from "@jest/globals";
import { frameMessage, MessageReader } from "./rpc-message.js";

const texts = ["", "a", "bc", "x".repeat(70_000), "end"];
const bytes = Buffer.concat(texts.map((text) => frameMessage(Buffer.from(text))));

test.each([1, 3, 5, 16_384, bytes.length])("messages arrive whole, %d bytes at a time", (size) => {
  const reader = new MessageReader();
  const read: string[] = [];
  for (let at = 0; at < bytes.length; at += size)
    for (const message of reader.push(bytes.subarray(at, at + size))) read.push(message.toString());
  expect(read).toEqual(texts);
});

test("a compressed message is refused", () => {
  const frame = frameMessage(Buffer.from("x"));
  frame[0] = 1;
  expect(() => new MessageReader().push(frame)).toThrow("a message is compressed, which was not agreed on");
});
