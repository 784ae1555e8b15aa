import agent from "ssh2/lib/agent.js";
import Client from "ssh2/lib/client.js";
import constants from "ssh2/lib/protocol/constants.js";
import keyParser from "ssh2/lib/protocol/keyParser.js";
import type { Ssh2 } from "./ssh2.js";

/**
 * The package `ssh2`, whose types are ours because it has none. Import it when the first connection is made: it takes long to
 * load. Its parts are imported one by one, because the package as a whole also loads its server.
 */
export const ssh2: Ssh2 = {
  Client: Client as Ssh2["Client"],
  createAgent: (agent as Pick<Ssh2, "createAgent">).createAgent,
  parseKey: (keyParser as Pick<Ssh2, "parseKey">).parseKey,
  constants: constants as Ssh2["constants"],
};
