import { dynamicType, stringType, stringValue, unknownValue, type Value } from "@ingot/hcl";
import type { Machine } from "./plugin-set.js";

/** Names of `build.NAME` that every template may use, whatever its builder gives. */
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
  "WinRMPassword",
] as const;

/** What provisioners see of a machine whose builder doesn't give these. */
const MISSING_DATA: ReadonlyMap<string, string> = new Map([
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

/** Whether a builder has nothing that could be provisioned: its machine only stands for one. */
export function isNoMachine({ connectionType }: Pick<Machine, "connectionType">): boolean {
  return connectionType === "no-op";
}

/** The data of a machine as its provisioners get it. */
export function machineData(machine: Machine, runId: string): ReadonlyMap<string, Value> {
  if (isNoMachine(machine)) return machine.generatedData;
  const data = new Map(machine.generatedData);
  if (!data.has("PackerRunUUID")) data.set("PackerRunUUID", stringValue(runId));
  for (const [name, text] of MISSING_DATA) if (!data.has(name)) data.set(name, stringValue(text));
  return data;
}

/** The values of `build.NAME` in the body of a step: templates for several builders mention values that only some of them have. */
export function valuesForTemplate(data: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  const unknown = STANDARD_NAMES.filter((name) => !data.has(name));
  return new Map([...unknown.map((name) => [name, stringValue("<unknown>")] as const), ...data]);
}
