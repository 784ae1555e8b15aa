import { Workplace, type Running } from "./run-ingot.js";

/** Runs the program in a terminal of its own, 100 columns wide. What is written to its input is typed there. */
export function startInTerminal(place: Workplace, args: string, env: Readonly<Record<string, string>> = {}): Running {
  const command = `stty cols 100; exec ${Workplace.command} ${args}`;
  return place.start([], { TERM: "xterm", ...env }, ["script", "-qec", command, "/dev/null"]);
}
