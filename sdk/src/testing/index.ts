/**
 * Tests a plugin for real: starts its file as a child process and drives it over gRPC as a host does, with everything it says
 * collected. Start reading at start-plugin.ts.
 */
export { startPlugin } from "./start-plugin.js";
export type { BuilderRunOptions, KindName, PluginUnderTest, Prepared, RunOptions } from "./plugin-under-test.js";
export type { PluginProcess, StartOptions } from "./plugin-process.js";
export type { SessionOptions, SessionOutcome } from "./session-driver.js";
export { UNKNOWN } from "./config-value.js";
export { makeKey, startSshd, whyNoSshd, type SshdOptions, type TestSshd } from "../ssh/testing/start-sshd.js";
