import { checkSshOptions } from "../ssh/check-options.js";
import { group } from "./block.js";
import { list } from "./collections.js";
import type { Problem } from "./decode-scope.js";
import type { GroupField, InferFields } from "./field.js";
import { boolean, bytes, duration, integer, string, trilean } from "./scalars.js";

/** The kinds of communicator that builders know. */
export type CommunicatorType = "ssh" | "winrm" | "none" | "docker" | "dockerWindowsContainer";

const TYPES: readonly CommunicatorType[] = ["ssh", "winrm", "none", "docker", "dockerWindowsContainer"];

const text = (describe: string) => string({ describe, optional: true });
const secret = (describe: string) => string({ describe, optional: true, sensitive: true });
const flag = (describe: string) => boolean({ describe, default: false });
const names = (describe: string) => list(string(), { describe, optional: true });

const SSH_FIELDS = {
  ssh_host: text("The address to connect to. Usually the builder finds it out."),
  ssh_port: integer({ describe: "The port to connect to.", default: 22, min: 0, max: 65535 }),
  ssh_username: text("The user to log in as."),
  ssh_password: secret("The password to log in with."),
  ssh_keypair_name: text("The name of a key pair that the cloud knows already."),
  temporary_key_pair_name: text("The name of the temporary key pair that the builder makes."),
  temporary_key_pair_type: text("The type of the temporary key: `rsa`, `ed25519`, `ecdsa` or `dsa`. Default `rsa`."),
  temporary_key_pair_bits: integer({ describe: "The size of the temporary key. 0: the type's default.", default: 0 }),
  ssh_ciphers: names("The ciphers to offer, instead of the default list."),
  ssh_key_exchange_algorithms: names("The key exchange methods to offer, instead of the default list."),
  ssh_clear_authorized_keys: flag("Remove the temporary public key from the machine at the end."),
  ssh_private_key_file: text("The path of the private key to log in with."),
  ssh_private_key_passphrase: secret("The passphrase of an encrypted private key."),
  ssh_certificate_file: text("The path of an OpenSSH user certificate for the private key."),
  ssh_pty: flag("Run commands with a terminal."),
  ssh_timeout: duration({ describe: "How long to try to connect. Default `5m`; 0 is without limit.", optional: true }),
  ssh_wait_timeout: duration({
    describe: "The old name of `ssh_timeout`.",
    optional: true,
    deprecated: "Use `ssh_timeout`.",
  }),
  ssh_handshake_attempts: integer({
    describe: "How many failed logins to bear. Default 10; 0 is without limit.",
    optional: true,
  }),
  ssh_agent_auth: flag("Log in with the local SSH agent."),
  ssh_disable_agent_forwarding: flag("Do not forward the local SSH agent."),
  ssh_bastion_host: text("A host to connect through."),
  ssh_bastion_port: integer({ describe: "The bastion's port.", default: 22, min: 0, max: 65535 }),
  ssh_bastion_username: text("The user on the bastion."),
  ssh_bastion_password: secret("The password on the bastion."),
  ssh_bastion_agent_auth: flag("Log in to the bastion with the local SSH agent."),
  ssh_bastion_interactive: flag("Ask the user for the bastion's login."),
  ssh_bastion_private_key_file: text("The private key for the bastion. Default: that of the machine."),
  ssh_bastion_private_key_passphrase: secret("The passphrase of the bastion's private key."),
  ssh_bastion_certificate_file: text("The certificate for the bastion's key. Default: that of the machine."),
  ssh_jump_hosts: names(
    "Further hosts to connect through, after the bastion, in order: `[USER@]HOST[:PORT]`. They are logged in to as the bastion, without one as the machine.",
  ),
  ssh_file_transfer_method: text(
    "How to copy files: `scp` or `sftp`. By default SFTP where the machine offers it, in the way of `scp`; otherwise `scp`.",
  ),
  ssh_proxy_type: text("The kind of proxy: `socks5` or `http`. Default `socks5`."),
  ssh_proxy_command: text(
    "A command whose input and output are the connection, as in OpenSSH's ProxyCommand. `%h`, `%p`, `%r` stand for host, port and user.",
  ),
  ssh_known_hosts_file: text(
    "A file of known hosts; servers whose key is not in it are refused. Default: any key is accepted.",
  ),
  ssh_host_key_fingerprints: names("The fingerprints of the machine's key, `SHA256:...`; other keys are refused."),
  ssh_bastion_host_key_fingerprints: names("The fingerprints of the keys of the bastion and the jump hosts."),
  ssh_proxy_host: text("A proxy to connect through."),
  ssh_proxy_port: integer({ describe: "The proxy's port.", default: 1080, min: 0, max: 65535 }),
  ssh_proxy_username: text("The user at the proxy."),
  ssh_proxy_password: secret("The password at the proxy."),
  ssh_keep_alive_interval: duration({ describe: "How often to send a keep-alive; negative: never.", default: "5s" }),
  ssh_read_write_timeout: duration({
    describe: "How long a single read or write may take; 0: any time.",
    default: "0s",
  }),
  ssh_remote_tunnels: names("Ports of the machine to forward to here: `PORT:HOST:HOSTPORT`."),
  ssh_local_tunnels: names("Ports here to forward to the machine: `PORT:HOST:HOSTPORT`."),
  ssh_public_key: bytes({ describe: "Set by the builder: the public key.", optional: true }),
  ssh_private_key: bytes({ describe: "Set by the builder: the private key.", optional: true, sensitive: true }),
};

