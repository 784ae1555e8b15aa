import { Socket } from "node:net";
import type { Duplex } from "node:stream";

type Write = (chunk: string | Uint8Array) => boolean;

/**
 * Lets a stream send together what is written to it at one time: ssh2 writes each packet in three pieces, and a folder consists
 * of many packets.
 */
export function bundleWrites(stream: Duplex): void {
  if (stream instanceof Socket) corkWrites(stream);
  else joinWrites(stream);
}

/** Sockets send several pieces by one call to the system. */
function corkWrites(socket: Socket): void {
  const write: Write = socket.write.bind(socket);
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    socket.uncork();
  };
  socket.write = (chunk: string | Uint8Array): boolean => {
    if (!isCorked) {
      isCorked = true;
      socket.cork();
      process.nextTick(uncork);
    }
    return write(chunk);
  };
}

/** What goes through another SSH server costs a packet there for each piece. */
function joinWrites(stream: Duplex): void {
  const write: Write = stream.write.bind(stream);
  let pieces: Uint8Array[] = [];
  const flush = (): void => {
    const [first, ...rest] = pieces;
    pieces = [];
    if (first !== undefined && !stream.destroyed && !stream.writableEnded) {
      write(rest.length === 0 ? first : Buffer.concat([first, ...rest]));
    }
  };
  const end = stream.end.bind(stream);
  stream.end = (...rest: []) => {
    flush();
    return end(...rest);
  };
  stream.write = (chunk: string | Uint8Array): boolean => {
    if (pieces.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk) === 1) process.nextTick(flush);
    return !stream.writableNeedDrain;
  };
}
