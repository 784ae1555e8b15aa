import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { messageOf } from "@ingot/diag";
import { guardGroup } from "../orphan-guard.js";

/** A host and its port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A proxy between here and the first SSH server. */
export interface Proxy extends Endpoint {
  readonly kind: "socks5" | "http";
  readonly username: string | undefined;
  readonly password: string | undefined;
}

interface DialOptions {
  readonly signal: AbortSignal;
}

const DIAL_TIMEOUT_MS = 15_000;
const TCP_KEEP_ALIVE_MS = 5_000;

/** Connects by TCP within 15 seconds. Rejects with the system's error. */
export async function dialTcp({ host, port }: Endpoint, { signal }: DialOptions): Promise<Socket> {
  signal.throwIfAborted();
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS });
  const limit = AbortSignal.timeout(DIAL_TIMEOUT_MS);
  try {
    await once(socket, "connect", { signal: AbortSignal.any([signal, limit]) });
    return socket;
  } catch (error) {
    socket.on("error", () => {}); // what comes late interests nobody
    socket.destroy();
    signal.throwIfAborted();
    if (limit.aborted) throw new Error(`dial tcp ${host}:${port}: i/o timeout`, { cause: error });
    throw new Error(`dial tcp ${host}:${port}: ${dialProblem(error)}`, { cause: error });
  }
}

/** Connects through a proxy, which also looks up the host's name. Rejects with an Error that tells what the proxy said. */
export async function dialProxy(proxy: Proxy, target: Endpoint, { signal }: DialOptions): Promise<Socket> {
  const socket = await dialTcp(proxy, { signal });
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  socket.setTimeout(DIAL_TIMEOUT_MS, () => socket.destroy(new Error("the proxy does not answer")));
  try {
    const reader = new SocketReader(socket);
    await (proxy.kind === "socks5"
      ? greetSocks(socket, reader, proxy, target)
      : greetHttp(socket, reader, proxy, target));
    reader.release();
    socket.setTimeout(0);
    return socket;
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    throw new Error(`${proxy.kind} proxy ${proxy.host}:${proxy.port}: ${messageOf(error)}`, { cause: error });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const SOCKS_PROBLEMS = [
  "",
  "general SOCKS server failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
];

/** SOCKS 5: RFC 1928, with the login of RFC 1929. */
async function greetSocks(socket: Socket, reader: SocketReader, proxy: Proxy, { host, port }: Endpoint): Promise<void> {
  const withLogin = proxy.username !== undefined;
  socket.write(Buffer.from(withLogin ? [5, 2, 0, 2] : [5, 1, 0]));
  const [version, method] = await reader.take(2);
  if (version !== 5) throw new Error("it does not speak SOCKS 5");
  if (method === 2 && withLogin) {
    const [user, password] = [Buffer.from(proxy.username ?? ""), Buffer.from(proxy.password ?? "")];
    if (user.length > 255 || password.length > 255) throw new Error("the user name or password is too long");
    socket.write(Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]));
    if ((await reader.take(2))[1] !== 0) throw new Error("username/password authentication failed");
  } else if (method !== 0) {
    throw new Error("no acceptable authentication methods");
  }
  const portBytes = Buffer.from([port >> 8, port & 0xff]);
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), portBytes]));
  const [, status = 1, , kind] = await reader.take(4);
  if (status !== 0) throw new Error(SOCKS_PROBLEMS[status] ?? `unknown error ${status}`);
  const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await reader.take(1))[0] ?? 0);
  await reader.take(length + 2);
}

