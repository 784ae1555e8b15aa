/** Servers, certificates and archives for the tests of packages that use the installer. */
export { GitHubServer, type TestAsset } from "./github-server.js";
export { makeOpenPgpAuthor, type OpenPgpAuthor } from "./openpgp-author.js";
export { layOutPluginFolder, type FolderFile } from "./plugin-folder.js";
export { rawZip, type RawEntry } from "./raw-zip.js";
export { createSigstoreAuthority, type SigstoreAuthority } from "./sigstore-authority.js";
export { startRegistry, type TestRegistry } from "./start-registry.js";
export { StaticServer } from "./static-server.js";
export { TestAuthority } from "./test-authority.js";
