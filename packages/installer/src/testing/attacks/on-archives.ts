import type { AttackScene } from "../attack-scene.js";
import { rawZip, type RawEntry } from "../raw-zip.js";
import type { Attack } from "./attack.js";

const LINK = 0o120777;

/** Archives that would harm whoever unpacks them. Their checksums are right. */
export const ATTACKS_WITH_ARCHIVES: readonly Attack[] = [
  withEntry(
    "a path that leads out of the folder",
    { name: "../../evil", content: "x" },
    /would be written outside of its folder/,
  ),
  withEntry(
    "a path that leads out in the middle",
    { name: "a/../../evil", content: "x" },
    /would be written outside of its folder/,
  ),
  withEntry("a path with backslashes", { name: "..\\..\\evil", content: "x" }, /has a backslash in its name/),
  withEntry("an absolute path", { name: "/etc/cron.d/evil", content: "x" }, /has an absolute path/),
  withEntry("a drive letter", { name: "C:evil", content: "x" }, /has a drive letter/),
  withEntry("a symbolic link", { name: "LICENSE", content: "/etc/passwd", mode: LINK }, /is a symbolic link/),
  withEntry("a device", { name: "LICENSE", mode: 0o020666 }, /is not a regular file/),
  withEntry(
    "control characters in a name",
    { name: "README\u001b[2J", content: "x" },
    /has control characters in its name/,
  ),
  withEntry("a NUL byte in a name", { name: "README\0.md", content: "x" }, /has a NUL byte in its name/),
  withEntry("a name that isn't UTF-8", { name: Buffer.from([0xff, 0xfe]), content: "x" }, /is not in UTF-8/),
  withEntry("a name that Windows reserves", { name: "CON", content: "x" }, /reserved on Windows/),
  withEntry("a second stream of Windows", { name: "README:evil", content: "x" }, /Windows can't store/),
  withEntry("an encrypted entry", { name: "README.md", content: "x", flags: 0x801 }, /is encrypted/),
  withEntry("a method that nobody knows", { name: "README.md", content: "x", method: 99 }, /is packed by a method/),
  withEntry("a wrong checksum inside", { name: "README.md", content: "x", claimedCrc: 1 }, /damaged|checksum|CRC/i),
  withEntry(
    "more bytes than it says",
    { name: "README.md", content: "x".repeat(5000), claimedSize: 10 },
    /damaged|too many bytes/,
  ),
  withEntry(
    "fewer bytes than it says",
    { name: "README.md", content: "x", claimedSize: 5000 },
    /damaged|not enough bytes/,
  ),
  withEntry(
    "a size of four gigabytes",
    { name: "README.md", content: "x", claimedSize: 0xfffffffe },
    /larger unpacked than packed|more than \d+ bytes/,
  ),
  withEntry("a bomb", { name: "README.md", content: Buffer.alloc(16 << 20) }, /larger unpacked than packed/),
  {
    name: "names that differ only in case",
    prepare: (scene) =>
      scene.publish("1.0.0", {
        entries: [scene.plugin("1.0.0"), { name: "README.md", content: "a" }, { name: "readme.MD", content: "b" }],
      }),
    refused: /differ only in case or form/,
  },
  {
    name: "an executable in capitals beside the real one",
    prepare: (scene) => {
      const real = scene.plugin("1.0.0");
      return scene.publish("1.0.0", { entries: [real, { ...real, name: String(real.name).toUpperCase() }] });
    },
    refused: /differ only in case or form/,
  },
  {
    name: "the executable twice",
    prepare: (scene) =>
      scene.publish("1.0.0", { entries: [scene.plugin("1.0.0"), { ...scene.plugin("1.0.0"), content: "evil" }] }),
    refused: /occurs twice/,
  },
  {
    name: "a folder for an executable",
    prepare: (scene) =>
      scene.publish("1.0.0", { entries: [{ name: `ingot-plugin-${scene.name}.mjs/`, mode: 0o040755 }] }),
    refused: /lacks the executable/,
  },
  {
    name: "a link for an executable",
    prepare: (scene) =>
      scene.publish("1.0.0", { entries: [{ ...scene.plugin("1.0.0"), content: "/bin/sh", mode: LINK }] }),
    refused: /is a symbolic link/,
  },
  {
    name: "an empty executable",
    prepare: (scene) => scene.publish("1.0.0", { entries: [{ ...scene.plugin("1.0.0"), content: "" }] }),
    refused: /the executable inside is empty/,
  },
  {
    name: "ten thousand entries",
    prepare: (scene) => {
      const files = Array.from({ length: 10_000 }, (_, index) => ({ name: `f${index}`, content: "" }));
      return scene.publish("1.0.0", { entries: [scene.plugin("1.0.0"), ...files] });
    },
    refused: /has 10001 entries/,
  },
  {
    name: "an archive in front of which another file stands",
    prepare: (scene) =>
      scene.publish("1.0.0", { archive: Buffer.concat([Buffer.from("#!/bin/sh\n"), rawZip([scene.plugin("1.0.0")])]) }),
    refused: /damaged|not a complete zip archive/,
  },
  {
    name: "a Packer plugin's archive with a path before the name",
    prepare: (scene) => packerArchive(scene, (name) => `../${name}`),
    init: { constraint: "= 1.0.0" },
    refused: /outside of its folder|does not have|has no|isn't in/,
  },
  {
    name: "a Packer plugin's archive with a link",
    async prepare(scene) {
      const options = { family: "packer", platform: "linux_amd64" } as const;
      const name = scene.archiveName("1.0.0", options).replace(/\.zip$/, "");
      await scene.publish("1.0.0", { ...options, entries: [{ name, content: "/bin/sh", mode: LINK }] });
    },
    refused: /is a symbolic link/,
  },
];

function withEntry(name: string, entry: RawEntry, refused: RegExp): Attack {
  return {
    name,
    prepare: (scene) => scene.publish("1.0.0", { entries: [scene.plugin("1.0.0"), entry] }),
    refused,
  };
}

async function packerArchive(scene: AttackScene, rename: (name: string) => string): Promise<void> {
  const options = { family: "packer", platform: "linux_amd64" } as const;
  const name = scene.archiveName("1.0.0", options).replace(/\.zip$/, "");
  await scene.publish("1.0.0", {
    ...options,
    entries: [{ name: rename(name), content: "#!/bin/sh\n", mode: 0o100755 }],
  });
}
