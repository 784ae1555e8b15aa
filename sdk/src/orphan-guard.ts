import { spawn, type ChildProcess } from "node:child_process";

/**
 * Keeps the process groups of commands, and ends them when standard input ends, which it does when the plugin dies, however it
 * dies: first politely, after a second by force.
 */
const SCRIPT = `
groups=" "
while read -r operation id; do
  case $operation in
    +) groups="$groups$id " ;;
    -) rest=" "; for group in $groups; do [ "$group" = "$id" ] || rest="$rest$group "; done; groups=$rest ;;
  esac
done
[ "$groups" = " " ] && exit 0
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
sleep 1
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

/** The guard's process: one is enough for all commands of this process, and it is started with the first of them. */
let guard: ChildProcess | undefined;

/**
 * Sees to it that a process group does not outlive this process, even one that is killed. Gives the function that ends that.
 * Does nothing on Windows.
 */
export function guardGroup(groupId: number): () => void {
  if (process.platform === "win32") return () => {};
  guard ??= startGuard();
  const { stdin } = guard;
  stdin?.write(`+ ${groupId}\n`);
  return () => void stdin?.write(`- ${groupId}\n`);
}

function startGuard(): ChildProcess {
  const child = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true, cwd: "/" });
  child.on("error", () => {}); // no shell: commands run without a guard
  child.stdin.on("error", () => {});
  child.once("exit", () => {
    if (guard === child) guard = undefined;
  });
  child.unref();
  (child.stdin as { unref?: () => void }).unref?.(); // a pipe is a socket; it must not keep the plugin alive
  return child;
}
