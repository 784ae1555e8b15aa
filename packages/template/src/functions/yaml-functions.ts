import {
  dynamicType,
  isNull,
  isWhollyKnown,
  stringType,
  stringValue,
  unknownValue,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import { arg, param, textOf } from "./define.js";
import type { FunctionLibraries } from "./function-libraries.js";
import { decodeYaml } from "./yaml-decode.js";
import { encodeYaml } from "./yaml-encode.js";

/** `yamldecode` and `yamlencode`. */
export function yamlFunctions(libraries: FunctionLibraries): readonly FunctionSpec[] {
  const decode = (text: string): Value => {
    if (libraries.yaml === undefined) throw new Error("bug: the YAML library was not loaded");
    const value = decodeYaml(text, libraries.yaml);
    // The reference makes nothing definite of a document that is only null, and templates see that.
    return isNull(value) ? unknownValue() : value;
  };
  return [
    {
      name: "yamldecode",
      params: [param.string("src")],
      returnType: (args) => {
        const { raw } = arg(args, 0);
        return typeof raw === "string" ? decode(raw).type : dynamicType;
      },
      impl: (args) => decode(textOf(arg(args, 0))),
    },
    {
      name: "yamlencode",
      params: [{ ...param.nullable("value"), allowUnknown: true, allowDynamic: true }],
      returnType: stringType,
      impl: (args) => {
        const value = arg(args, 0);
        return isWhollyKnown(value) ? stringValue(encodeYaml(value)) : unknownValue(stringType);
      },
    },
  ];
}
