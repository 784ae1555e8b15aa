import { describe, expect, test } from "@jest/globals";
import { SecretSet } from "./secret-set.js";
import { disguises, encodings, makeSecrets, randomPieces, seededRandom } from "./testing/secret-samples.js";

const random = seededRandom(20260101);
const secrets = makeSecrets(2_000, random);
const set = new SecretSet();
set.add(secrets);

describe("2,000 secrets", () => {
  test.each(Object.entries(encodings))("are found when they are %s", (_, encode) => {
    const leaks = secrets.filter((secret) => {
      const encoded = encode(secret);
      return set.mask(`value=[ ${encoded} ] ends`).includes(encoded);
    });
    expect(leaks).toEqual([]);
  });

  test.each(Object.entries(encodings))("are found in JSON when they are %s", (_, encode) => {
    const leaks = secrets.slice(0, 500).filter((secret) => {
      const encoded = JSON.stringify({ value: encode(secret) });
      return set.mask(encoded) === encoded;
    });
    expect(leaks).toEqual([]);
  });

  test("are found inside of base64 at every alignment", () => {
    const leaks = secrets.filter((secret) =>
      ["", "x", "xy", "xyz"].some((before) => {
        const encoded = Buffer.from(`${before}${secret}after`).toString("base64");
        const core = encoded.slice(4, Math.floor((Buffer.byteLength(before + secret) * 8) / 6));
        return core !== "" && set.mask(encoded).includes(core);
      }),
    );
    expect(leaks).toEqual([]);
  });

  test.each([
    { longest: 30, kinds: Object.keys(encodings) },
    { longest: 7, kinds: Object.keys(encodings) },
    { longest: 1, kinds: ["as they are", "URL-encoded", "a JSON string", "quoted for a shell"] },
  ])("are never shown whole by pieces of up to $longest characters", ({ longest, kinds }) => {
    const leaks: string[] = [];
    for (const kind of kinds) {
      for (const secret of secrets.slice(0, longest === 30 ? 2_000 : 500)) {
        const encoded = encodings[kind]?.(secret) ?? "";
        let open = "";
        let shown = "";
        for (const piece of randomPieces(`[ ${encoded} ] ends`, random, longest)) {
          const masked = set.maskPiece(piece, open);
          open = masked.open;
          shown += masked.text;
        }
        if (shown.includes(encoded) || !shown.endsWith("] ends")) leaks.push(`${kind}: ${encoded}`);
      }
    }
    expect(leaks).toEqual([]);
  });

  test("are never shown whole by lines of one text", () => {
    const leaks = secrets.filter((secret) => {
      if (/\s/.test(secret)) return false;
      const shown = set.mask(randomPieces(`[${secret}]`, random, 12).join("\n    "));
      return shown.replaceAll("\n    ", "").includes(secret);
    });
    expect(leaks).toEqual([]);
  });

  test("do not slow text down", () => {
    const line = `==> null.x: ${"compiling object 12 of 700; ".repeat(4)}`;
    set.mask(line);
    const startedAt = performance.now();
    for (let at = 0; at < 20_000; at++) set.mask(line);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});

test("a cut secret in front of an ellipsis is masked", () => {
  const few = new SecretSet();
  few.add(["hunter2-and-more"]);
  expect(few.mask("log: hunter2-a…")).toBe("log: <sensitive>…");
});

test("hostile text takes linear time", () => {
  const hostile = new SecretSet();
  hostile.add([`${"a".repeat(4_000)}b`, "(a+)+$", "a|a|a"]);
  const startedAt = performance.now();
  expect(hostile.mask("a".repeat(1_000_000)).length).toBe(1_000_000);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("secrets that come one at a time cost little", () => {
  const growing = new SecretSet();
  const startedAt = performance.now();
  for (const secret of secrets.slice(0, 300)) {
    growing.add([secret]);
    expect(growing.mask(`x${secret}`)).not.toContain(secret);
  }
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test.each(Object.entries(disguises))("text is left alone: %s", (_, text) => {
  const few = new SecretSet();
  few.add(["correct horse", "p@ss'word\"", "line one\nline two"]);
  expect(few.mask(text)).toBe(text);
});
