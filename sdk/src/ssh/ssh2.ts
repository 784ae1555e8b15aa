import type { Duplex, Readable } from "node:stream";

/** A key as ssh2 holds it. */
export interface ParsedKey {
  readonly type: string;
  readonly comment: string;
  isPrivateKey(): boolean;
  getPublicSSH(): Buffer;
  sign(data: Buffer, hash?: string): Buffer | Error;
}

/** A connection to the local SSH agent. */
export interface SshAgent {
  getStream?(done: (error: Error | undefined, stream: Duplex) => void): void;
  getIdentities(done: (error: Error | undefined, keys: readonly unknown[]) => void): void;
}

/** One way to log in, as ssh2 is told. */
export type AuthAttempt =
  | { readonly type: "none"; readonly username: string }
  | { readonly type: "password"; readonly username: string; readonly password: string }
  | { readonly type: "publickey"; readonly username: string; readonly key: ParsedKey }
  | { readonly type: "agent"; readonly username: string; readonly agent: SshAgent }
  | {
      readonly type: "keyboard-interactive";
      readonly username: string;
      readonly prompt: (
        name: string,
        instructions: string,
        language: string,
        prompts: readonly { readonly prompt: string; readonly echo?: boolean }[],
        finish: (answers: readonly string[]) => void,
      ) => void;
    };

/** Chooses the next way to log in; false: none is left. */
export type AuthHandler = (methodsLeft: readonly string[] | null, isPartial: boolean | null) => AuthAttempt | false;

export interface ConnectConfig {
  readonly sock: Duplex;
  readonly username: string;
  readonly authHandler: AuthHandler;
  readonly hostVerifier: (key: Buffer) => boolean;
  readonly agent?: SshAgent;
  readonly readyTimeout: number;
  readonly keepaliveInterval: number;
  readonly keepaliveCountMax: number;
  readonly algorithms: Readonly<Record<string, readonly string[] | { readonly append: readonly string[] }>>;
  readonly ident: string;
}

/** A channel that runs a command, or carries a forwarded connection. */
export interface SshChannel extends Duplex {
  readonly stderr: Readable;
  close(): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Node declares it
  on(event: string | symbol, listener: (...args: any[]) => void): this;
}

export interface PtyOptions {
  readonly term: string;
  readonly cols: number;
  readonly rows: number;
  readonly modes: Readonly<Record<string, number>>;
}

/** A client's connection to an SSH server. */
export interface SshClient {
  connect(config: ConnectConfig): this;
  end(): this;
  destroy(): this;
  forwardOut(
    fromHost: string,
    fromPort: number,
    toHost: string,
    toPort: number,
    done: (error: Error | undefined, channel: SshChannel) => void,
  ): this;
  forwardIn(host: string, port: number, done: (error: Error | undefined, port: number) => void): this;
  on(event: "ready" | "close" | "end", listener: () => void): this;
  on(event: "error", listener: (error: Error & { readonly level?: string }) => void): this;
  on(
    event: "tcp connection",
    listener: (details: { readonly destPort: number }, accept: () => SshChannel, reject: () => void) => void,
  ): this;
  once(event: "ready" | "close" | "end", listener: () => void): this;
}

/** The part of the package that we use. */
export interface Ssh2 {
  readonly Client: new () => SshClient;
  readonly parseKey: (data: string | Buffer, passphrase?: string) => ParsedKey | readonly ParsedKey[] | Error;
  readonly createAgent: (path: string) => SshAgent;
  /** The names of algorithms that it implements. */
  readonly constants: {
    readonly SUPPORTED_CIPHER: readonly string[];
    readonly SUPPORTED_KEX: readonly string[];
    readonly DEFAULT_SERVER_HOST_KEY: readonly string[];
  };
}

/** Loads `ssh2`: only now, so that plugins that do not use SSH need not wait for it. */
export async function loadSsh2(): Promise<Ssh2> {
  return (await import("./ssh2-package.js")).ssh2;
}
