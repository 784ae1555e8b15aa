import { open, readFile } from "node:fs/promises";
import { messageOf } from "@ingot/diag";
import type { SessionContext } from "../context.js";
import type { CommunicatorConfig } from "../schema/communicator.js";
import type { Machine } from "../machine.js";
import { createKeyPair, publicLine, type SshKeyPair } from "./key-pair.js";
import { parsePrivateKey } from "./private-key.js";
import { collectingIo } from "./run-quietly.js";
import { expandHome } from "./settings.js";
import { loadSsh2 } from "./ssh2.js";

type KeyContext = Pick<SessionContext<unknown>, "ui" | "secrets">;

/**
 * Gives the key pair of a machine that a builder is about to make: that of `ssh_private_key_file`, otherwise a new temporary one
 * by `temporary_key_pair_type` and `temporary_key_pair_bits`. The result also has the options with `ssh_private_key` and
 * `ssh_public_key` set, for connecting. The private key is registered as a secret.
 */
export async function prepareSshKey(
  config: CommunicatorConfig,
  { ui, secrets }: KeyContext,
): Promise<SshKeyPair & { readonly config: CommunicatorConfig }> {
  const pair = await makePair(config, ui);
  secrets([pair.privateKey]);
  const keys = { ssh_private_key: Buffer.from(pair.privateKey), ssh_public_key: Buffer.from(pair.publicKey) };
  return { ...pair, config: { ...config, ...keys } };
}

async function makePair(config: CommunicatorConfig, ui: KeyContext["ui"]): Promise<SshKeyPair> {
  const file = config.ssh_private_key_file;
  if (file !== undefined && file !== "") {
    ui.say("Using existing SSH private key");
    const privateKey = await readFile(expandHome(file), "utf8");
    const key = parsePrivateKey(await loadSsh2(), privateKey, config.ssh_private_key_passphrase);
    return { privateKey, publicKey: `${publicLine(key.getPublicSSH())}\n` };
  }
  const type = config.temporary_key_pair_type === "" ? undefined : config.temporary_key_pair_type;
  ui.say(`Creating temporary ${(type ?? "rsa").toUpperCase()} SSH key for instance...`);
  try {
    return await createKeyPair({ type, bits: config.temporary_key_pair_bits });
  } catch (error) {
    throw new Error(`Error creating temporary SSH key: ${messageOf(error)}`, { cause: error });
  }
}

/** Writes a private key for the user's own use with -debug. Rejects with the system's error after showing it. */
export async function saveDebugKey(path: string, privateKey: string, { ui }: Pick<KeyContext, "ui">): Promise<void> {
  ui.say(`Saving key for debug purposes: ${path}`);
  try {
    const file = await open(path, "w", 0o700);
    try {
      await file.chmod(0o700); // of a file that was there too
      await file.writeFile(privateKey);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Error(`Error saving debug key: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Removes the temporary public key from the machine, with `ssh_clear_authorized_keys` and a `temporary_key_pair_name`. What goes
 * wrong on the machine is of no consequence.
 */
export async function clearAuthorizedKeys(
  machine: Machine,
  config: CommunicatorConfig,
  { ui, signal }: Pick<SessionContext<unknown>, "ui" | "signal">,
): Promise<void> {
  const name = config.temporary_key_pair_name ?? "";
  if (!config.ssh_clear_authorized_keys || config.type !== "ssh" || name === "") return;
  ui.say("Trying to remove ephemeral keys from authorized_keys files");
  const line = (file: string, sudo: string): string =>
    `${sudo}sed -i.bak '/ ${name.replace(/[/'\\]/g, ".")}$/d' ${file}; ${sudo}rm ${file}.bak`;
  for (const command of [line("~/.ssh/authorized_keys", ""), line("/root/.ssh/authorized_keys", "sudo ")]) {
    const { io } = collectingIo(signal);
    await machine
      .exec({ command, env: {}, cwd: undefined, terminal: undefined }, io)
      .catch(() => signal.throwIfAborted());
  }
}
