import { EventQueue } from "./event-queue.js";
import type { EventBody, RunEvent } from "./events.js";
import { Journal } from "./journal.js";
import { maskEvent } from "./mask-event.js";
import type { SecretSet } from "./secret-set.js";

export type EventListener = (event: RunEvent) => void;

/**
 * The events of one run: numbers them, masks secrets, writes the journal, tells the listeners. The journal file starts with the first
 * event that has a side effect, so that a run that only looks writes nothing.
 */
export class EventStream implements AsyncDisposable {
  readonly #runId: string;
  readonly #secrets: SecretSet;
  readonly #now: () => number;
  readonly #startJournal: (() => Journal) | undefined;
  readonly #listeners = new Set<EventListener>();
  readonly #queues = new Set<EventQueue<RunEvent>>();
  #journal: Journal | undefined;
  #early: string[] = [];
  /** Which starts of secrets the last text of each step ended with. */
  readonly #open = new Map<string, string>();
  #seq = 0;

  /** `stateDirectory` undefined: no journal, for runs that have no side effects. */
  constructor(options: {
    readonly runId: string;
    readonly secrets: SecretSet;
    readonly stateDirectory: string | undefined;
    readonly now: () => number;
  }) {
    const { runId, stateDirectory } = options;
    this.#runId = runId;
    this.#secrets = options.secrets;
    this.#now = options.now;
    if (stateDirectory !== undefined) this.#startJournal = () => Journal.start(stateDirectory, runId);
  }

  /** Calls the listener with every event from now on, at once. Gives the function that ends this. */
  subscribe(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All events from now on. Ends with the run. */
  events(): AsyncIterable<RunEvent> {
    const queue = new EventQueue<RunEvent>();
    this.#queues.add(queue);
    return queue;
  }

  /** Reports something that has happened. */
  emit(body: EventBody): void {
    const line = this.#publish(body);
    if (line === undefined) return;
    if (this.#journal !== undefined) this.#journal.append(line);
    else this.#early.push(line);
  }

  /** Reports something that is about to happen. Do it when this has resolved: then the event is on the disk. */
  async announce(body: EventBody): Promise<void> {
    const line = this.#publish(body);
    if (line === undefined || this.#startJournal === undefined) return;
    if (this.#journal === undefined) {
      this.#journal = this.#startJournal();
      for (const early of this.#early) this.#journal.append(early);
      this.#early = [];
    }
    await this.#journal.appendDurable(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const queue of this.#queues) queue.close();
    await this.#journal?.[Symbol.asyncDispose]();
  }

  /** Masks an event. What a step says may come in pieces, so its texts are masked as pieces of one. */
  #mask(body: EventBody): EventBody {
    if (this.#secrets.isEmpty || (body.type !== "ui" && body.type !== "log")) return maskEvent(body, this.#secrets);
    const source = `${body.type} ${body.level} ${body.step}`;
    const piece = body.type === "ui" ? body.text : body.message;
    const { text, open } = this.#secrets.maskPiece(piece, this.#open.get(source) ?? "");
    this.#open.set(source, open);
    if (body.type === "ui") return { ...body, text };
    return maskEvent({ ...body, message: text }, this.#secrets);
  }

  /** Sends the event to everyone and gives its journal line, if it has one. */
  #publish(body: EventBody): string | undefined {
    const head = { seq: ++this.#seq, time: new Date(this.#now()).toISOString(), run: this.#runId };
    const event: RunEvent = { ...head, ...this.#mask(body) };
    for (const listener of this.#listeners) listener(event);
    for (const queue of this.#queues) queue.push(event);
    if (this.#startJournal === undefined || !isJournalled(body)) return undefined;
    // A later run must be able to find the resource, so the journal has its place unmasked.
    return JSON.stringify(body.type === "resource" ? { ...head, ...body } : event);
  }
}

function isJournalled(body: EventBody): boolean {
  if (body.type === "progress") return false;
  return body.type !== "log" || body.level === "warn" || body.level === "error";
}
