import type { CommunicatorConfig } from "../schema/communicator.js";

/** Where a machine was reached, when the builder found that out. */
export interface MachineAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/**
 * Gives the values of `build.NAME` that every builder with a communicator has: Host, Port, User, Password, ConnType and those of
 * SSH keys and WinRM. Empty for `communicator = "none"`. A builder adds its own, such as ID.
 */
export function communicatorData(
  config: CommunicatorConfig,
  address: MachineAddress = {},
): Readonly<Record<string, unknown>> {
  if (config.type === "none") return {};
  const isSsh = config.type === "ssh";
  const isWinRm = config.type === "winrm";
  const port = isSsh ? config.ssh_port : isWinRm ? (config.winrm_port ?? (config.winrm_use_ssl ? 5986 : 5985)) : 0;
  const pick = (ssh: string | undefined, winrm: string | undefined): string =>
    (isSsh ? ssh : isWinRm ? winrm : "") ?? "";
  return {
    Host: address.host ?? pick(config.ssh_host, config.winrm_host),
    Port: address.port ?? port,
    User: pick(config.ssh_username, config.winrm_username),
    Password: pick(config.ssh_password, config.winrm_password),
    ConnType: config.type,
    SSHPublicKey: config.ssh_public_key?.toString() ?? "",
    SSHPrivateKey: config.ssh_private_key?.toString() ?? "",
    SSHPrivateKeyFile: config.ssh_private_key_file ?? "",
    SSHAgentAuth: config.ssh_agent_auth,
    WinRMPassword: config.winrm_password ?? "",
  };
}
