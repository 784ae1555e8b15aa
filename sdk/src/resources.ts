/** What is known about a thing outside this process. */
export interface ResourceRecord {
  /** The kind of thing, in the plugin's own words. */
  readonly kind: string;
  /** Its identity in the platform's own terms; may be a name chosen in advance. */
  readonly id: string;
  /** How to find it from another process: path, region, endpoint. Never a secret. */
  readonly locator: Readonly<Record<string, string>>;
}

/** What `create` adds to the thing that was made. */
export interface ResourceHandle extends AsyncDisposable {
  /** The record's id, final. */
  readonly id: string;
  /** Keeps the thing and ends its record: it belongs to the artifact now, or is gone already. */
  release(): Promise<void>;
}

/** Options of `create`. */
export interface ResourceOptions {
  /** The thing's id, chosen in advance. Default: the kind and a random suffix. The thing's own `id` wins once it is made. */
  readonly id?: string;
  /** How to find it from another process. The thing's own `locator` wins once it is made. */
  readonly locator?: Readonly<Record<string, string>>;
}

/** Records things outside this process before they exist. */
export interface Resources {
  /**
   * Records a thing, waits until the record is safe, makes the thing, and gives it with `release` and disposal added to it.
   * Disposing it (`await using`) calls the component's `destroy` for its kind. When `make` fails, `destroy` is called too, as
   * the thing may exist in part. `make` gets the id chosen in advance. What is neither disposed nor released at the session's
   * end is destroyed then, newest first. With -on-error=abort nothing is destroyed after a failure.
   */
  create<T extends object>(
    kind: string,
    make: (id: string) => T | Promise<T>,
    options?: ResourceOptions,
  ): Promise<T & ResourceHandle>;
}
