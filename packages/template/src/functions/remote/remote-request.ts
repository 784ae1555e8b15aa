/** A request to a store outside, such as Vault. Evaluation is synchronous, so whoever makes it waits for the answer. */
export interface RemoteRequest {
  readonly method: "GET" | "POST" | "PUT";
  /** `http://`, `https://`, or `unix://SOCKET` with `path`. */
  readonly url: string;
  /** The path when the URL is that of a Unix socket. */
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly tls?: RemoteTls;
}

/** How to check the server and show who we are. All texts are PEM. */
export interface RemoteTls {
  /** Trusted instead of the well-known authorities. */
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  /** Takes any certificate. */
  readonly skipVerify?: boolean;
}

export interface RemoteResponse {
  readonly status: number;
  readonly body: string;
}

/** What the functions of remote stores need. */
export interface RemoteScene {
  /** Sends a request and waits. Throws an Error when there is no answer. */
  readonly send: (request: RemoteRequest) => RemoteResponse;
  /** The text of a file; undefined when it can't be read. */
  readonly readText: (path: string) => string | undefined;
  /** The names in a folder; undefined when it can't be read. */
  readonly listFolder: (path: string) => readonly string[] | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The text of a JSON answer as data; undefined when it is something else. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