function socksAddress(host: string): Buffer {
  if (isIP(host) === 4) return Buffer.from([1, ...host.split(".").map(Number)]);
  const name = Buffer.from(host); // an IPv6 address is understood as a name too
  if (name.length > 255) throw new Error("the host's name is too long");
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

async function greetHttp(socket: Socket, reader: SocketReader, proxy: Proxy, { host, port }: Endpoint): Promise<void> {
  const place = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const lines = [`CONNECT ${place} HTTP/1.1`, `Host: ${place}`];
  if (proxy.username !== undefined) {
    const login = Buffer.from(`${proxy.username}:${proxy.password ?? ""}`).toString("base64");
    lines.push(`Proxy-Authorization: Basic ${login}`);
  }
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const head = await reader.takeHead();
  const [, status = "", reason = ""] = /^HTTP\/\d\.\d (\d+) ?([^\r\n]*)/.exec(head) ?? [];
  if (status === "") throw new Error("it does not speak HTTP");
  if (!status.startsWith("2")) throw new Error(`it refused the connection: ${status} ${reason}`.trim());
}

/** Reads exact amounts from a socket and gives back what was read too much. */
class SocketReader {
  readonly #socket: Socket;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", this.#onError);
  }

  async take(size: number): Promise<Buffer> {
    if (size === 0) return Buffer.alloc(0);
    for (;;) {
      const bytes = this.#socket.read(size) as Buffer | null; // sockets give buffers
      if (bytes !== null && bytes.length === size) return bytes;
      await this.#more();
    }
  }

  /** Reads up to an empty line. */
  async takeHead(): Promise<string> {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) {
      if (head.length > 16_384) throw new Error("its answer is too long");
      head += (await this.take(1)).toString("latin1");
    }
    return head;
  }

  /** Leaves the socket to its next user. */
  release(): void {
    this.#socket.off("error", this.#onError);
  }

  readonly #onError = (error: Error): void => void (this.#error = error);

  async #more(): Promise<void> {
    const socket = this.#socket;
    await new Promise<void>((resolve, reject) => {
      const end = (error?: Error): void => {
        for (const name of ["readable", "end", "close"]) socket.off(name, name === "readable" ? onReadable : onEnd);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onReadable = (): void => end();
      const onEnd = (): void => end(this.#error ?? new Error("it closed the connection"));
      if (socket.destroyed || socket.readableEnded) return end(this.#error ?? new Error("it closed the connection"));
      socket.on("readable", onReadable).on("end", onEnd).on("close", onEnd);
    });
  }
}

/**
 * Connects with a command whose standard input and output are the connection. `%h`, `%p` and `%r` stand for the host, port and
 * user, `%%` for a percent sign, as in OpenSSH's ProxyCommand. What it writes to its standard error becomes part of the error.
 */
export function dialCommand(command: string, target: Endpoint & { readonly user: string }): Duplex {
  const values: Readonly<Record<string, string>> = { h: target.host, p: String(target.port), r: target.user, "%": "%" };
  const line = command.replace(/%([hpr%])/g, (_match, letter: string) => values[letter] ?? "");
  const isUnix = process.platform !== "win32";
  const shell = isUnix ? ["/bin/sh", "-c", line] : ["cmd.exe", "/d", "/s", "/c", line];
  const child = spawn(shell[0] ?? "", shell.slice(1), { stdio: ["pipe", "pipe", "pipe"], detached: isUnix });
  const release = isUnix && child.pid !== undefined ? guardGroup(child.pid) : () => {};
  const kill = (): void => {
    try {
      if (isUnix && child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      else child.kill();
    } catch {
      // it has ended
    }
  };
  let problem = "";
  child.stderr.on("data", (chunk: Buffer) => (problem = (problem + chunk.toString()).slice(-2_000)));
  child.stdin.on("error", () => {});
  const stream = new Duplex({
    read: () => void child.stdout.resume(),
    write: (chunk: Buffer, _encoding, done) => void child.stdin.write(chunk, () => done()),
    final: (done) => void child.stdin.end(() => done()),
    destroy: (error, done) => {
      kill();
      done(error);
    },
  });
  child.stdout.on("data", (chunk) => void (stream.push(chunk) || child.stdout.pause()));
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (status) => {
    release();
    if (stream.destroyed) return;
    if (status === 0) stream.push(null);
    else stream.destroy(new Error(`the proxy command ended with status ${status ?? "unknown"}: ${problem.trim()}`));
  });
  return stream;
}

function dialProblem(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "connect: connection refused";
  if (code === "ENOTFOUND") return "no such host";
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  return messageOf(error);
}
