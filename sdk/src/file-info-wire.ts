import { FileInfo_Kind, type FileInfo as WireFileInfo } from "@ingot/protocol";
import type { FileInfo } from "./machine.js";

/** Writes a file's description for the wire. */
export function toWireFileInfo(file: FileInfo): WireFileInfo {
  const kinds = { file: FileInfo_Kind.FILE, directory: FileInfo_Kind.DIRECTORY, symlink: FileInfo_Kind.SYMLINK };
  return {
    kind: kinds[file.kind ?? "file"],
    path: file.path,
    mode: file.mode === undefined ? undefined : file.mode & 0o7777,
    size: file.size === undefined ? undefined : BigInt(file.size),
    modifiedMs: file.modifiedMs === undefined ? undefined : BigInt(Math.floor(file.modifiedMs)),
    linkTarget: file.linkTarget ?? "",
  };
}

/** Reads a file's description from the wire. */
export function fromWireFileInfo(file: WireFileInfo): FileInfo {
  const kind =
    file.kind === FileInfo_Kind.DIRECTORY ? "directory" : file.kind === FileInfo_Kind.SYMLINK ? "symlink" : "file";
  return {
    kind,
    path: file.path,
    ...(file.mode === undefined ? {} : { mode: file.mode }),
    ...(file.size === undefined ? {} : { size: Number(file.size) }),
    ...(file.modifiedMs === undefined ? {} : { modifiedMs: Number(file.modifiedMs) }),
    ...(file.linkTarget === "" ? {} : { linkTarget: file.linkTarget }),
  };
}
