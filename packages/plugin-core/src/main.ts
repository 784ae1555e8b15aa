import { plugin } from "./plugin.js";

// The host keeps it from Node, which would read the file when it starts. The commands that run here get it as it was.
const { INGOT_NODE_EXTRA_CA_CERTS: certificates } = process.env;
if (certificates !== undefined) {
  process.env["NODE_EXTRA_CA_CERTS"] = certificates;
  delete process.env["INGOT_NODE_EXTRA_CA_CERTS"];
}

plugin.serve();
// Most builds need these soon, and now nobody waits for us: the host connects.
setImmediate(() => void Promise.all([import("node:crypto"), import("node:child_process")]));
