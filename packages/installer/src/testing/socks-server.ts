import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A SOCKS 5 proxy on this computer, for names, without a login. */
export class SocksServer implements AsyncDisposable {
  /** `HOST:PORT` of each connection that was asked for. */
  readonly connects: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts one that reaches every host at this port of 127.0.0.1. */
  static async start(port: number): Promise<SocksServer> {
    const server = createServer();
    const proxy = new SocksServer(server);
    server.on("connection", (socket) => void proxy.#serve(socket, port).catch(() => socket.destroy()));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`; // a TCP server
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await once(this.#server, "close");
  }

  async #serve(socket: Socket, port: number): Promise<void> {
    this.#keep(socket);
    await once(socket, "data");
    socket.write(Buffer.from([5, 0]));
    const [request] = (await once(socket, "data")) as [Buffer]; // the event's one parameter
    const nameEnd = 5 + (request[4] ?? 0);
    this.connects.push(`${request.toString("latin1", 5, nameEnd)}:${request.readUInt16BE(nameEnd)}`);
    const target = connect(port, "127.0.0.1");
    this.#keep(target);
    await once(target, "connect");
    socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    target.pipe(socket).pipe(target);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
