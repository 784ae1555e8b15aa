import { fstatSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { messageOf } from "@ingot/diag";
import {
  HANDSHAKE,
  HANDSHAKE_ENV,
  makeSelfSignedCertificate,
  PluginServiceService,
  startRpcServer,
  type ListenAddress,
  type RpcServer,
} from "@ingot/protocol";
import { builderService } from "./builder-session.js";
import { communicatorService } from "./communicator-service.js";
import { connectorService } from "./connector-session.js";
import { dataSourceService } from "./data-source-session.js";
import { goPluginServices } from "./go-plugin-services.js";
import { processLog } from "./log.js";
import { pluginService } from "./plugin-service.js";
import { PluginRuntime, type PluginParts } from "./plugin-runtime.js";
import { postProcessorService } from "./post-processor-session.js";
import { provisionerService } from "./provisioner-session.js";
import { printHandshake } from "./reserve-stdout.js";

/** How long sessions have for their clean-up when the host is gone. The whole process ends within two seconds. */
const CLEANUP_MS = 1_500;

/**
 * Serves a plugin in this process until the host asks it to stop or is gone, then exits. Checks that a host started it,
 * listens, and prints the handshake line. Source: go-plugin's gRPC protocol.
 */
export async function servePlugin(parts: PluginParts): Promise<void> {
  const env = process.env;
  if (env[HANDSHAKE.cookieName] !== HANDSHAKE.cookieValue) {
    process.stderr.write(
      `"${parts.name}" is a plugin of Ingot and is started by it. It does nothing when it is started by hand.\n` +
        "Name it in a template and run `ingot build`, or see the plugin author's guide.\n",
    );
    process.exit(1);
  }
  const handshake = takeHandshake(env);
  process.on("SIGINT", () => {}); // the terminal sends it to the whole group; the host decides what to do
  process.stderr.on("error", () => {}); // nobody reads the log of a plugin whose host is gone; its clean-up goes on
  const runtime = new PluginRuntime(parts);
  const socketDir = makeSocketDir(handshake.socketDir);
  let server: RpcServer | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (reason: string): void => {
    stopping ??= (async () => {
      processLog.debug("plugin stops", { reason });
      await Promise.race([runtime.abortAll(reason), new Promise((resolve) => setTimeout(resolve, CLEANUP_MS))]);
      await Promise.race([server?.close(), new Promise((resolve) => setTimeout(resolve, 200))]);
      socketDir.remove();
      removeFromHostFolder(handshake.socketDir, server);
      process.exit(0);
    })();
  };
  try {
    const { clientCertificate } = handshake;
    const isTls = clientCertificate !== "";
    const identity = isTls ? makeSelfSignedCertificate() : undefined;
    const watch = { hasBroker: false };
    server = await startRpcServer({
      listen: listenAddress(isTls, socketDir.path, handshake),
      ...(identity === undefined
        ? {}
        : { tls: { certificate: identity.certificate, key: identity.key, clientCertificate } }),
      services: [
        { definition: PluginServiceService, handlers: pluginService(runtime) },
        builderService(runtime),
        provisionerService(runtime),
        postProcessorService(runtime),
        dataSourceService(runtime),
        connectorService(runtime),
        communicatorService(runtime.machines),
        ...goPluginServices({
          onShutdown: () => stop("shutdown"),
          onBrokerOpen: () => (watch.hasBroker = true),
          onBrokerEnd: () => stopUnlessDebugged(stop, "the host closed its connection"),
        }),
      ],
      onIdle: () => {
        if (!watch.hasBroker) stopUnlessDebugged(stop, "the last connection ended");
      },
    });
    const certificate = identity === undefined ? "" : identity.der.toString("base64").replace(/=+$/, "");
    const { coreVersion } = HANDSHAKE;
    const version = chooseVersion(handshake.versions);
    printHandshake(`${coreVersion}|${version}|${server.network}|${server.address}|grpc|${certificate}`);
    watchStdin(() => stop("standard input ended: the host is gone"));
  } catch (error) {
    process.stderr.write(`The plugin "${parts.name}" cannot be served: ${messageOf(error)}\n`);
    socketDir.remove();
    process.exit(1);
  }
}

/** The highest version that both sides speak; otherwise our lowest, which the host refuses with a message of its own. */
export function chooseVersion(offered: string): number {
  const wanted = offered.split(",").map(Number);
  const ours: readonly number[] = HANDSHAKE.protocolVersions;
  const shared = ours.filter((version) => wanted.includes(version));
  return shared.length > 0 ? Math.max(...shared) : Math.min(...ours);
}

/** What the host asked for. */
interface Handshake {
  readonly versions: string;
  readonly clientCertificate: string;
  readonly socketDir: string;
  readonly minPort: number;
  readonly maxPort: number;
}

/** Reads the host's variables and removes them, so that no process that the plugin starts takes itself for a plugin. */
function takeHandshake(env: NodeJS.ProcessEnv): Handshake {
  const take = (name: string): string => {
    const value = env[name] ?? "";
    delete env[name];
    return value;
  };
  take(HANDSHAKE.cookieName);
  return {
    versions: take(HANDSHAKE_ENV.protocolVersions),
    clientCertificate: take(HANDSHAKE_ENV.clientCertificate),
    socketDir: take(HANDSHAKE_ENV.socketDir),
    minPort: Number(take(HANDSHAKE_ENV.minPort)) || 0,
    maxPort: Number(take(HANDSHAKE_ENV.maxPort)) || 0,
  };
}

function listenAddress(isTls: boolean, socketDir: string, { minPort, maxPort }: Handshake): ListenAddress {
  if (!isTls && process.platform !== "win32") {
    const unique = `${process.pid}-${Math.random().toString(36).slice(2, 12)}`; // short; nobody else can enter the folder
    return { socketPath: join(socketDir, `plugin${unique}`) };
  }
  return { minPort, maxPort };
}

/** The host's folder for sockets, or a fresh one that only this user can enter. */
function makeSocketDir(given: string): { readonly path: string; remove(): void } {
  if (given !== "") return { path: given, remove: () => {} };
  const path = mkdtempSync(join(tmpdir(), "ingot-plugin-")); // mode 0700
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.on("exit", remove);
  return { path, remove };
}

/** Removes the socket and the folder that the host made for it, in case the host was killed. Leaves a folder that others use. */
function removeFromHostFolder(folder: string, server: RpcServer | undefined): void {
  if (!/^ingot-\d+-\w{6}$/.test(basename(folder))) return;
  try {
    if (server?.network === "unix") rmSync(server.address, { force: true });
    rmdirSync(folder);
  } catch {
    // The host has removed it, or another plugin is there.
  }
}

/** A pipe from the host ends when the host does. A terminal or /dev/null says nothing about the host. */
function watchStdin(onEnd: () => void): void {
  try {
    const stats = fstatSync(0);
    if (!stats.isFIFO() && !stats.isSocket()) return;
  } catch {
    return; // closed from the beginning
  }
  process.stdin.on("end", onEnd).on("error", onEnd).resume();
}

/** With a debugger, or a terminal as standard input, somebody looks at the plugin: it outlives its hosts. */
function stopUnlessDebugged(stop: (reason: string) => void, reason: string): void {
  const hasDebugger = process.getBuiltinModule("node:inspector").url() !== undefined;
  if (process.stdin.isTTY !== true && !hasDebugger) stop(reason);
}
