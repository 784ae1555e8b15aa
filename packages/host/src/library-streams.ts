import { bidi, GRPCBrokerService, GRPCStdioService, serverStream, type RpcClient } from "@ingot/protocol";
import { LineSplitter } from "./line-splitter.js";

/*
 * The two streams that go-plugin's hosts hold open besides the plugin's own services. A plugin may do without them.
 */

/** Opens the broker's stream; its end, or an abort, tells the plugin that the host is gone. Gives what ends it. */
export function openBroker(client: RpcClient, signal: AbortSignal): () => void {
  const call = bidi(client, GRPCBrokerService.startStream, { signal });
  void drain(call); // never rejects
  return () => call.end();
}

/** Hands on the lines that the plugin printed after the handshake, until the stream ends. Never rejects. */
export async function readStdio(client: RpcClient, signal: AbortSignal, onLine: (line: string) => void): Promise<void> {
  const splitters = new Map<number, LineSplitter>();
  try {
    for await (const { channel, data } of serverStream(client, GRPCStdioService.streamStdio, {}, { signal })) {
      let splitter = splitters.get(channel);
      if (!splitter) splitters.set(channel, (splitter = new LineSplitter(onLine)));
      splitter.push(data);
    }
  } catch {
    // Not served, or the connection ended.
  }
  for (const splitter of splitters.values()) splitter.end();
}

async function drain(messages: AsyncIterable<unknown>): Promise<void> {
  try {
    const reader = messages[Symbol.asyncIterator]();
    while ((await reader.next()).done !== true);
  } catch {
    // Not served, or the connection ended.
  }
}
