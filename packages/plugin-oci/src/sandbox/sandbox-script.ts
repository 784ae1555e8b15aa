/** The folder in the new root through which the old one is reachable for a moment. Never part of an image. */
export const hostFolder = ".ingot-host";

/** What the script ends with when overlayfs cannot be mounted. */
export const noOverlayStatus = 41;

/**
 * The first process of the sandbox: mounts everything, changes the root, says "ready PID" (its id on the host), and then
 * waits for the end of its standard input, by itself: the host's programs are soon out of reach. While it waits it reaps
 * orphans, as an init does. When it ends, the kernel kills all other processes of the sandbox and drops its mounts.
 *
 * Arguments: work folder, "overlay" or "copy", overlay options, base folder or "", then the paths in the new root, or "", of
 * proc, sys, dev, resolv.conf, hosts and tmp.
 */
export const sandboxScript = `
set -e
read -r pid rest </proc/self/stat
cd "$1"
if [ "$2" = overlay ]; then
  if [ -n "$4" ]; then mount --rbind "$4" base; fi
  mount -t overlay overlay -o "$3" merged || exit ${noOverlayStatus}
else
  mount --rbind copy merged
fi
new=merged
if [ -n "$5" ]; then mount -t proc proc "$new/$5" 2>/dev/null || mount --rbind /proc "$new/$5"; fi
if [ -n "$6" ]; then
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$new/$6" 2>/dev/null ||
    { mount --rbind /sys "$new/$6" && mount -o remount,bind,ro,nosuid,nodev,noexec "$new/$6"; } 2>/dev/null || true
fi
if [ -n "$7" ]; then
  dev="$new/$7"
  mount -t tmpfs -o mode=0755 tmpfs "$dev"
  for name in null zero full random urandom tty; do
    if [ -e "/dev/$name" ]; then
      : >"$dev/$name"
      mount --bind "/dev/$name" "$dev/$name"
    fi
  done
  mkdir -m 0755 "$dev/pts"
  mkdir -m 1777 "$dev/shm"
  mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$dev/pts" 2>/dev/null || true
  ln -s pts/ptmx "$dev/ptmx"
  ln -s /proc/self/fd "$dev/fd"
  ln -s /proc/self/fd/0 "$dev/stdin"
  ln -s /proc/self/fd/1 "$dev/stdout"
  ln -s /proc/self/fd/2 "$dev/stderr"
fi
if [ -n "$8" ]; then mount --bind etc/resolv.conf "$new/$8"; fi
if [ -n "$9" ]; then mount --bind etc/hosts "$new/$9"; fi
if [ -n "\${10}" ]; then mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs "$new/\${10}"; fi
exec 3<&0 4>/dev/null
(while read -r line; do :; done) <&3 >&4 2>&4 &
exec 3<&- </dev/null
cd "$new"
pivot_root . ${hostFolder}
cd /
echo "ready $pid"
exec >&4 2>&4
wait
`;
