import { deflateRawSync, constants } from "node:zlib";
import {
  dynamicType,
  FunctionError,
  isWhollyKnown,
  stringType,
  stringValue,
  unknownValue,
  type FunctionSpec,
} from "@ingot/hcl";
import { decodeBase64, decodeUtf8 } from "./base64.js";
import { crc32 } from "./crc32.js";
import { decodeCsv } from "./csv-decode.js";
import { arg, param, stringFunction, textOf } from "./define.js";
import { decodeJson } from "./json-decode.js";
import { encodeJson } from "./json-encode.js";
import { decodeText, encodeText } from "./text-encoding.js";

/** Compresses like the reference: flushed before the end, no name, no time. */
function gzip(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
  const flushed =
    bytes.length === 0
      ? Buffer.from([0, 0, 0, 255, 255])
      : deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  const finalBlock = [1, 0, 0, 255, 255];
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(bytes), 0);
  trailer.writeUInt32LE(bytes.length >>> 0, 4);
  return Buffer.concat([Buffer.from(header), flushed, Buffer.from(finalBlock), trailer]);
}

function urlEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]|%20/g, (found) =>
    found === "%20" ? "+" : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const base64Decode = stringFunction("base64decode", ["str"], (text) => {
  const bytes = decodeBase64(text);
  if (typeof bytes === "number") throw new FunctionError(`failed to decode base64 data '${text}'`);
  const decoded = decodeUtf8(bytes);
  if (decoded === undefined)
    throw new FunctionError("the result of decoding the the provided string is not valid UTF-8");
  return decoded;
});

const textDecodeBase64 = stringFunction("textdecodebase64", ["source", "encoding"], (text, encoding) => {
  const bytes = decodeBase64(text);
  if (typeof bytes === "number")
    throw new FunctionError(`the given value is has an invalid base64 symbol at offset ${bytes}`, 0);
  return decodeText(bytes, encoding);
});

const jsonEncode: FunctionSpec = {
  name: "jsonencode",
  params: [{ ...param.nullable("val"), allowUnknown: true, allowDynamic: true }],
  returnType: stringType,
  impl: (args) => {
    const value = arg(args, 0);
    return isWhollyKnown(value) ? stringValue(encodeJson(value)) : unknownValue(stringType);
  },
};

const jsonDecode: FunctionSpec = {
  name: "jsondecode",
  params: [param.string("str")],
  returnType: (args) => {
    const { raw } = arg(args, 0);
    return typeof raw === "string" ? decodeJson(raw).type : dynamicType;
  },
  impl: (args) => decodeJson(textOf(arg(args, 0))),
};

const csvDecode: FunctionSpec = {
  name: "csvdecode",
  params: [param.string("str")],
  returnType: (args) => {
    const { raw } = arg(args, 0);
    return typeof raw === "string" ? decodeCsv(raw).type : dynamicType;
  },
  impl: (args) => decodeCsv(textOf(arg(args, 0))),
};

/** The functions that encode and decode, but YAML. */
export const encodingFunctions: readonly FunctionSpec[] = [
  stringFunction("base64encode", ["str"], (text) => Buffer.from(text, "utf8").toString("base64")),
  base64Decode,
  stringFunction("base64gzip", ["str"], (text) => gzip(text).toString("base64")),
  stringFunction("textencodebase64", ["string", "encoding"], (text, encoding) =>
    Buffer.from(encodeText(text, encoding)).toString("base64"),
  ),
  textDecodeBase64,
  stringFunction("urlencode", ["str"], urlEncode),
  csvDecode,
  jsonDecode,
  jsonEncode,
];
