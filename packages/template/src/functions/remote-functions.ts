import { FunctionError, stringType, type FunctionSpec } from "@ingot/hcl";
import { param } from "./define.js";

function missing(name: string, params: readonly string[], what: string): FunctionSpec {
  return {
    name,
    params: params.map((one) =>
      one === "key" && name === "aws_secretsmanager" ? param.nullable(one) : param.string(one),
    ),
    returnType: stringType,
    impl: () => {
      throw new FunctionError(
        `this version of Ingot cannot read from ${what}; pass the value as a variable instead, for example through the environment as PKR_VAR_name`,
      );
    },
  };
}

/** Functions of remote stores. They are known by name, so that a template that mentions them gets a clear answer. */
export const remoteFunctions: readonly FunctionSpec[] = [
  missing("consul_key", ["key"], "Consul"),
  missing("vault", ["path", "key"], "Vault"),
  missing("aws_secretsmanager", ["name", "key"], "AWS Secrets Manager"),
  missing("aws_secretsmanager_raw", ["name"], "AWS Secrets Manager"),
];
