import { randomUUID } from "node:crypto";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { messageOf, type Diagnostic } from "@ingot/diag";
import {
  UiLine_Level,
  type ResourceRecord as WireResourceRecord,
  type SessionCommand,
  type SessionEvent,
  type SessionResult,
} from "@ingot/protocol";
import type { ProgressReporter, Ui } from "./context.js";
import { toWireDiagnostic } from "./diagnostic-wire.js";
import { diagnosticsOf, isAbort, ProvisioningFailed, DiagnosticError } from "./errors.js";
import { makeLogger, processLog, toLogRecord, type Logger } from "./log.js";
import { isOpen, writeToCall } from "./write-call.js";

/** What requests of every session have in common. */
export interface SessionRequest<Start> {
  readonly message:
    | { readonly $case: "start"; readonly value: Start }
    | { readonly $case: "command"; readonly value: SessionCommand }
    | { readonly $case: string; readonly value: unknown }
    | undefined;
}

/** A response of any session: an event, or something of the session's own. */
export interface SessionResponse {
  message: { $case: "event"; value: SessionEvent } | { $case: string; value: unknown } | undefined;
}

/** How often at most progress is sent, in milliseconds. */
const PROGRESS_INTERVAL_MS = 250;

/** One session of the plugin: sends events, waits for replies, knows when it is cancelled. */
export class Session {
  readonly id = randomUUID();
  readonly log: Logger;
  readonly ui: Ui;
  readonly #call: ServerDuplexStream<unknown, unknown>;
  readonly #controller = new AbortController();
  readonly #gone = new AbortController();
  readonly #answers = new Map<string, (answer: { text: string; error: string }) => void>();
  readonly #records = new Map<string, () => void>();
  #draining: Promise<unknown> | undefined;
  #isClosed = false;

  constructor(call: ServerDuplexStream<unknown, unknown>) {
    this.#call = call;
    this.log = makeLogger((level, message, fields) => {
      if (this.#isClosed) processLog[level](message, fields);
      else void this.#event({ $case: "log", value: toLogRecord(level, message, fields) }); // a log line waits for nobody
    });
    // Typed as giving nothing, so that callers need not wait; those who hand on a flood of lines await what comes back.
    const line = (level: UiLine_Level) => (text: string) =>
      this.#event({ $case: "ui", value: { level, text } }) as void;
    this.ui = { say: line(UiLine_Level.SAY), error: line(UiLine_Level.ERROR) };
  }

  /** Aborts when the host cancels or is gone. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts when the host is gone, after or instead of a cancel. */
  get hostGone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Aborts the session because there is nobody left to report to. */
  leave(reason: string): void {
    this.abort(reason);
    this.#gone.abort(this.signal.reason);
  }

  /** Aborts the session. */
  abort(reason: string): void {
    if (!this.signal.aborted) this.#controller.abort(new DOMException(`cancelled: ${reason}`, "AbortError"));
  }

  /** Takes a command of the host. */
  accept({ command }: SessionCommand): void {
    if (command === undefined) return;
    switch (command.$case) {
      case "answer": {
        const { questionId, text, error } = command.value;
        this.#answers.get(questionId)?.({ text, error });
        return;
      }
      case "resourceRecorded":
        this.#records.get(`${command.value.recordId} ${command.value.state}`)?.();
        return;
      case "cancel":
        this.abort(command.value.reason === "" ? "interrupted" : command.value.reason);
    }
  }

  /** Sends a message; the promise resolves when there is room for the next. Nothing happens once the session is over. */
  send(message: SessionResponse["message"]): Promise<unknown> | undefined {
    if (this.#isClosed) return undefined;
    if (this.#draining !== undefined && isOpen(this.#call)) {
      this.#call.write({ message }); // one wait for room is enough for all who write meanwhile
      return this.#draining;
    }
    this.#draining = writeToCall(this.#call, { message })?.finally(() => (this.#draining = undefined));
    return this.#draining;
  }

  /** Sends the result and ends the stream. */
  finish(message: SessionResponse["message"]): void {
    void this.send(message); // the stream's end flushes it
    this.#isClosed = true;
    this.#call.end();
  }

  /** Sends a warning. */
  warn(diagnostic: Diagnostic): void {
    void this.#event({ $case: "warning", value: toWireDiagnostic(diagnostic) }); // order is kept, nobody waits
  }

  /** Names values that must not be shown. */
  secrets(values: readonly string[]): void {
    const known = values.filter((value) => value !== "");
    if (known.length > 0) void this.#event({ $case: "secrets", value: { values: known } }); // as above
  }

  /** Asks the user. */
  async ask(text: string): Promise<string> {
    const id = randomUUID();
    const answer = this.#reply<{ text: string; error: string }>(this.#answers, id);
    void this.#event({ $case: "question", value: { id, text } }); // the answer is what we wait for
    const reply = await answer;
    if (reply.error !== "") throw new Error(`the question could not be asked: ${reply.error}`);
    return reply.text;
  }

  /** Sends a resource record and waits until the host has written it down. Clean-up may do so after an abort. */
  async record(record: WireResourceRecord, { evenIfAborted }: { readonly evenIfAborted: boolean }): Promise<void> {
    if (this.#isClosed || this.#call.cancelled) return; // nobody is left to write it down
    const recorded = this.#reply<void>(this.#records, `${record.recordId} ${record.state}`, evenIfAborted);
    void this.#event({ $case: "resource", value: record }); // the acknowledgement is what we wait for
    await recorded;
  }

  /** Starts a progress report. */
  progress(label: string, options: { readonly total?: number; readonly unit?: string } = {}): ProgressReporter {
    const id = randomUUID();
    const total = BigInt(Math.max(0, Math.floor(options.total ?? 0)));
    let done = 0n;
    let lastSentMs = 0;
    const send = (finished: boolean): void => {
      lastSentMs = Date.now();
      const value = { id, label, done, total, unit: options.unit ?? "", finished };
      void this.#event({ $case: "progress", value }); // progress waits for nobody
    };
    return {
      update: (count) => {
        done = BigInt(Math.max(0, Math.floor(count)));
        if (Date.now() - lastSentMs >= PROGRESS_INTERVAL_MS) send(false);
      },
      finish: () => send(true),
    };
  }

  #event(event: NonNullable<SessionEvent["event"]>): Promise<unknown> | undefined {
    return this.send({ $case: "event", value: { event } });
  }

  /** Waits for a reply under a key. Rejects on abort, or only when the connection is gone. */
  #reply<T>(waiting: Map<string, (value: T) => void>, key: string, evenIfAborted = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!evenIfAborted) this.signal.throwIfAborted();
      const settle = (): void => {
        waiting.delete(key);
        this.signal.removeEventListener("abort", onAbort);
        this.#call.removeListener("cancelled", onGone);
      };
      const onAbort = (): void => {
        settle();
        reject(this.signal.reason as Error);
      };
      const onGone = (): void => {
        settle();
        reject(new DOMException("the host is gone", "AbortError"));
      };
      if (!evenIfAborted) this.signal.addEventListener("abort", onAbort);
      this.#call.on("cancelled", onGone);
      waiting.set(key, (value) => {
        settle();
        resolve(value);
      });
    });
  }
}

