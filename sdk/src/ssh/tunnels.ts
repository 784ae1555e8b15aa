import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { pipeline } from "node:stream";
import { messageOf } from "@ingot/diag";
import type { SshClient } from "./ssh2.js";
import type { Tunnel } from "./tunnel-text.js";

/**
 * Listens on this host's loopback and forwards each connection to a place that the machine sees. Gives the listener, which ends
 * with the client. Rejects when the port cannot be had.
 */
export async function openLocalTunnel(client: SshClient, tunnel: Tunnel): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    client.forwardOut("127.0.0.1", socket.remotePort ?? 0, tunnel.host, tunnel.port, (error, channel) => {
      if (error === undefined) pipeline(socket, channel, socket, () => {});
      else socket.destroy();
    });
  });
  try {
    server.listen({ host: "localhost", port: tunnel.listenPort });
    await once(server, "listening");
  } catch (error) {
    throw new Error(`Tunnel: Failed to bind local ('${textOf(tunnel)}'): ${messageOf(error)}`, { cause: error });
  }
  server.on("error", () => {}); // of single connections
  client.once("close", () => server.close());
  return server;
}

/** Has the machine's SSH server listen on its loopback and forwards each connection to places that this host sees. */
export async function openRemoteTunnels(client: SshClient, tunnels: readonly Tunnel[]): Promise<void> {
  if (tunnels.length === 0) return;
  const places = new Map(tunnels.map((tunnel) => [tunnel.listenPort, tunnel]));
  client.on("tcp connection", ({ destPort }, accept, reject) => {
    const tunnel = places.get(destPort);
    if (tunnel === undefined) return reject();
    const socket = connect({ host: tunnel.host, port: tunnel.port });
    let isOpen = false;
    socket.once("connect", () => {
      isOpen = true;
      pipeline(socket, accept(), socket, () => {});
    });
    socket.on("error", () => {
      if (!isOpen) reject();
    });
  });
  for (const tunnel of tunnels) {
    await new Promise<void>((resolve, reject) => {
      client.forwardIn("localhost", tunnel.listenPort, (error, port) => {
        if (error !== undefined) {
          const text = `Tunnel: Failed to bind remote ('${textOf(tunnel)}'): ${messageOf(error)}`;
          return reject(new Error(text, { cause: error }));
        }
        places.set(port === 0 ? tunnel.listenPort : port, tunnel);
        resolve();
      });
    });
  }
}

function textOf({ listenPort, host, port }: Tunnel): string {
  return `${listenPort}:${host.includes(":") ? `[${host}]` : host}:${port}`;
}
