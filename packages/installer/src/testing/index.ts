/** Servers, certificates and archives for the tests of packages that use the installer. */
export { GitHubServer, type TestAsset } from "./github-server.js";
export { rawZip, type RawEntry } from "./raw-zip.js";
export { StaticServer } from "./static-server.js";
export { TestAuthority } from "./test-authority.js";
