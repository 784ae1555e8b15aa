import { connect } from "node:net";
import { messageOf } from "@ingot/diag";
import type { Ssh2, SshAgent } from "./ssh2.js";

/** Finds the local SSH agent and makes sure that it answers. Rejects with an Error that tells why there is none. */
export async function findAgent(ssh2: Ssh2): Promise<SshAgent> {
  const path = agentPath();
  if (path === undefined) throw new Error("SSH_AUTH_SOCK is not set");
  await new Promise<void>((resolve, reject) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error) => {
      reject(new Error(`Cannot connect to SSH Agent socket "${path}": ${messageOf(error)}`, { cause: error }));
    });
  });
  return ssh2.createAgent(path);
}

function agentPath(): string | undefined {
  if (process.platform === "win32") return "\\\\.\\pipe\\openssh-ssh-agent";
  const path = process.env["SSH_AUTH_SOCK"];
  return path === "" ? undefined : path;
}
