import { readFile } from "node:fs/promises";
import { OciError } from "../oci-error.js";

const switches = [
  {
    file: "/proc/sys/kernel/unprivileged_userns_clone",
    blocks: "0",
    fix: "the kernel setting kernel.unprivileged_userns_clone is 0; an administrator can set it to 1",
  },
  {
    file: "/proc/sys/user/max_user_namespaces",
    blocks: "0",
    fix: "the kernel setting user.max_user_namespaces is 0; an administrator can raise it",
  },
  {
    file: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    blocks: "1",
    fix: "AppArmor restricts user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1); an administrator can set it to 0 or add a profile",
  },
];

/** Finds out why namespaces do not work here and gives the error that says so. `complaint` is what the failed program wrote. */
export async function explainNamespaceFailure(complaint: string): Promise<OciError> {
  const causes: string[] = [];
  for (const { file, blocks, fix } of switches) {
    const value = await readFile(file, "utf8").catch(() => ""); // not every kernel has every switch
    if (value.trim() === blocks) causes.push(fix);
  }
  if (causes.length === 0)
    causes.push("the kernel or the container that this runs in forbids them; run as root, or allow user namespaces");
  const detail = complaint === "" ? "" : ` The attempt ended with: ${complaint}.`;
  return new OciError(
    "no-namespaces",
    `Provisioners need namespaces, which cannot be made here: ${causes.join("; ")}.${detail}`,
  );
}
