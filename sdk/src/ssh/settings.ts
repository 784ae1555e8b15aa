import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CommunicatorConfig } from "../schema/communicator.js";
import type { Endpoint, Proxy } from "./dial.js";
import type { HostKeyRule } from "./host-key.js";
import { parseTunnel, type Tunnel } from "./tunnel-text.js";

/** Where a private key comes from. */
export interface KeySource {
  readonly text: string;
  readonly passphrase: string | undefined;
  /** The text of a certificate for the key. */
  readonly certificate: string | undefined;
}

/** What a user may log in with, in the order of the preference of `SshSettings`. */
export interface Login {
  readonly username: string;
  readonly withAgent: boolean;
  readonly key: KeySource | undefined;
  readonly password: string | undefined;
  /** Ask the user the server's questions. */
  readonly isInteractive: boolean;
  /** The bastion's order: passwords come before keys. */
  readonly isPasswordFirst: boolean;
}

/** One SSH server on the way, or the machine itself. */
export interface Hop extends Endpoint {
  readonly login: Login;
  readonly hostKeys: HostKeyRule;
}

/** How to connect: the options with their defaults and rules applied, and key files read. */
export interface SshSettings {
  readonly bastions: readonly Hop[];
  readonly machine: Hop;
  readonly proxy: Proxy | undefined;
  readonly proxyCommand: string | undefined;
  /** 0: without limit. */
  readonly timeoutMs: number;
  /** How many failed logins are too many; 0: never. */
  readonly handshakeAttempts: number;
  readonly isAgentForwarded: boolean;
  readonly ciphers: readonly string[];
  readonly keyExchanges: readonly string[];
  /** 0: none. */
  readonly keepAliveMs: number;
  readonly readWriteTimeoutMs: number;
  readonly remoteTunnels: readonly Tunnel[];
  readonly localTunnels: readonly Tunnel[];
}

const DEFAULT_TIMEOUT_MS = 300_000;
const DEFAULT_ATTEMPTS = 10;

/**
 * Applies defaults and rules to the options and reads the key files. Throws the system's error, or an Error that tells what is
 * wrong with a file.
 */
export function readSettings(config: CommunicatorConfig, { host, port }: Endpoint): SshSettings {
  const passphrase = nonEmpty(config.ssh_private_key_passphrase);
  const machineKey = readKey(config.ssh_private_key_file, passphrase, config.ssh_certificate_file);
  const given = config.ssh_private_key?.toString("utf8") ?? "";
  const generatedKey = given === "" ? undefined : { text: given, passphrase: undefined, certificate: undefined };
  const isTimeUnset = config.ssh_timeout === undefined && config.ssh_handshake_attempts === undefined;
  const timeout = isTimeUnset ? DEFAULT_TIMEOUT_MS : (config.ssh_timeout ?? 0);
  const waitTimeout = config.ssh_wait_timeout ?? 0;
  const machine: Hop = {
    host,
    port,
    login: {
      username: config.ssh_username ?? "",
      withAgent: config.ssh_agent_auth,
      key: machineKey ?? generatedKey,
      password: nonEmpty(config.ssh_password),
      isInteractive: false,
      isPasswordFirst: false,
    },
    hostKeys: hostKeyRule(config.ssh_known_hosts_file, config.ssh_host_key_fingerprints),
  };
  return {
    bastions: bastionsOf(config, machine, machineKey),
    machine,
    proxy: proxyOf(config),
    proxyCommand: nonEmpty(config.ssh_proxy_command),
    timeoutMs: waitTimeout === 0 ? timeout : waitTimeout,
    handshakeAttempts: isTimeUnset ? DEFAULT_ATTEMPTS : (config.ssh_handshake_attempts ?? 0),
    isAgentForwarded: !config.ssh_disable_agent_forwarding,
    ciphers: config.ssh_ciphers ?? [],
    keyExchanges: config.ssh_key_exchange_algorithms ?? [],
    keepAliveMs: Math.max(0, config.ssh_keep_alive_interval),
    readWriteTimeoutMs: config.ssh_read_write_timeout,
    remoteTunnels: (config.ssh_remote_tunnels ?? []).map(parseTunnel),
    localTunnels: (config.ssh_local_tunnels ?? []).map(parseTunnel),
  };
}

/** Replaces a leading `~` by the user's home directory. */
export function expandHome(path: string): string {
  return path === "~" || /^~[/\\]/.test(path) ? join(homedir(), path.slice(1)) : path;
}

function bastionsOf(config: CommunicatorConfig, machine: Hop, machineKey: KeySource | undefined): readonly Hop[] {
  const bastionHost = nonEmpty(config.ssh_bastion_host);
  const keyFile = nonEmpty(config.ssh_bastion_private_key_file);
  const passphrase = nonEmpty(config.ssh_bastion_private_key_passphrase);
  const login: Login = {
    username: nonEmpty(config.ssh_bastion_username) ?? (bastionHost === undefined ? machine.login.username : ""),
    withAgent: config.ssh_bastion_agent_auth || (bastionHost === undefined && machine.login.withAgent),
    key: keyFile === undefined ? machineKey : readKey(keyFile, passphrase, config.ssh_bastion_certificate_file),
    password: nonEmpty(config.ssh_bastion_password) ?? (bastionHost === undefined ? machine.login.password : undefined),
    isInteractive: config.ssh_bastion_interactive,
    isPasswordFirst: true,
  };
  const hostKeys = hostKeyRule(config.ssh_known_hosts_file, config.ssh_bastion_host_key_fingerprints);
  const first =
    bastionHost === undefined ? [] : [{ host: bastionHost, port: config.ssh_bastion_port, login, hostKeys }];
  const further = (config.ssh_jump_hosts ?? []).map((text): Hop => {
    const { user, host, port } = parseJumpHost(text);
    return { host, port, login: { ...login, username: user ?? login.username }, hostKeys };
  });
  return [...first, ...further];
}

/** Reads `[USER@]HOST[:PORT]`, where an IPv6 address is in brackets. Throws an Error when it has another form. */
export function parseJumpHost(text: string): { readonly user: string | undefined } & Endpoint {
  const match = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:@[\]]+))(?::(\d+))?$/.exec(text);
  const port = Number(match?.[4] ?? 22);
  if (match === null || port < 1 || port > 65_535) {
    throw new Error(`ssh_jump_hosts ('${text}') is invalid: must be [USER@]HOST[:PORT]`);
  }
  return { user: match[1], host: match[2] ?? match[3] ?? "", port };
}

function proxyOf(config: CommunicatorConfig): Proxy | undefined {
  const host = nonEmpty(config.ssh_proxy_host);
  if (host === undefined) return undefined;
  return {
    kind: config.ssh_proxy_type === "http" ? "http" : "socks5",
    host,
    port: config.ssh_proxy_port,
    username: nonEmpty(config.ssh_proxy_username),
    password: nonEmpty(config.ssh_proxy_password),
  };
}

function readKey(path: string | undefined, passphrase: string | undefined, certificate: string | undefined) {
  if (path === undefined || path === "") return undefined;
  const certificateFile = nonEmpty(certificate);
  return {
    text: readFileSync(expandHome(path), "utf8"),
    passphrase,
    certificate: certificateFile === undefined ? undefined : readFileSync(expandHome(certificateFile), "utf8"),
  };
}

function hostKeyRule(file: string | undefined, fingerprints: readonly string[] | undefined): HostKeyRule {
  const path = nonEmpty(file);
  return { knownHostsFile: path === undefined ? undefined : expandHome(path), fingerprints: fingerprints ?? [] };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
