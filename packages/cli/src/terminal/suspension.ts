import type { LiveView } from "./live-view.js";

/**
 * Takes the view away before Ctrl-Z stops the process, so that what the terminal echoes and the shell says then has rows of its own,
 * and draws it again when the process goes on. Gives the function that ends that.
 */
export function hideWhileStopped(view: Pick<LiveView, "hideDuring">): () => void {
  const onStop = (): void =>
    view.hideDuring(() => {
      process.off("SIGTSTP", onStop);
      process.kill(process.pid, "SIGTSTP"); // comes back when somebody lets the process go on
      process.on("SIGTSTP", onStop);
    });
  process.on("SIGTSTP", onStop);
  return () => void process.off("SIGTSTP", onStop);
}