/** What a session's own part does. */
export interface SessionHandler<Start> {
  /** Does the work and gives the last message. */
  run(start: Start, session: Session): Promise<SessionResponse["message"]>;
  /** Takes messages that are neither start nor command. */
  onMessage?(message: { readonly $case: string; readonly value: unknown }, session: Session): void;
}

/**
 * Runs one session on a stream: waits for the start message, hands commands on, aborts when the stream ends, sends the last
 * message. `open` is called with the session, and what it gives when the session is over.
 */
export function serveSession<Start>(
  call: ServerDuplexStream<SessionRequest<Start>, SessionResponse>,
  handler: SessionHandler<Start>,
  open: (session: Session, done: Promise<void>) => void,
): void {
  const session = new Session(call);
  let hasStarted = false;
  call.on("error", (error: Error) => session.leave(error.message));
  call.on("cancelled", () => session.leave("the host ended the call"));
  call.on("end", () => {
    session.leave("the host ended the stream");
    if (!hasStarted) call.end();
  });
  call.on("data", ({ message }: SessionRequest<Start>) => {
    if (message === undefined) return;
    if (message.$case === "command") return session.accept(message.value as SessionCommand);
    if (message.$case !== "start") return handler.onMessage?.(message, session);
    if (hasStarted) return;
    hasStarted = true;
    const done = handler.run(message.value as Start, session).then(
      (result) => session.finish(result),
      (error: unknown) => {
        processLog.error("a session failed in the SDK", { error: messageOf(error), stack: stackOf(error) });
        call.destroy(Object.assign(new Error(messageOf(error)), { code: 13 })); // INTERNAL: a defect
      },
    );
    open(session, done);
  });
}

/** The result of a session that ended with an error, whose stack goes to the log only. */
export function failedResult(error: unknown, session: Session): SessionResult {
  if (isAbort(error, session.signal)) return { diagnostics: [], cancelled: true };
  if (!(error instanceof DiagnosticError) && !(error instanceof ProvisioningFailed)) {
    session.log.debug("the component threw an error", { error: messageOf(error), stack: stackOf(error) });
  }
  return { diagnostics: diagnosticsOf(error).map(toWireDiagnostic), cancelled: session.signal.aborted };
}

/** The result of a session whose work was done. */
export const SUCCESS: SessionResult = { diagnostics: [], cancelled: false };

function stackOf(error: unknown): string {
  return (error as Error | undefined)?.stack ?? "";
}
