// The parts of the package `ssh2` that we use; it comes without types. ssh2.ts has them.
declare module "ssh2/lib/client.js" {
  const Client: unknown;
  export default Client;
}

declare module "ssh2/lib/agent.js" {
  const agent: unknown;
  export default agent;
}

declare module "ssh2/lib/protocol/keyParser.js" {
  const keyParser: unknown;
  export default keyParser;
}

declare module "ssh2/lib/protocol/constants.js" {
  const constants: unknown;
  export default constants;
}
