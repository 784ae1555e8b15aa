/**
 * What every layer that touches the file system needs, and that Node does not do well. Imports nothing. It is small on purpose: what one
 * package alone needs stays there.
 */
export { makeFolders, makeFoldersSync } from "./make-folders.js";
