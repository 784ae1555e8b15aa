/**
 * Keeps standard output for the handshake line: from now on whatever else the plugin prints goes to standard error, where the
 * host takes it as log lines. Gives the function that writes to the real standard output.
 */
export function reserveStdout(): (text: string) => void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
  process.stdout.on("error", () => {}); // a host that closed the pipe is noticed elsewhere
  process.stderr.on("error", () => {});
  return (text) => void write(text);
}
