import { messageOf } from "@ingot/diag";
import type { EventStream } from "./event-stream.js";
import { Semaphore } from "./semaphore.js";

/** Puts a question of a step to the user and gives the answer without surrounding space. Rejects when that is not possible. */
export type AskUser = (question: string, options: StepPlace & { readonly signal: AbortSignal }) => Promise<string>;

interface StepPlace {
  readonly build?: string;
  readonly step: string;
}

/** Asks the user one question at a time, whatever number of builds have some. */
export class Asker {
  readonly #ask: AskUser;
  readonly #stream: EventStream;
  readonly #turn = new Semaphore(1);

  constructor(ask: AskUser, stream: EventStream) {
    this.#ask = ask;
    this.#stream = stream;
  }

  /** Lets `use` have the terminal for itself when its turn comes. */
  async withTerminal<T>(use: () => Promise<T>, { signal }: { readonly signal: AbortSignal }): Promise<T> {
    const leave = await this.#turn.acquire(signal);
    try {
      return await use();
    } finally {
      leave();
    }
  }

  async ask(text: string, place: StepPlace, { signal }: { readonly signal: AbortSignal }): Promise<string> {
    const leave = await this.#turn.acquire(signal);
    try {
      this.#stream.emit({ type: "question", ...place, text });
      const answer = await this.#ask(text, { ...place, signal });
      this.#stream.emit({ type: "question-answered", ...place });
      return answer;
    } catch (error) {
      this.#stream.emit({ type: "question-answered", ...place, error: messageOf(error) });
      throw error;
    } finally {
      leave();
    }
  }
}
