import { dynamicType, stringType, stringValue, unknownValue, type Value } from "@ingot/hcl";

/** Names of `build.NAME` that every builder has, if only as a text that says it doesn't. */
const STANDARD_NAMES = [
  "ID",
  "Host",
  "Port",
  "User",
  "Password",
  "ConnType",
  "PackerRunUUID",
  "PackerHTTPPort",
  "PackerHTTPIP",
  "PackerHTTPAddr",
  "SSHPublicKey",
  "SSHPrivateKey",
  "SSHPrivateKeyFile",
  "SSHAgentAuth",
  "WinRMPassword",
] as const;

/** What these give when a builder doesn't. Templates for several builders mention values that only some of them have. */
const MISSING_DATA: ReadonlyMap<string, string> = new Map([
  ...["Host", "Port", "User", "Password", "ConnType", "SSHPublicKey", "SSHPrivateKey", "WinRMPassword"].map(
    (name) => [name, "<unknown>"] as const,
  ),
  ["ID", "ERR_ID_NOT_IMPLEMENTED_BY_BUILDER"],
  ["PackerHTTPIP", "ERR_HTTP_IP_NOT_IMPLEMENTED_BY_BUILDER"],
  ["PackerHTTPPort", "ERR_HTTP_PORT_NOT_IMPLEMENTED_BY_BUILDER"],
  ["PackerHTTPAddr", "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER"],
]);

/** The data before there is a machine: every name that it will have, unknown. */
export function unknownBuildData(builderNames: Iterable<string>): ReadonlyMap<string, Value> {
  const data = new Map<string, Value>();
  for (const name of STANDARD_NAMES) data.set(name, unknownValue(name === "Port" ? dynamicType : stringType));
  for (const name of builderNames) data.set(name, unknownValue(dynamicType));
  return data;
}

/** The data of a machine, with what the builder doesn't give filled in as existing templates expect it. */
export function completeBuildData(data: ReadonlyMap<string, Value>, runId: string): ReadonlyMap<string, Value> {
  const complete = new Map(data);
  if (!complete.has("PackerRunUUID")) complete.set("PackerRunUUID", stringValue(runId));
  for (const [name, text] of MISSING_DATA) if (!complete.has(name)) complete.set(name, stringValue(text));
  return complete;
}
