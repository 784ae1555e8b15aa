/** How many transfers, and how many of their bytes, may be on their way at once. */
export interface WindowSize {
  readonly count: number;
  readonly bytes: number;
  /** How many begin together, where others have to end for them. */
  readonly group: number;
}

/** How many of those that were postponed are done at once. */
const POSTPONED_COUNT = 32;

/** Counts small transfers at work at the same time, and keeps the first error. It makes no promise for each. */
export class TransferWindow {
  readonly #size: WindowSize;
  #count = 0;
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;
  #postponed: (() => void)[] = [];
  #isWoken: (() => boolean) | undefined;
  #wake = (): void => {};

  constructor(size: WindowSize) {
    this.#size = size;
  }

  /** Tells whether a transfer has to wait. */
  isFull(bytes: number): boolean {
    return this.#count >= this.#size.count || (this.#bytes + bytes > this.#size.bytes && this.#count > 0);
  }

  /** Resolves when there is room for a group, which then leaves together, or half of what is under way has ended. */
  async roomFor(bytes: number): Promise<void> {
    const enough = Math.max(this.#count - this.#size.group, this.#count / 2);
    await this.#until(() => this.#count <= enough && !this.isFull(bytes));
  }

  /** Resolves when nothing is under way. */
  async settle(): Promise<void> {
    await this.#until(() => this.#count === 0);
  }

  start(bytes: number): void {
    this.#count++;
    this.#bytes += bytes;
  }

  /** Takes the end of a transfer that has begun with so many bytes. */
  end(bytes: number): void {
    this.#count--;
    this.#bytes -= bytes;
    this.#resume();
    if (this.#isWoken?.() === true) this.#wake();
  }

  /** Does a transfer that was started again, when all others have ended or are postponed too; then few at a time. */
  postpone(again: () => void): void {
    this.#postponed.push(again);
    this.#resume();
  }

  /** Takes the failed end of a transfer. */
  fail(bytes: number, error: unknown): void {
    this.#failure ??= { error };
    this.end(bytes);
  }

  /** Counts a transfer with a promise. */
  track(bytes: number, work: Promise<void>): void {
    this.start(bytes);
    work.then(
      () => this.end(bytes),
      (error: unknown) => this.fail(bytes, error),
    );
  }

  /** Throws the first error. */
  throwFirst(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #resume(): void {
    if (this.#postponed.length === 0 || this.#postponed.length < this.#count) return;
    const all = this.#postponed.splice(0, POSTPONED_COUNT);
    for (const again of all) again();
  }

  async #until(isWoken: () => boolean): Promise<void> {
    if (isWoken()) return;
    await new Promise<void>((resolve) => {
      this.#isWoken = isWoken;
      this.#wake = resolve;
    });
    this.#isWoken = undefined;
  }
}
