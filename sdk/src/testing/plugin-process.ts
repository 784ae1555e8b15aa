import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  derToPem,
  HANDSHAKE,
  HANDSHAKE_ENV,
  makeSelfSignedCertificate,
  openClient,
  type RpcClient,
} from "@ingot/protocol";

/** How a plugin is started. */
export interface StartOptions {
  /**
   * The name of an export of the file that holds the result of `definePlugin`, to be served. Default: the file serves the
   * plugin itself when it is run.
   */
  readonly export?: string;
  /** Arguments for Node, such as `["--import", "tsx"]`. */
  readonly nodeArguments?: readonly string[];
  /** Variables added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The working directory. Default: that of this process. */
  readonly cwd?: string;
  /** True for TCP with mutual TLS, as on Windows, instead of a Unix socket. Default false. */
  readonly tls?: boolean;
  /** How long the plugin has to come up, in milliseconds. Default 20,000. */
  readonly timeoutMs?: number;
}

/** A plugin's process and the connection to it. */
export interface PluginProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly client: RpcClient;
  /** Where other processes reach it, with what they need for that. */
  readonly access: {
    readonly endpoint: string;
    readonly serverCertificate: Buffer;
    readonly clientCertificate: Buffer | undefined;
    readonly clientKey: Buffer | undefined;
  };
  readonly handshakeLine: string;
  /** What it wrote to standard error so far. */
  stderr(): string;
  /** Resolves when it has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
}

/** Starts a plugin as a host does. Rejects with what it wrote to standard error when it does not come up. */
export async function startPluginProcess(file: string | URL, options: StartOptions = {}): Promise<PluginProcess> {
  const path = file instanceof URL ? fileURLToPath(file) : file;
  const socketDir = mkdtempSync(join(tmpdir(), "ingot-test-"));
  const identity = options.tls === true ? makeSelfSignedCertificate() : undefined;
  const child = spawn(...commandFor(path, options), {
    stdio: ["pipe", "pipe", "pipe"],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: {
      ...process.env,
      [HANDSHAKE.cookieName]: HANDSHAKE.cookieValue,
      [HANDSHAKE_ENV.protocolVersions]: HANDSHAKE.protocolVersions.join(","),
      [HANDSHAKE_ENV.socketDir]: socketDir,
      ...(identity === undefined ? {} : { [HANDSHAKE_ENV.clientCertificate]: identity.certificate }),
      ...options.env,
    },
  });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-1_000_000)));
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once("close", (code, signal) => {
      rmSync(socketDir, { recursive: true, force: true });
      resolve({ code, signal });
    });
    child.once("error", (error) => {
      stderr += error.message;
      resolve({ code: null, signal: null });
    });
  });
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 3_000);
    child.stdin.end();
    await exited;
    clearTimeout(timer);
  };
  try {
    const line = await readHandshake(child, exited, () => stderr, options.timeoutMs ?? 20_000);
    const [, , network = "", address = "", , certificate = ""] = line.split("|");
    const endpoint = `${network}:${address}`;
    const serverCertificate = Buffer.from(certificate, "base64");
    const client = await openClient(
      endpoint,
      identity === undefined
        ? undefined
        : {
            serverCertificate: derToPem(serverCertificate),
            clientCertificate: identity.certificate,
            clientKey: identity.key,
          },
    );
    return {
      child,
      client,
      access: {
        endpoint,
        serverCertificate,
        clientCertificate: identity?.der,
        clientKey: identity === undefined ? undefined : pemToDer(identity.key),
      },
      handshakeLine: line,
      stderr: () => stderr,
      exited,
      [Symbol.asyncDispose]: async () => {
        client.close();
        await stop();
      },
    };
  } catch (error) {
    child.kill("SIGKILL");
    await exited;
    throw error;
  }
}

function commandFor(path: string, options: StartOptions): [string, string[]] {
  const node = [...(options.nodeArguments ?? [])];
  if (options.export !== undefined) {
    const [url, name] = [pathToFileURL(path).href, options.export].map((value) => JSON.stringify(value));
    return [process.execPath, [...node, "-e", `import(${url}).then((module) => module[${name}].serve());`]];
  }
  return /\.[cm]?[jt]s$/.test(path) ? [process.execPath, [...node, path]] : [path, []];
}

function readHandshake(
  child: ChildProcess,
  exited: PluginProcess["exited"],
  stderr: () => string,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const timer = setTimeout(() => reject(new Error(`the plugin printed no handshake line. ${stderr()}`)), timeoutMs);
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (!text.includes("\n")) return;
      clearTimeout(timer);
      resolve(text.slice(0, text.indexOf("\n")));
    });
    void exited.then(({ code, signal }) => {
      clearTimeout(timer);
      reject(
        new Error(`the plugin ended with ${signal ?? `exit code ${String(code)}`} before its handshake. ${stderr()}`),
      );
    });
  });
}

function pemToDer(pem: string): Buffer {
  return Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
}
