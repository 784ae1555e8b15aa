import type { Logger } from "../../log.js";
import type { CommandExit, CommandIo, CommandStart } from "../../machine.js";
import type { CommunicatorConfig } from "../../schema/communicator.js";
import { connect, type ConnectedMachine, type ConnectOptions } from "../connect.js";
import type { TestSshd } from "./start-sshd.js";

/** The options as the schema gives them when only the type is set. */
export const DEFAULTS: CommunicatorConfig = {
  type: "ssh",
  pause_before_connecting: 0,
  ssh_host: "127.0.0.1",
  ssh_port: 22,
  ssh_username: undefined,
  ssh_password: undefined,
  ssh_keypair_name: undefined,
  temporary_key_pair_name: undefined,
  temporary_key_pair_type: undefined,
  temporary_key_pair_bits: 0,
  ssh_ciphers: undefined,
  ssh_key_exchange_algorithms: undefined,
  ssh_clear_authorized_keys: false,
  ssh_private_key_file: undefined,
  ssh_private_key_passphrase: undefined,
  ssh_certificate_file: undefined,
  ssh_pty: false,
  ssh_timeout: undefined,
  ssh_wait_timeout: undefined,
  ssh_handshake_attempts: undefined,
  ssh_agent_auth: false,
  ssh_disable_agent_forwarding: true,
  ssh_bastion_host: undefined,
  ssh_bastion_port: 22,
  ssh_bastion_username: undefined,
  ssh_bastion_password: undefined,
  ssh_bastion_agent_auth: false,
  ssh_bastion_interactive: false,
  ssh_bastion_private_key_file: undefined,
  ssh_bastion_private_key_passphrase: undefined,
  ssh_bastion_certificate_file: undefined,
  ssh_jump_hosts: undefined,
  ssh_file_transfer_method: undefined,
  ssh_proxy_type: undefined,
  ssh_proxy_command: undefined,
  ssh_known_hosts_file: undefined,
  ssh_host_key_fingerprints: undefined,
  ssh_bastion_host_key_fingerprints: undefined,
  ssh_proxy_host: undefined,
  ssh_proxy_port: 1080,
  ssh_proxy_username: undefined,
  ssh_proxy_password: undefined,
  ssh_keep_alive_interval: 5_000,
  ssh_read_write_timeout: 0,
  ssh_remote_tunnels: undefined,
  ssh_local_tunnels: undefined,
  ssh_public_key: undefined,
  ssh_private_key: undefined,
  winrm_username: undefined,
  winrm_password: undefined,
  winrm_host: undefined,
  winrm_port: undefined,
  winrm_timeout: 0,
  winrm_use_ssl: false,
  winrm_insecure: false,
  winrm_use_ntlm: undefined,
  winrm_no_proxy: false,
};

/** The options for a server of a test, with its key. */
export function optionsFor(sshd: TestSshd, more: Partial<CommunicatorConfig> = {}): CommunicatorConfig {
  return { ...DEFAULTS, ssh_port: sshd.port, ssh_username: sshd.user, ssh_private_key_file: sshd.keyFile, ...more };
}

/** A connected machine, or the error, with what the user saw. */
export interface TestConnection extends AsyncDisposable {
  readonly machine: ConnectedMachine;
  readonly ui: readonly string[];
}

/** Connects as a builder would and collects what the user sees. Errors get the lines as `ui`. */
export async function connectTest(
  config: CommunicatorConfig,
  options: ConnectOptions & {
    readonly signal?: AbortSignal;
    readonly ask?: (question: string) => Promise<string>;
  } = {},
): Promise<TestConnection> {
  const ui: string[] = [];
  const log: Logger = { trace: noLog, debug: noLog, info: noLog, warn: noLog, error: noLog };
  const context = {
    ui: { say: (text: string) => void ui.push(text), error: (text: string) => void ui.push(`error: ${text}`) },
    signal: options.signal ?? new AbortController().signal,
    log,
    ask: options.ask ?? ((question: string) => Promise.reject(new Error(`not asked: ${question}`))),
    secrets: () => {},
  };
  try {
    const machine = await connect(config, context, options);
    return { machine, ui, [Symbol.asyncDispose]: () => machine[Symbol.asyncDispose]() };
  } catch (error) {
    throw Object.assign(error as Error, { ui });
  }
}

/** Runs a command and collects its output. */
export async function execTest(
  { machine }: Pick<TestConnection, "machine">,
  command: string,
  { start = {}, io = {} }: { readonly start?: Partial<CommandStart>; readonly io?: Partial<CommandIo> } = {},
): Promise<CommandExit & { readonly stdout: string; readonly stderr: string }> {
  let [stdout, stderr] = ["", ""];
  const exit = await machine.exec(
    { command, env: {}, cwd: undefined, terminal: undefined, ...start },
    {
      stdin: undefined,
      stdout: (chunk) => Promise.resolve(void (stdout += Buffer.from(chunk).toString())),
      stderr: (chunk) => Promise.resolve(void (stderr += Buffer.from(chunk).toString())),
      signal: new AbortController().signal,
      onSignal: () => {},
      onResize: () => {},
      ...io,
    },
  );
  return { ...exit, stdout, stderr };
}

function noLog(): void {
  // Tests read what the user sees.
}
