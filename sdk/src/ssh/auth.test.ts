import { expect, test } from "@jest/globals";
import { makeAuthHandler, type AuthMethod } from "./auth.js";
import type { AuthAttempt, ParsedKey, SshAgent } from "./ssh2.js";

// Only the order is asked for here: what the methods hold is never looked at.
const key: AuthMethod = { kind: "key", key: {} as ParsedKey };
const agent: AuthMethod = { kind: "agent", agent: {} as SshAgent };
const password: AuthMethod = { kind: "password", password: "p" };
const questions: AuthMethod = { kind: "questions", answer: () => "p" };

test.each([
  {
    name: "a key at once, and none last",
    methods: [key],
    offers: [["password"], ["password"]],
    want: ["publickey", "none"],
  },
  {
    name: "a key, then a password",
    methods: [key, password],
    offers: [["publickey", "password"], ["publickey", "password"], []],
    want: ["publickey", "password", "none"],
  },
  {
    name: "first what the server offers",
    methods: [password, questions],
    offers: [["keyboard-interactive"], []],
    want: ["none", "keyboard-interactive"],
  },
  {
    name: "an agent only when asked for",
    methods: [agent, password],
    offers: [["publickey"], []],
    want: ["none", "agent", "password"],
  },
  { name: "nothing", methods: [], offers: [[]], want: ["none"] },
])("tries $name", ({ methods, offers, want }) => {
  const tried: string[] = [];
  const next = makeAuthHandler("me", methods, tried);
  const attempts: AuthAttempt["type"][] = [];
  for (const offered of [null, ...offers]) {
    const attempt = next(offered, false);
    if (attempt === false) break;
    attempts.push(attempt.type);
  }
  expect(attempts).toEqual(want);
  expect(tried[0]).toBe("none");
});
