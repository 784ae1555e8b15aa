import type { AuthAttempt, AuthHandler, ParsedKey, SshAgent } from "./ssh2.js";

/** One way to log in. */
export type AuthMethod =
  | { readonly kind: "agent"; readonly agent: SshAgent }
  | { readonly kind: "key"; readonly key: ParsedKey }
  | { readonly kind: "password"; readonly password: string }
  /** Answers each of the server's questions. */
  | { readonly kind: "questions"; readonly answer: (question: string) => string | Promise<string> };

const NAMES = {
  agent: "publickey",
  key: "publickey",
  password: "password",
  questions: "keyboard-interactive",
} as const;

/** Thrown when the server accepts none of the ways to log in. */
export class AuthenticationError extends Error {
  override readonly name = "AuthenticationError";

  constructor(tried: readonly string[], options?: ErrorOptions) {
    super(
      `ssh: handshake failed: ssh: unable to authenticate, attempted methods [${tried.join(" ")}], ` +
        "no supported methods remain",
      options,
    );
  }
}

/**
 * Makes ssh2's choice of the next way to log in: first "none", which tells what the server offers, then our methods in order,
 * each name once. When a key comes first it is tried at once, and "none" last. `tried` gets the names that were tried.
 */
export function makeAuthHandler(username: string, methods: readonly AuthMethod[], tried: string[]): AuthHandler {
  const [first] = methods;
  let isAgentLast = false;
  let isNoneLeft = true;
  return (offered) => {
    if (offered === null) {
      tried.push("none"); // as in the reference, whatever the order
      if (first?.kind === "key") {
        tried.push(NAMES.key);
        return toAttempt(username, first);
      }
      isNoneLeft = false;
      return { type: "none", username };
    }
    // After an agent ssh2 does not tell what the server offers now.
    const next = methods.find(({ kind }) => {
      const name = NAMES[kind];
      return !tried.includes(name) && (isAgentLast || offered.includes(name));
    });
    if (next === undefined) {
      if (!isNoneLeft) return false;
      isNoneLeft = false;
      return { type: "none", username };
    }
    tried.push(NAMES[next.kind]);
    isAgentLast = next.kind === "agent";
    return toAttempt(username, next);
  };
}

function toAttempt(username: string, method: AuthMethod): AuthAttempt {
  switch (method.kind) {
    case "agent":
      return { type: "agent", username, agent: method.agent };
    case "key":
      return { type: "publickey", username, key: method.key };
    case "password":
      return { type: "password", username, password: method.password };
    case "questions":
      return {
        type: "keyboard-interactive",
        username,
        prompt: (_name, instructions, _language, prompts, finish) => {
          const ask = async (): Promise<readonly string[]> => {
            const answers: string[] = [];
            for (const { prompt } of prompts) {
              answers.push(await method.answer([instructions, prompt].filter((text) => text !== "").join("\n")));
            }
            return answers;
          };
          ask().then(finish, () => finish(prompts.map(() => ""))); // an answer that cannot be had is a wrong one
        },
      };
  }
}
