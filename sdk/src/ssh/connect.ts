import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/diag";
import type { SessionContext } from "../context.js";
import { formatDuration } from "../duration.js";
import type { Machine } from "../machine.js";
import { noneMachine } from "../none-machine.js";
import type { CommunicatorConfig } from "../schema/communicator.js";
import { openConnection, type SshConnection } from "./connection.js";
import type { Endpoint } from "./dial.js";
import { communicatorData, type MachineAddress } from "./generated-data.js";
import { readSettings, type SshSettings } from "./settings.js";
import { SshMachine } from "./ssh-machine.js";
import { SshTimeoutError, waitForSsh } from "./wait-for-ssh.js";

/** What connecting needs of a session: the context of a builder or communicator will do. */
export type ConnectContext = Pick<SessionContext<unknown>, "ui" | "signal" | "log" | "ask" | "secrets">;

/** What a builder knows about its machine. */
export interface ConnectOptions {
  /** Finds the address, again in every round while we wait; rejects while it is not known. Default: the options' own. */
  readonly address?: () => MachineAddress | Promise<MachineAddress>;
}

/** A machine that is connected to. Dispose it to disconnect. */
export interface ConnectedMachine extends Machine, AsyncDisposable {
  /** The values of `build.NAME` that come from the communicator. */
  readonly generatedData: Readonly<Record<string, unknown>>;
}

/**
 * Connects as the options say: waits until the machine answers and the login succeeds, with the lines for the user, and gives
 * the machine. Rejects with an Error that was shown to the user already, or with the signal's reason.
 */
export async function connect(
  config: CommunicatorConfig,
  context: ConnectContext,
  options: ConnectOptions = {},
): Promise<ConnectedMachine> {
  if (config.type === "none") {
    return Object.assign(noneMachine(), { generatedData: {}, [Symbol.asyncDispose]: () => Promise.resolve() });
  }
  if (config.type !== "ssh") throw new Error(`The communicator "${config.type}" is not available in this version.`);
  const { ui, signal, secrets } = context;
  secrets(secretsOf(config));
  const address = await addressOf(config, options).catch(() => undefined);
  if (address === undefined) context.log.debug("the machine's address is not known yet");
  else ui.say(`Using SSH communicator to connect: ${address.host}`);
  let connected = await connectOnce(config, context, options);
  if (config.pause_before_connecting > 0) {
    ui.say(`Pausing ${formatDuration(config.pause_before_connecting)} before connecting...`);
    try {
      await sleep(config.pause_before_connecting, undefined, { signal });
    } catch {
      signal.throwIfAborted();
    } finally {
      void connected.connection.close();
    }
    connected = await connectOnce(config, context, options);
  }
  const { connection, endpoint } = connected;
  const open = { signal, log: context.log, ask: context.ask };
  const machine = new SshMachine(connection, {
    reconnect: async () => openConnection((await settingsFor(config, options)).settings, open),
    transfer: transferOf(config.ssh_file_transfer_method),
    withTerminal: config.ssh_pty,
  });
  return Object.assign(machine, { generatedData: communicatorData(config, endpoint) });
}

async function connectOnce(
  config: CommunicatorConfig,
  { ui, signal, log, ask }: ConnectContext,
  options: ConnectOptions,
): Promise<{ readonly connection: SshConnection; readonly endpoint: Endpoint }> {
  ui.say("Waiting for SSH to become available...");
  let endpoint: Endpoint = { host: config.ssh_host ?? "", port: config.ssh_port };
  const { timeoutMs } = timesOf(config);
  try {
    const connection = await waitForSsh({
      signal,
      log,
      ask,
      timeoutMs,
      settings: async () => {
        const found = await settingsFor(config, options);
        endpoint = found.endpoint;
        return found.settings;
      },
    });
    ui.say("Connected to SSH!");
    return { connection, endpoint };
  } catch (error) {
    signal.throwIfAborted();
    ui.error(error instanceof SshTimeoutError ? error.message : `Error waiting for SSH: ${messageOf(error)}`);
    throw error;
  }
}

async function settingsFor(
  config: CommunicatorConfig,
  options: ConnectOptions,
): Promise<{ readonly settings: SshSettings; readonly endpoint: Endpoint }> {
  const endpoint = await addressOf(config, options);
  return { settings: readSettings(config, endpoint), endpoint };
}

async function addressOf(config: CommunicatorConfig, { address }: ConnectOptions): Promise<Endpoint> {
  const found = address === undefined ? {} : await address();
  const host = found.host ?? config.ssh_host ?? "";
  if (host === "") throw new Error("The machine's address is not known.");
  return { host, port: found.port ?? config.ssh_port };
}

function timesOf(config: CommunicatorConfig): Pick<SshSettings, "timeoutMs"> {
  return readSettings({ ...config, ...NO_FILES }, { host: "", port: 0 });
}

/** Reading a key file may fail, which is for the rounds to find out. */
const NO_FILES = { ssh_private_key_file: undefined, ssh_bastion_private_key_file: undefined };

function transferOf(method: string | undefined): "scp" | "sftp" | undefined {
  return method === "scp" || method === "sftp" ? method : undefined;
}

function secretsOf(config: CommunicatorConfig): readonly string[] {
  const values = [
    config.ssh_password,
    config.ssh_bastion_password,
    config.ssh_proxy_password,
    config.ssh_private_key_passphrase,
    config.ssh_bastion_private_key_passphrase,
    config.ssh_private_key?.toString(),
  ];
  return values.filter((value): value is string => value !== undefined && value !== "");
}
