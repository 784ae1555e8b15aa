/** The primary rate limit of a test GitHub: one for all clients, without an end until a test sets it. */
export class GitHubRateLimit {
  /** What is left. */
  remaining = 5000;
  /** When there are new requests, in seconds since 1970. */
  reset = Math.floor(Date.now() / 1000) + 3600;
  /** What refused requests are answered with. */
  status: 403 | 429 = 403;
  readonly #limit = 5000;

  /** Counts a request. */
  count(): void {
    if (this.remaining > 0) this.remaining--;
  }

  /** The status of a refusal; undefined when there are requests left. */
  refusal(): number | undefined {
    if (this.remaining > 0) return undefined;
    if (Date.now() / 1000 < this.reset) return this.status;
    this.remaining = this.#limit;
    return undefined;
  }

  headers(): Record<string, string> {
    return {
      "x-ratelimit-limit": String(this.#limit),
      "x-ratelimit-remaining": String(this.remaining),
      "x-ratelimit-reset": String(this.reset),
      "x-ratelimit-resource": "core",
    };
  }
}
