import {
  bidi,
  ResourceRecord_State,
  UiLine_Level,
  LogRecord_Level,
  type RpcClient,
  type RpcMethod,
  type SessionCommand,
  type SessionEvent,
  type SessionResult,
} from "@ingot/protocol";
import type { Diagnostic } from "@ingot/diag";
import { fromWireDiagnostic } from "../diagnostic-wire.js";

/** What a session said, in order, and how it ended. */
export interface SessionOutcome {
  /** Errors and warnings of the result. */
  readonly diagnostics: readonly Diagnostic[];
  readonly cancelled: boolean;
  readonly ui: readonly { readonly level: "say" | "error"; readonly text: string }[];
  readonly log: readonly {
    readonly level: string;
    readonly message: string;
    readonly fields: Readonly<Record<string, string>>;
  }[];
  readonly warnings: readonly Diagnostic[];
  readonly secrets: readonly string[];
  readonly progress: readonly {
    readonly label: string;
    readonly done: number;
    readonly total: number;
    readonly finished: boolean;
  }[];
  readonly resources: readonly {
    readonly state: "planned" | "created" | "released";
    readonly kind: string;
    readonly id: string;
    readonly locator: Readonly<Record<string, string>>;
  }[];
}

/** What a test may do while a session runs. */
export interface SessionOptions {
  /** Sends a cancel when it aborts; its reason's message is the reason. */
  readonly signal?: AbortSignal;
  /** Answers questions. Without it they cannot be asked. */
  readonly answer?: (question: string) => string | Promise<string>;
  /** Called for each line. */
  readonly onUi?: (line: { readonly level: "say" | "error"; readonly text: string }) => void;
  /** Called for each record, before it is acknowledged. */
  readonly onResource?: (record: SessionOutcome["resources"][number]) => void | Promise<void>;
}

interface Response {
  readonly message: { readonly $case: string; readonly value: unknown } | undefined;
}

/** Runs one session as a host does. Gives what it said, and its last message. */
export async function driveSession<Request, Res extends Response>(
  client: RpcClient,
  method: RpcMethod<Request, Res>,
  options: SessionOptions & {
    readonly start: Request;
    readonly command: (command: SessionCommand) => Request;
    /** Takes messages that are neither events nor the result. */
    readonly onMessage?: (
      message: { readonly $case: string; readonly value: unknown },
      send: (request: Request) => Promise<void>,
    ) => void;
    /** Finds the session's result in its last message. */
    readonly resultOf: (value: unknown) => SessionResult | undefined;
  },
): Promise<{ readonly outcome: SessionOutcome; readonly result: unknown }> {
  const call = bidi(client, method);
  const collected = {
    ui: [] as SessionOutcome["ui"][number][],
    log: [] as SessionOutcome["log"][number][],
    warnings: [] as Diagnostic[],
    secrets: [] as string[],
    progress: [] as SessionOutcome["progress"][number][],
    resources: [] as SessionOutcome["resources"][number][],
  };
  const send = (command: NonNullable<SessionCommand["command"]>): Promise<void> =>
    call.write(options.command({ command }));
  const onEvent = async ({ event }: SessionEvent): Promise<void> => {
    switch (event?.$case) {
      case "ui": {
        const level = event.value.level === UiLine_Level.ERROR ? ("error" as const) : ("say" as const);
        collected.ui.push({ level, text: event.value.text });
        options.onUi?.({ level, text: event.value.text });
        return;
      }
      case "log":
        collected.log.push({ ...event.value, level: levelName(event.value.level) });
        return;
      case "progress": {
        const { label, done, total, finished } = event.value;
        collected.progress.push({ label, done: Number(done), total: Number(total), finished });
        return;
      }
      case "warning":
        collected.warnings.push(fromWireDiagnostic(event.value));
        return;
      case "secrets":
        collected.secrets.push(...event.value.values);
        return;
      case "question": {
        const { id: questionId, text } = event.value;
        const answer = await options.answer?.(text);
        const error = answer === undefined ? "no available tty" : "";
        return send({ $case: "answer", value: { questionId, text: answer ?? "", error } });
      }
      case "resource": {
        const { recordId, state, kind, id, locator } = event.value;
        const record = { state: stateName(state), kind, id, locator };
        collected.resources.push(record);
        await options.onResource?.(record);
        return send({ $case: "resourceRecorded", value: { recordId, state } });
      }
      case undefined:
    }
  };
  const cancel = (): void => {
    const reason = (options.signal?.reason as Error | undefined)?.message ?? "interrupted";
    void send({ $case: "cancel", value: { reason, graceMs: 0n } }); // the result tells what came of it
  };
  await call.write(options.start);
  if (options.signal?.aborted === true) cancel();
  options.signal?.addEventListener("abort", cancel, { once: true });
  let last: unknown;
  try {
    for await (const { message } of call) {
      if (message?.$case === "event") await onEvent(message.value as SessionEvent);
      else if (message?.$case === "result") last = message.value;
      else if (message !== undefined) options.onMessage?.(message, (request) => call.write(request));
    }
  } finally {
    options.signal?.removeEventListener("abort", cancel);
  }
  call.end();
  const result = options.resultOf(last);
  if (result === undefined) throw new Error("the plugin ended the session without a result");
  const diagnostics = result.diagnostics.map(fromWireDiagnostic);
  return { outcome: { ...collected, diagnostics, cancelled: result.cancelled }, result: last };
}

function levelName(level: LogRecord_Level): string {
  const found = Object.entries(LogRecord_Level).find(([, value]) => value === level);
  return (found?.[0] ?? "debug").toLowerCase();
}

function stateName(state: ResourceRecord_State): "planned" | "created" | "released" {
  if (state === ResourceRecord_State.PLANNED) return "planned";
  return state === ResourceRecord_State.CREATED ? "created" : "released";
}
