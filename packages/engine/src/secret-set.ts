const MASK = "<sensitive>";

/**
 * Strings that must not be shown. Each value counts as a whole, with line feeds in place of CR LF, and line by line. Empty strings and
 * lines don't count.
 */
export class SecretSet {
  readonly #values = new Set<string>();
  #longestFirst: readonly string[] | undefined;

  add(values: Iterable<string>): void {
    for (const value of values) {
      const unix = value.replaceAll("\r\n", "\n");
      for (const form of [value, unix, ...unix.split("\n")]) if (form !== "") this.#values.add(form);
    }
    this.#longestFirst = undefined;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** Puts `<sensitive>` in place of every secret. Longer secrets go first, so that no piece of one stays. */
  mask(text: string): string {
    this.#longestFirst ??= [...this.#values].sort((a, b) => b.length - a.length);
    let masked = text;
    for (const secret of this.#longestFirst) if (masked.includes(secret)) masked = masked.replaceAll(secret, MASK);
    return masked;
  }
}
