import { createHash, randomUUID } from "node:crypto";
import { FunctionError, stringType, stringValue, type FunctionSpec } from "@ingot/hcl";
import { stringFunction } from "./define.js";

const NAMESPACES: Readonly<Record<string, string>> = {
  dns: "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
  url: "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
  oid: "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
  x500: "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
};

const DASHED = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The bytes of a UUID in one of its usual spellings. */
function namespaceBytes(namespace: string): Buffer {
  const plain = (NAMESPACES[namespace] ?? namespace).replace(/^urn:uuid:/i, "").replace(/^\{(.*)\}$/, "$1");
  const fail = (reason: string): FunctionError =>
    new FunctionError(`uuidv5() doesn't support namespace ${namespace} (${reason})`);
  if (DASHED.test(plain)) return Buffer.from(plain.replaceAll("-", ""), "hex");
  if (/^[0-9a-f]{32}$/i.test(plain)) return Buffer.from(plain, "hex");
  const { length } = namespace;
  throw fail([32, 36, 38, 45].includes(length) ? "invalid UUID format" : `invalid UUID length: ${length}`);
}

function uuidV5(namespace: string, name: string): string {
  const hash = createHash("sha1").update(namespaceBytes(namespace)).update(name, "utf8").digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** `uuidv4` and `uuidv5`. */
export const uuidFunctions: readonly FunctionSpec[] = [
  { name: "uuidv4", params: [], returnType: stringType, impl: () => stringValue(randomUUID()) },
  stringFunction("uuidv5", ["namespace", "name"], uuidV5),
];
