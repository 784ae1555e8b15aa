import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { pipeline } from "node:stream";

/** A small server on the loopback. Dispose it. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  /** Where its clients wanted to go, as `HOST:PORT`. */
  readonly targets: readonly string[];
  /** Ends all connections, as a broken network does. */
  dropAll(): void;
  /** Hands on nothing that clients send any more, as when the machine behind has frozen. */
  freezeAll(): void;
}

/** Starts a SOCKS 5 proxy; with a login, one that wants it. */
export function startSocksProxy(login?: { readonly user: string; readonly password: string }): Promise<TestServer> {
  return startServer(async (socket, targets) => {
    const [, count = 0] = await take(socket, 2);
    await take(socket, count);
    socket.write(Buffer.from([5, login === undefined ? 0 : 2]));
    if (login !== undefined) {
      const user = await take(socket, (await take(socket, 2))[1] ?? 0);
      const password = await take(socket, (await take(socket, 1))[0] ?? 0);
      const isRight = user.toString() === login.user && password.toString() === login.password;
      socket.write(Buffer.from([1, isRight ? 0 : 1]));
      if (!isRight) return void socket.end();
    }
    const kind = (await take(socket, 4))[3];
    const address = await take(socket, kind === 1 ? 4 : ((await take(socket, 1))[0] ?? 0));
    const host = kind === 1 ? address.join(".") : address.toString();
    const port = (await take(socket, 2)).readUInt16BE();
    targets.push(`${host}:${port}`);
    const target = connect(port, host);
    target.once("error", () => socket.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
    await once(target, "connect");
    socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    pipeline(socket, target, socket, () => {});
  });
}

/** Starts an HTTP proxy that knows CONNECT alone; with an authorization, one that wants it. */
export function startHttpProxy(authorization?: string): Promise<TestServer> {
  return startServer(async (socket, targets) => {
    let head = "";
    while (!head.endsWith("\r\n\r\n")) head += (await take(socket, 1)).toString();
    const [, host = "", port = ""] = /^CONNECT (\S+):(\d+) /.exec(head) ?? [];
    targets.push(`${host}:${port}`);
    if (authorization !== undefined && !head.includes(`Proxy-Authorization: ${authorization}\r\n`)) {
      return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    }
    const target = connect(Number(port), host);
    await once(target, "connect");
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    pipeline(socket, target, socket, () => {});
  });
}

/** Starts a relay to a port. `delayMs` is waited before the first byte of each connection. */
export function startRelay(toPort: number, { delayMs = 0 }: { readonly delayMs?: number } = {}): Promise<TestServer> {
  return startServer(async (socket, targets) => {
    targets.push(`127.0.0.1:${toPort}`);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    pipeline(socket, connect(toPort, "127.0.0.1"), socket, () => {});
  });
}

async function startServer(serve: (socket: Socket, targets: string[]) => Promise<void>): Promise<TestServer> {
  const targets: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    serve(socket, targets).catch(() => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const freezeAll = (): void => sockets.forEach((socket) => socket.unpipe().pause());
  const dropAll = (): void => sockets.forEach((socket) => socket.resetAndDestroy());
  return {
    port: (server.address() as AddressInfo).port, // a TCP server has one
    targets,
    dropAll,
    freezeAll,
    [Symbol.asyncDispose]: async () => {
      dropAll();
      server.close();
      await once(server, "close");
    },
  };
}

async function take(socket: Socket, size: number): Promise<Buffer> {
  if (size === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = socket.read(size) as Buffer | null; // no encoding was set
    if (bytes !== null && bytes.length === size) return bytes;
    if (socket.destroyed || socket.readableEnded) throw new Error("the client went away");
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        socket.off("readable", wake).off("close", wake);
        resolve();
      };
      socket.on("readable", wake).on("close", wake);
    });
  }
}
