import { expect, test } from "@jest/globals";
import { runLimited } from "./run-limited.js";

test("results come in the order of the items, and only so many run at a time", async () => {
  let [running, most] = [0, 0];
  const waiting: (() => void)[] = [];
  const done = runLimited([3, 1, 2, 0], 2, async (item) => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => waiting.push(resolve));
    running--;
    return item * 10;
  });
  while (waiting.length > 0 || running > 0) {
    waiting.pop()?.();
    await new Promise(setImmediate);
  }
  expect(await done).toEqual([30, 10, 20, 0]);
  expect(most).toBe(2);
});

test("after a failure nothing new is begun, and what runs is awaited", async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    if (item === 1) throw new Error("one");
    await new Promise(setImmediate);
    ended.push(item);
  };
  await expect(runLimited([1, 2, 3, 4], 2, work)).rejects.toThrow("one");
  expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [2] });
});
