import type { ComponentRef, LogRecord, Progress, SessionHandlers, SessionResult, StepContext } from "@ingot/engine";
import {
  bidi,
  LogRecord_Level,
  onAbort,
  UiLine_Level,
  type Question,
  type ResourceRecord as WireRecord,
  type RpcMethod,
  type SessionCommand,
  type SessionEvent,
  type SessionResult as WireResult,
  type StepContext as WireStep,
} from "@ingot/protocol";
import { isError, messageOf } from "@ingot/diag";
import type { PluginConnection } from "./plugin-connection.js";
import { secondsText } from "./seconds-text.js";
import { decodeResource } from "./wire-artifact.js";
import { decodeDiagnostic, decodeDiagnostics } from "./wire-diagnostic.js";
import { WireProblem } from "./wire-problem.js";

/** How long a plugin may take to end the stream after its result. */
const END_OF_STREAM_MS = 5_000;

/** What one message of a plugin is. A session of one kind may have messages of its own: `other` handles one. */
export type SessionMessage<Result> =
  { readonly event: SessionEvent } | { readonly result: Result } | { readonly other: () => void } | undefined;

export interface SessionOptions<Request, Response, Result> {
  readonly plugin: PluginConnection;
  /** Completes "while it ...": `ran the builder "oci"`. */
  readonly what: string;
  readonly method: RpcMethod<Request, Response>;
  readonly component: ComponentRef;
  readonly start: NoInfer<Request>;
  readonly classify: (response: NoInfer<Response>, session: SessionControl<Request>) => SessionMessage<Result>;
  readonly handlers: SessionHandlers;
  readonly signal: AbortSignal;
  /** How long the plugin may clean up after a cancel before it is killed. */
  readonly cancelGraceMs: number;
}

/** What a kind of session can do with a running session. */
export interface SessionControl<Request> {
  send(request: Request): void;
  /** Cancels the session; it rejects with `error` once the plugin has cleaned up. */
  fail(error: unknown): void;
}

/**
 * Runs one session: sends start, hands the plugin's events to the handlers in order, acknowledges resource records once they are
 * in the journal, answers questions while other events go on. An aborted signal becomes a cancel message; the plugin then has
 * `cancelGraceMs` to end with a result. Rejects with PluginError when the plugin crashes or breaks the protocol.
 */
export async function runSession<Request, Response, Result>(
  options: SessionOptions<Request, Response, Result>,
): Promise<Result> {
  const { plugin, what, signal, handlers } = options;
  signal.throwIfAborted();
  plugin.assertRunning();
  const call = bidi(plugin.client, options.method, { signal: plugin.gone });
  const over = new AbortController();
  const questions: Promise<void>[] = [];
  const timers: NodeJS.Timeout[] = [];
  let failure: { readonly error: unknown } | undefined;
  let result: { readonly value: Result } | undefined;
  let isCancelled = false;
  let isOverdue = false;

  const send = (request: Request): void => {
    call.write(request).catch(fail);
  };
  const command = (value: SessionCommand["command"]): void => {
    const message = { $case: "command", value: { command: value } };
    send({ message } as Request); // the requests of all kinds of session have this message
  };
  const cancel = (reason: unknown): void => {
    if (isCancelled || result) return;
    isCancelled = true;
    const grace = { reason: cancelReason(reason), graceMs: BigInt(Math.round(options.cancelGraceMs)) };
    command({ $case: "cancel", value: grace });
    const giveUp = (): void => {
      isOverdue = true;
      call.cancel();
    };
    timers.push(setTimeout(giveUp, options.cancelGraceMs));
  };
  const fail = (error: unknown): void => {
    failure ??= { error };
    cancel(error);
  };
  const answer = async ({ id, text }: Question): Promise<void> => {
    try {
      const reply = await handlers.ask(text, { signal: AbortSignal.any([signal, over.signal]) });
      command({ $case: "answer", value: { questionId: id, text: reply, error: "" } });
    } catch (error) {
      command({ $case: "answer", value: { questionId: id, text: "", error: messageOf(error) || "not possible" } });
    }
  };
  const record = async (wire: WireRecord): Promise<void> => {
    const resource = decodeResource(wire, options.component);
    const acknowledge = (): void =>
      command({ $case: "resourceRecorded", value: { recordId: wire.recordId, state: wire.state } });
    try {
      await handlers.resource(resource);
      acknowledge();
    } catch (error) {
      fail(error);
      // Only what is not there yet must not be made without a record. A plugin that waits here could not clean up.
      if (resource.state !== "planned") acknowledge();
    }
  };
  const control: SessionControl<Request> = { send, fail };
  const receive = async (response: Response): Promise<void> => {
    if (result) throw plugin.violation(`sent a message after its result while it ${what}`);
    const message = options.classify(response, control);
    if (message === undefined) throw plugin.violation(`sent an empty message while it ${what}`);
    if ("event" in message) {
      const { event } = message.event;
      if (event?.$case === "question") questions.push(answer(event.value));
      else if (event?.$case === "resource") await record(event.value);
      else report(event, handlers);
    } else if ("other" in message) {
      message.other();
    } else {
      result = { value: message.result };
      call.end();
      timers.push(setTimeout(() => call.cancel(), END_OF_STREAM_MS));
    }
  };

  const stopListening = onAbort(signal, () => cancel(signal.reason));
  send(options.start);
  try {
    for await (const response of call) await receive(response);
    if (!result && !failure) throw plugin.violation(`ended the stream without a result while it ${what}`);
  } catch (error) {
    if (isOverdue && !result) {
      await plugin.kill();
      const headline = `The plugin "${plugin.name}" did not stop within ${secondsText(options.cancelGraceMs)} after it was told to, while it ${what}.`;
      failure ??= { error: plugin.error("timeout", headline, "It was killed. What it had made may be left behind.") };
    } else if (error instanceof WireProblem) {
      failure ??= { error: plugin.violation(`sent a wrong value while it ${what}: ${error.sentence}`, error) };
    } else {
      const problem = await plugin.explain(what, error);
      if (result === undefined) failure ??= { error: problem };
      else if (problem === error || isViolation(problem)) throw problem;
      else plugin.log("warn", "the stream did not end well after the result", { error: messageOf(error) });
    }
  } finally {
    stopListening();
    for (const timer of timers) clearTimeout(timer);
    over.abort(new Error("interrupted"));
    await Promise.all(questions);
    call.cancel();
  }
  if (failure) throw failure.error;
  if (!result) throw new Error("bug: a session without an end");
  return result.value;
}

