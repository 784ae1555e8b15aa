import { HANDSHAKE } from "@ingot/protocol";

/**
 * The real standard output of a plugin, kept for the handshake line. It is taken as soon as the SDK is loaded in a process
 * that a host started, so that nothing a plugin prints while its modules load can come before the line: whatever else is
 * printed goes to standard error, where the host takes it as log lines. Standard output is one per process, hence the state.
 */
const realWrite = process.env[HANDSHAKE.cookieName] === HANDSHAKE.cookieValue ? redirect() : undefined;

/** Writes the handshake line to the real standard output. */
export function printHandshake(line: string): void {
  (realWrite ?? process.stdout.write.bind(process.stdout))(`${line}\n`);
}

function redirect(): (text: string) => boolean {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (...args: [never]) => process.stderr.write(...args);
  process.stdout.on("error", () => {}); // a host that closed the pipes is noticed elsewhere
  process.stderr.on("error", () => {});
  return (text) => write(text);
}
