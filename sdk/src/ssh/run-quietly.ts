import type { CommandExit, CommandIo } from "../machine.js";

/** Connects a command with nothing but two collectors of text. */
export function collectingIo(signal: AbortSignal): {
  readonly io: CommandIo;
  readonly stdout: () => string;
  readonly stderr: () => string;
} {
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  const collect =
    (chunks: Buffer[]) =>
    (chunk: Uint8Array): Promise<void> => {
      if (chunks.length < 64) chunks.push(Buffer.from(chunk));
      return Promise.resolve();
    };
  const io: CommandIo = {
    stdin: undefined,
    stdout: collect(stdout),
    stderr: collect(stderr),
    signal,
    onSignal: () => {},
    onResize: () => {},
  };
  return { io, stdout: () => Buffer.concat(stdout).toString(), stderr: () => Buffer.concat(stderr).toString() };
}

/** Says how a command failed: by what it wrote, otherwise by its status. */
export function failureText({ status, disconnected }: CommandExit, stderr: string): string {
  if (disconnected === true) return "the connection was lost";
  return stderr.trim() === "" ? `Process exited with status ${status}` : stderr.trim();
}
