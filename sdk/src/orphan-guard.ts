import { spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

/**
 * Keeps the process groups of commands and the paths of temporary files. When standard input ends, which it does when the plugin
 * dies, however it dies, it ends the groups, first politely, after a second by force, and removes the files.
 */
const SCRIPT = `
set -f
groups=
files=
line_feed='
'
IFS=$line_feed
without() {
  rest=
  for entry in $1; do [ "$entry" = "$2" ] || rest="$rest$line_feed$entry"; done
}
while read -r line; do
  subject=\${line#* }
  case $line in
    "group "*) groups="$groups$line_feed$subject" ;;
    "nogroup "*) without "$groups" "$subject"; groups=$rest ;;
    "file "*) files="$files$line_feed$subject" ;;
    "nofile "*) without "$files" "$subject"; files=$rest ;;
  esac
done
for group in $groups; do kill -s TERM -- "-$group" 2>/dev/null; done
for file in $files; do rm -rf -- "$file"; done
[ -z "$groups" ] && exit 0
sleep 1
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

/** Names this process to the host, which kills all that has it when the plugin is dead: all but the guard, which has work then. */
const PROCESS_VARIABLE = "INGOT_PLUGIN_PROCESS";

/** The guard's process: one is enough for this process, and it is started with the first thing to guard. */
let guard: ChildProcess | undefined;

/**
 * Sees to it that a process group does not outlive this process, even one that is killed. Gives the function that ends that.
 * Does nothing on Windows.
 */
export function guardGroup(groupId: number): () => void {
  return keep("group", String(groupId));
}

/**
 * Sees to it that a temporary file or folder does not outlive this process, even one that is killed. To be called before it is made. Gives
 * the function that ends that, for when it has been removed. Does nothing on Windows.
 */
export function guardPath(path: string): () => void {
  return path.includes("\n") ? () => {} : keep("file", resolve(path));
}

function keep(kind: "group" | "file", subject: string): () => void {
  if (process.platform === "win32") return () => {};
  guard ??= startGuard();
  const { stdin } = guard;
  stdin?.write(`${kind} ${subject}\n`);
  return () => void stdin?.write(`no${kind} ${subject}\n`);
}

function startGuard(): ChildProcess {
  const { [PROCESS_VARIABLE]: _, ...env } = process.env;
  const child = spawn("/bin/sh", ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
    cwd: "/",
    env,
  });
  child.on("error", () => {}); // no shell: commands run without a guard
  child.stdin.on("error", () => {});
  child.once("exit", () => {
    if (guard === child) guard = undefined;
  });
  child.unref();
  (child.stdin as { unref?: () => void }).unref?.(); // a pipe is a socket; it must not keep the plugin alive
  return child;
}