function isViolation(error: unknown): boolean {
  return isError(error) && "code" in error && error.code === "protocol";
}

function cancelReason(reason: unknown): string {
  if (typeof reason === "string") return reason;
  if (!isError(reason)) return "interrupted";
  return reason.name === "TimeoutError" ? "timeout" : reason.name === "AbortError" ? "interrupted" : reason.message;
}

type SimpleEvent = Exclude<SessionEvent["event"], { $case: "question" | "resource" }>;

function report(event: SimpleEvent, handlers: SessionHandlers): void {
  switch (event?.$case) {
    case "ui":
      return handlers.ui(event.value.level === UiLine_Level.ERROR ? "error" : "say", event.value.text);
    case "log":
      return handlers.log(decodeLog(event.value));
    case "progress":
      return handlers.progress(decodeProgress(event.value));
    case "warning":
      return handlers.warning({ ...decodeDiagnostic(event.value), severity: "warning" });
    case "secrets":
      return handlers.secrets(event.value.values);
    case undefined: // a kind of event that this release doesn't know
      return;
  }
}

const LEVELS: Readonly<Record<number, LogRecord["level"]>> = {
  [LogRecord_Level.TRACE]: "trace",
  [LogRecord_Level.DEBUG]: "debug",
  [LogRecord_Level.INFO]: "info",
  [LogRecord_Level.WARN]: "warn",
  [LogRecord_Level.ERROR]: "error",
};

type EventValue<Case extends string> = Extract<NonNullable<SessionEvent["event"]>, { $case: Case }>["value"];

function decodeLog({ level, message, fields, time }: EventValue<"log">): LogRecord {
  return { level: LEVELS[level] ?? "debug", message, fields, timeMs: time?.getTime() ?? Date.now() };
}

function decodeProgress({ id, label, done, total, unit, finished }: EventValue<"progress">): Progress {
  return { id, label, done: Number(done), unit, finished, ...(total > 0n ? { total: Number(total) } : {}) };
}

/** What a message is in a session that has events and a result only. */
export function eventOrResult<Result>(response: {
  readonly message?: { $case: "event"; value: SessionEvent } | { $case: "result"; value: Result } | undefined;
}): SessionMessage<Result> {
  const { message } = response;
  if (message === undefined) return undefined;
  return message.$case === "event" ? { event: message.value } : { result: message.value };
}

/** Reads how a session ended; one without this message is a violation. */
export function decodeResult(wire: WireResult | undefined, plugin: PluginConnection, what: string): SessionResult {
  if (wire === undefined) throw plugin.violation(`sent a result that says nothing while it ${what}`);
  return { diagnostics: decodeDiagnostics(wire.diagnostics), cancelled: wire.cancelled };
}

export function encodeStep({ runId, buildId, stepId }: StepContext): WireStep {
  return { runId, buildId, stepId };
}
