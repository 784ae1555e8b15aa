import { OciError } from "../oci-error.js";
import { fromByteString, tarEntry, type TarEntry } from "../tar/tar-entry.js";

/** What a name in the tree stands for. Several names may share one (hard links). */
export interface Inode {
  readonly entry: TarEntry;
  /** Which layer it comes from, and the how-many-th entry of that layer it is. */
  readonly layer: number;
  readonly index: number;
}

/** A name in the tree. Folders have children. */
export interface TreeNode {
  inode: Inode;
  readonly children: Map<string, TreeNode> | undefined;
}

/**
 * The file tree that layers give together, without any file's content: whiteouts are applied, and paths lead through
 * symbolic links inside the tree, never out of it.
 */
export class MergedTree {
  readonly root: TreeNode;

  constructor() {
    this.root = { inode: { entry: tarEntry("", "directory"), layer: -1, index: -1 }, children: new Map() };
  }

  /** Adds the next entry of a layer. Layers come lowest first. Throws OciError "bad-layer". */
  add(entry: TarEntry, layer: number, index: number): void {
    const parts = splitPath(entry.path);
    const name = parts.pop();
    const inode = { entry, layer, index };
    if (name === undefined) {
      if (entry.type === "directory") this.root.inode = inode;
      return;
    }
    const parent = this.#folder(parts, layer);
    if (name === ".wh..wh..opq") dropOlder(parent, layer);
    else if (name.startsWith(".wh..wh."))
      return; // bookkeeping of a file system that nobody uses any more
    else if (name.startsWith(".wh.")) dropOlderChild(parent, name.slice(4), layer);
    else this.#put(parent, name, inode);
  }

  /** Finds what a path stands for, without following a link at its end. */
  find(path: string): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const part of splitPath(path)) node = node?.children?.get(part);
    return node;
  }

  /** Gives all names below the root, parents first, sorted within each folder. */
  *walk(): Generator<{ readonly path: string; readonly node: TreeNode }> {
    const stack = sortedChildren(this.root, "");
    for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
      yield item;
      stack.push(...sortedChildren(item.node, `${item.path}/`));
    }
  }

  #put(parent: TreeNode, name: string, inode: Inode): void {
    const { entry } = inode;
    const existing = childrenOf(parent).get(name);
    if (entry.type === "link") {
      const target = this.#resolveLink(entry);
      childrenOf(parent).set(name, { inode: target.inode, children: undefined });
    } else if (entry.type === "directory") {
      if (existing?.children) existing.inode = inode;
      else childrenOf(parent).set(name, { inode, children: new Map() });
    } else childrenOf(parent).set(name, { inode, children: undefined });
  }

  #resolveLink(entry: TarEntry): TreeNode {
    const parts = splitPath(entry.linkTarget);
    const name = parts.pop() ?? "";
    const target = this.#existingFolder(parts)?.children?.get(name);
    if (target !== undefined && target.children === undefined) return target;
    throw new OciError(
      "bad-layer",
      `The base image is damaged: "${fromByteString(entry.path)}" is a hard link to "${fromByteString(entry.linkTarget)}", which is not a file in it.`,
    );
  }

  #existingFolder(parts: readonly string[]): TreeNode | undefined {
    return this.#walkTo(parts, undefined);
  }

  #folder(parts: readonly string[], layer: number): TreeNode {
    const folder = this.#walkTo(parts, layer);
    if (folder === undefined) throw new OciError("bad-layer", "The base image has a loop of symbolic links.");
    return folder;
  }

  /** Goes to a folder through links; missing folders are made when `layer` is given. Undefined: missing, or a loop. */
  #walkTo(parts: readonly string[], layer: number | undefined): TreeNode | undefined {
    const todo = [...parts].reverse();
    let trail: TreeNode[] = [this.root];
    let names: string[] = [];
    let linksLeft = 40;
    for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
      if (part === "..") {
        if (trail.length > 1) trail.pop();
        names.pop();
        continue;
      }
      const here = trail.at(-1) ?? this.root;
      let next = childrenOf(here).get(part);
      if (next?.inode.entry.type === "symlink") {
        if (linksLeft-- === 0) return undefined;
        const target = next.inode.entry.linkTarget;
        if (target.startsWith("/")) {
          trail = [this.root];
          names = [];
        }
        todo.push(
          ...target
            .split("/")
            .filter((item) => item !== "" && item !== ".")
            .reverse(),
        );
        continue;
      }
      names.push(part);
      if (next?.children === undefined) {
        if (layer === undefined) return undefined;
        next = { inode: { entry: tarEntry(names.join("/"), "directory"), layer, index: -1 }, children: new Map() };
        childrenOf(here).set(part, next);
      }
      trail.push(next);
    }
    return trail.at(-1);
  }
}

function childrenOf(node: TreeNode): Map<string, TreeNode> {
  if (node.children === undefined) throw new Error("bug: a file has no children");
  return node.children;
}

function sortedChildren(node: TreeNode, prefix: string): { path: string; node: TreeNode }[] {
  if (node.children === undefined) return [];
  const names = [...node.children.keys()].sort((a, b) => (a < b ? 1 : -1)); // the last is taken first
  return names.flatMap((name) => {
    const child = node.children?.get(name);
    return child === undefined ? [] : [{ path: prefix + name, node: child }];
  });
}

function dropOlder(parent: TreeNode, layer: number): void {
  for (const name of [...childrenOf(parent).keys()]) dropOlderChild(parent, name, layer);
}

/** A whiteout hides what lower layers have, never what its own layer has. */
function dropOlderChild(parent: TreeNode, name: string, layer: number): void {
  const child = childrenOf(parent).get(name);
  if (child === undefined) return;
  if (child.children !== undefined) dropOlder(child, layer);
  const isEmpty = child.children === undefined || child.children.size === 0;
  if (child.inode.layer < layer && isEmpty) childrenOf(parent).delete(name);
}

function splitPath(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
