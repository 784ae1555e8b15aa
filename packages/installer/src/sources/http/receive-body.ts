import type { IncomingMessage } from "node:http";
import { finished } from "node:stream";
import { giveBytes, pauseWhile, type ByteSink } from "./byte-sink.js";
import { canReceive, receiveTo } from "./receiving-agent.js";

/**
 * Moves a body to a sink, no faster than this takes it; past the HTTP parser when the length is known before. Rejects with the system's
 * error, after what had arrived was given to the sink.
 */
export async function receiveBody(body: IncomingMessage, sink: ByteSink): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    finished(body, (error) => {
      if (error) reject(error);
      else resolve();
    });
    if (receiveDirectly(body, sink, resolve)) return;
    body.on("data", (chunk: Buffer) => pauseWhile(giveBytes(sink, chunk), body));
  });
}

/** Lets the sink have the rest of the body from the connection. False when the parser is needed. */
function receiveDirectly(body: IncomingMessage, sink: ByteSink, done: () => void): boolean {
  const { socket, headers } = body;
  if (headers["content-length"] === undefined || headers["transfer-encoding"] !== undefined) return false;
  if (!canReceive(socket)) return false;
  while (socket.read() !== null); // what was held back for the parser
  if (body.complete) return false;
  let left = Number(headers["content-length"]); // the parser has checked it
  const rest: ByteSink = {
    room: () => sink.room(),
    taken: (count) => {
      const counted = Math.min(count, left);
      left -= counted;
      const busy = sink.taken(counted);
      if (left === 0) {
        done();
        body.destroy(); // with the connection: the parser still waits for what went past it
      }
      return busy;
    },
  };
  const parsed = body.read() as Buffer | null; // no encoding is set
  receiveTo(socket, rest);
  socket.resume();
  if (parsed !== null) pauseWhile(giveBytes(rest, parsed), socket);
  return true;
}
