import { createPrivateKey } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { messageOf } from "@ingot/diag";
import type { Problem } from "../schema/decode-scope.js";
import { certificateTimeProblem, parseCertificate } from "./certificate.js";
import { isFingerprint } from "./host-key.js";
import { isEncryptedKey } from "./private-key.js";
import { expandHome, parseJumpHost } from "./settings.js";
import { parseTunnel } from "./tunnel-text.js";

/** The SSH options whose values are looked at before anything connects. */
export interface CheckedSshOptions {
  readonly ssh_private_key_file: string | undefined;
  readonly ssh_private_key_passphrase: string | undefined;
  readonly ssh_certificate_file: string | undefined;
  readonly ssh_bastion_host: string | undefined;
  readonly ssh_bastion_private_key_file: string | undefined;
  readonly ssh_bastion_private_key_passphrase: string | undefined;
  readonly ssh_bastion_certificate_file: string | undefined;
  readonly ssh_local_tunnels: readonly string[] | undefined;
  readonly ssh_remote_tunnels: readonly string[] | undefined;
  readonly ssh_jump_hosts: readonly string[] | undefined;
  readonly ssh_proxy_host: string | undefined;
  readonly ssh_proxy_command: string | undefined;
  readonly ssh_proxy_type: string | undefined;
  readonly ssh_host_key_fingerprints: readonly string[] | undefined;
  readonly ssh_bastion_host_key_fingerprints: readonly string[] | undefined;
}

/** Checks files, tunnels, hosts and fingerprints among the SSH options. */
export function* checkSshOptions(config: CheckedSshOptions): Generator<Problem> {
  yield* checkKeyFile(config, "ssh_");
  if (isSet(config.ssh_bastion_host)) yield* checkKeyFile(config, "ssh_bastion_");
  for (const name of ["ssh_local_tunnels", "ssh_remote_tunnels"] as const) {
    for (const text of config[name] ?? []) {
      const problem = problemOf(() => parseTunnel(text));
      if (problem !== undefined) yield { summary: `${name} ('${text}') is invalid: ${problem}`, path: [name] };
    }
  }
  for (const text of config.ssh_jump_hosts ?? []) {
    const problem = problemOf(() => parseJumpHost(text));
    if (problem !== undefined) yield { summary: problem, path: ["ssh_jump_hosts"] };
  }
  if (isSet(config.ssh_proxy_type) && config.ssh_proxy_type !== "socks5" && config.ssh_proxy_type !== "http") {
    const summary = `ssh_proxy_type ('${config.ssh_proxy_type}') is invalid, valid types: socks5, http`;
    yield { summary, path: ["ssh_proxy_type"] };
  }
  if (isSet(config.ssh_proxy_host) && isSet(config.ssh_proxy_command)) {
    yield "please specify either ssh_proxy_host or ssh_proxy_command, not both";
  }
  for (const name of ["ssh_host_key_fingerprints", "ssh_bastion_host_key_fingerprints"] as const) {
    for (const text of config[name] ?? []) {
      if (isFingerprint(text)) continue;
      yield { summary: `${name} ('${text}') is invalid: must look like SHA256:... or MD5:...`, path: [name] };
    }
  }
}

function* checkKeyFile(config: CheckedSshOptions, prefix: "ssh_" | "ssh_bastion_"): Generator<Problem> {
  const name = `${prefix}private_key_file` as const;
  const path = config[name];
  if (!isSet(path)) return;
  const passphrase = config[`${prefix}private_key_passphrase`];
  const problem =
    keyFileProblem(expandHome(path), { passphrase, option: `${prefix}private_key_passphrase` }) ??
    certificateProblem(config[`${prefix}certificate_file`]);
  if (problem !== undefined) yield { summary: `${name} is invalid: ${problem}`, path: [name] };
}

function keyFileProblem(
  path: string,
  { passphrase, option }: { readonly passphrase: string | undefined; readonly option: string },
): string | undefined {
  const setup = "Error setting up SSH config: ";
  let text: string;
  try {
    statSync(path);
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? `stat ${path}: no such file or directory` : `${setup}${message}`;
  }
  if (text.startsWith("PuTTY-User-Key-File-")) return undefined;
  const isEncrypted = isEncryptedKey(text);
  if (isEncrypted === undefined) return `${setup}Failed to read key '${path}': no key found`;
  if (isEncrypted) {
    if (isSet(passphrase)) return undefined; // whether it is right shows when the key is used
    const advice = `not supported. Please decrypt the key prior to use, or set ${option}.`;
    return `${setup}Failed to read key '${path}': password protected keys are\n${advice}`;
  }
  if (text.includes("BEGIN OPENSSH PRIVATE KEY")) return undefined;
  const problem = problemOf(() => createPrivateKey(text));
  return problem === undefined ? undefined : `${setup}${problem}`;
}

function certificateProblem(path: string | undefined): string | undefined {
  if (!isSet(path)) return undefined;
  let text: string;
  try {
    text = readFileSync(expandHome(path), "utf8");
  } catch (error) {
    return `unable to read certificate file: ${messageOf(error)}`;
  }
  try {
    const problem = certificateTimeProblem(parseCertificate(text), Date.now());
    return problem === undefined ? undefined : `${path} not a valid cert: ${problem}`;
  } catch (error) {
    return messageOf(error);
  }
}

function problemOf(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
