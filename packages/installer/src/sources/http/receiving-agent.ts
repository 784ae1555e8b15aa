import type { RequestOptions } from "node:http";
import { Agent } from "node:https";
import type { Duplex } from "node:stream";
import { giveBytes, pauseWhile, type ByteSink } from "./byte-sink.js";

interface Connection {
  sink?: ByteSink;
}

/** Those that can be given a sink. */
const connections = new WeakMap<Duplex, Connection>();

/** TLS gives a record at a time. */
const RECORD_BYTES = 1 << 14;

/**
 * An agent for HTTPS whose connections can be given a sink: TLS decrypts into the sink's memory from then on, and what HTTP does with a
 * body is saved: for each record a parser, a stream, a copy and two objects (docs/decisions/0025-bodies-past-the-parser.md).
 */
export class ReceivingAgent extends Agent {
  readonly #record = Buffer.allocUnsafe(RECORD_BYTES);

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const connection: Connection = {};
    let room: Uint8Array | undefined;
    const onread = {
      buffer: () => (room = connection.sink?.room()) ?? this.#record,
      callback: (count: number, bytes: Uint8Array): boolean => {
        const { sink } = connection;
        if (sink === undefined) return socket.push(Buffer.from(bytes.subarray(0, count)));
        // The first record comes to where those before it went.
        const busy = room === undefined ? giveBytes(sink, bytes.subarray(0, count)) : sink.taken(count);
        pauseWhile(busy, socket);
        return true;
      },
    };
    // The types don't tell that `tls.connect` gets the options, and makes the connection at once.
    const socket = super.createConnection({ ...options, onread } as RequestOptions, callback) as Duplex;
    connections.set(socket, connection);
    return socket;
  }
}

/** Tells whether a connection can be given a sink. */
export function canReceive(socket: Duplex): boolean {
  return connections.has(socket);
}

/** Gives a connection a sink, for all that it receives from now on. */
export function receiveTo(socket: Duplex, sink: ByteSink): void {
  const connection = connections.get(socket);
  if (connection === undefined) throw new Error("bug: the connection is not of a ReceivingAgent");
  connection.sink = sink;
}
