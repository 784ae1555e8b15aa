import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

/** A proxy on this computer that knows `CONNECT`. */
export class ProxyServer implements AsyncDisposable {
  /** `HOST:PORT` of each connection that was asked for, with the login if there was one. */
  readonly connects: string[] = [];
  /** Answered instead of connecting. */
  refusal: string | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts one that reaches every host at this port of 127.0.0.1. */
  static async start(port: number): Promise<ProxyServer> {
    const server = createServer((_request, response) => void response.writeHead(405).end());
    const proxy = new ProxyServer(server);
    server.on("connection", (socket) => proxy.#keep(socket));
    server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) =>
      proxy.#connect(request, socket, { head, port }),
    );
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

  #connect(request: IncomingMessage, socket: Socket, { head, port }: { head: Buffer; port: number }): void {
    const login = request.headers["proxy-authorization"];
    this.connects.push(`${request.url ?? ""}${login === undefined ? "" : ` ${login}`}`);
    if (this.refusal !== undefined) return void socket.end(this.refusal);
    const target = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(socket).pipe(target);
    });
    this.#keep(target);
    for (const each of [socket, target]) each.on("error", () => each.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }
}