const WINRM_FIELDS = {
  winrm_username: text("The user to log in as."),
  winrm_password: secret("The password to log in with."),
  winrm_host: text("The address to connect to. Usually the builder finds it out."),
  winrm_port: integer({ describe: "The port. Default 5985, or 5986 with `winrm_use_ssl`.", optional: true }),
  winrm_timeout: duration({ describe: "How long to try to connect.", default: "30m" }),
  winrm_use_ssl: flag("Connect over HTTPS."),
  winrm_insecure: flag("Do not check the server's certificate."),
  winrm_use_ntlm: trilean({ describe: "Log in with NTLMv2 instead of basic authentication." }),
  winrm_no_proxy: flag("Connect past the HTTP proxy."),
};

const SHARED_FIELDS = {
  pause_before_connecting: duration({ describe: "How long to wait after the first connection.", default: "0s" }),
  ...SSH_FIELDS,
  ...WINRM_FIELDS,
};

/** The communicator options of a builder, decoded: `type`, and the others by the names that templates use. */
export type CommunicatorConfig = InferFields<typeof SHARED_FIELDS> & {
  /** How the builder connects to its machine. */
  readonly type: CommunicatorType;
};

/** Options of the communicator option set. */
export interface CommunicatorOptions {
  /** The type when the template names none. Default "ssh". */
  readonly default?: CommunicatorType;
  /** The types that the builder serves. Default: all. */
  readonly types?: readonly CommunicatorType[];
}

/**
 * The option set that a builder embeds to let its users choose how to connect: `communicator`, `ssh_...`, `winrm_...`. The
 * options stand beside the builder's own; they are decoded into one value. Validation follows the chosen type.
 */
export function communicator(options: CommunicatorOptions = {}): GroupField<CommunicatorConfig> {
  const types = options.types ?? TYPES;
  const fields = {
    communicator: string({
      describe: "How to connect to the machine.",
      default: options.default ?? "ssh",
      oneOf: types,
      oneOfError: (value: string) => `Communicator type ${value} is invalid`,
    }),
    ...SHARED_FIELDS,
  };
  return group(fields, {
    check: checkCommunicator,
    transform: ({ communicator: type, ...rest }): CommunicatorConfig => ({ ...rest, type: type }),
  });
}

type Checked = InferFields<typeof SHARED_FIELDS> & { readonly communicator: string };

function checkCommunicator(config: Checked): readonly Problem[] {
  if (config.communicator === "ssh") return [...checkSsh(config)];
  if (config.communicator !== "winrm" || isSet(config.winrm_username)) return [];
  return [{ summary: "winrm_username must be specified.", path: ["winrm_username"] }];
}

function* checkSsh(config: Checked): Generator<Problem> {
  if (!isSet(config.ssh_username)) {
    yield 'An ssh_username must be specified\n  Note: some builders used to default ssh_username to "root".';
  }
  if (isSet(config.ssh_certificate_file) && !isSet(config.ssh_private_key_file)) {
    yield "ssh_private_key_file must be specified if ssh_certificate_file is specified";
  }
  if (isSet(config.ssh_bastion_host)) yield* checkBastion(config);
  yield* checkSshOptions(config);
  const method = config.ssh_file_transfer_method ?? "scp";
  if (method !== "scp" && method !== "sftp") {
    yield {
      summary: `ssh_file_transfer_method ('${method}') is invalid, valid methods: sftp, scp`,
      path: ["ssh_file_transfer_method"],
    };
  }
}

function* checkBastion(config: Checked): Generator<Problem> {
  if (isSet(config.ssh_proxy_host)) yield "please specify either ssh_bastion_host or ssh_proxy_host, not both";
  const hasKey = isSet(config.ssh_bastion_private_key_file) || isSet(config.ssh_private_key_file);
  if (!hasKey && !isSet(config.ssh_bastion_password) && !config.ssh_bastion_agent_auth) {
    yield "ssh_bastion_password, ssh_bastion_private_key_file or ssh_bastion_agent_auth must be specified";
  }
  if (isSet(config.ssh_bastion_certificate_file) && !hasKey) {
    yield "ssh_bastion_private_key_file must be specified if ssh_bastion_certificate_file is specified";
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
