import { describe, expect, test } from "@jest/globals";
import { tarEntry, type TarEntry, type TarEntryType } from "../tar/tar-entry.js";
import { MergedTree } from "./merge-layers.js";

/** Reads "d path", "f path", "l path -> target" (a symbolic link) or "h path -> target" (a hard link). */
function parse(line: string): TarEntry {
  const [kind = "", path = "", , linkTarget = ""] = line.split(" ");
  const types: Record<string, TarEntryType> = { d: "directory", f: "file", l: "symlink", h: "link" };
  return tarEntry(path, types[kind] ?? "file", { linkTarget });
}

function merge(...layers: readonly (readonly string[])[]): string[] {
  const tree = new MergedTree();
  for (const [number, lines] of layers.entries())
    for (const [index, line] of lines.entries()) tree.add(parse(line), number, index);
  return [...tree.walk()].map(({ path, node }) => `${path} ${node.inode.layer}.${node.inode.index}`);
}

describe("layers", () => {
  test.each([
    { name: "add up", layers: [["d a", "f a/x"], ["f a/y"]], want: ["a 0.0", "a/x 0.1", "a/y 1.0"] },
    { name: "replace files", layers: [["f a"], ["f a"]], want: ["a 1.0"] },
    {
      name: "keep what is in a folder that comes again",
      layers: [["d a", "f a/x"], ["d a"]],
      want: ["a 1.0", "a/x 0.1"],
    },
    { name: "replace a folder by a file", layers: [["d a", "f a/x"], ["f a"]], want: ["a 1.0"] },
    { name: "replace a link by a folder", layers: [["d b", "l a -> b"], ["d a"]], want: ["a 1.0", "b 0.0"] },
    { name: "remove by whiteout", layers: [["d a", "f a/x", "f a/y"], ["f a/.wh.x"]], want: ["a 0.0", "a/y 0.2"] },
    { name: "remove folders by whiteout", layers: [["d a", "d a/b", "f a/b/x"], ["f a/.wh.b"]], want: ["a 0.0"] },
    {
      name: "hide all by an opaque mark",
      layers: [
        ["d a", "f a/x"],
        ["d a", "f a/.wh..wh..opq", "f a/y"],
      ],
      want: ["a 1.0", "a/y 1.2"],
    },
    {
      name: "hide all by an opaque mark that comes late",
      layers: [
        ["d a", "f a/x"],
        ["d a", "f a/y", "f a/.wh..wh..opq"],
      ],
      want: ["a 1.0", "a/y 1.1"],
    },
    { name: "make missing folders", layers: [["f a/b/x"]], want: ["a 0.-1", "a/b 0.-1", "a/b/x 0.0"] },
    {
      name: "write through links to folders",
      layers: [["d usr", "d usr/lib", "l lib -> usr/lib"], ["f lib/x"]],
      want: ["lib 0.2", "usr 0.0", "usr/lib 0.1", "usr/lib/x 1.0"],
    },
    {
      name: "never leave the root through links",
      layers: [
        ["l a -> ../../..", "l b -> /"],
        ["f a/x", "f b/y"],
      ],
      want: ["a 0.0", "b 0.1", "x 1.0", "y 1.1"],
    },
    {
      name: "share hard links, also when the first name goes",
      layers: [["f a", "h b -> a"], ["f .wh.a"]],
      want: ["b 0.0"],
    },
    { name: "ignore the bookkeeping of aufs", layers: [["d .wh..wh.plnk", "f a"]], want: ["a 0.1"] },
  ])("$name", ({ layers, want }) => expect(merge(...layers)).toEqual(want));

  test.each([
    { name: "a hard link to nothing", layers: [["h a -> b"]], want: "is not a file in it" },
    { name: "a loop of links", layers: [["l a -> b", "l b -> a", "f a/x"]], want: "loop of symbolic links" },
  ])("refuse $name", ({ layers, want }) => expect(() => merge(...layers)).toThrow(want));
});
