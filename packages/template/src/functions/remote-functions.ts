import path from "node:path";
import {
  FunctionError,
  isNull,
  SENSITIVE,
  stringType,
  stringValue,
  withMark,
  type FunctionSpec,
  type Value,
} from "@ingot/hcl";
import type { TemplateWorld } from "../model.js";
import { arg, param, textOf } from "./define.js";
import type { FunctionLibraries } from "./function-libraries.js";
import type { RemoteScene } from "./remote/remote-request.js";

export interface RemoteFunctionsOptions {
  readonly world: TemplateWorld;
  readonly libraries: FunctionLibraries;
  /** Called with each secret that was read, before anything can show it. */
  readonly onSecret?: (secret: string) => void;
}

/**
 * Functions of remote stores. What they gave once they give again for as long as the table lives. Secrets are sensitive; what Consul
 * keeps is configuration, and isn't.
 */
export function remoteFunctions({ world, libraries, onSecret }: RemoteFunctionsOptions): readonly FunctionSpec[] {
  const known = new Map<string, string>();
  const scene = sceneOf(world);
  const read = (name: string, args: readonly string[], from: () => string): string => {
    const key = JSON.stringify([name, ...args]);
    const text = known.get(key) ?? from();
    known.set(key, text);
    return text;
  };
  const secret = (text: string): Value => {
    onSecret?.(text);
    return withMark(stringValue(text), SENSITIVE);
  };
  const stores = () => loaded(libraries.remote, "remote");
  const awsSecret = (name: string): string =>
    read("aws", [name], () => stores().readAwsSecret(name, scene, loaded(libraries.aws4, "aws4")));
  return [
    storeFunction("consul_key", ["key"], (key = "") =>
      stringValue(read("consul", [key], () => stores().readConsulKey(key, scene))),
    ),
    storeFunction("vault", ["path", "key"], (at = "", key = "") =>
      secret(read("vault", [at, key], () => stores().readVaultSecret(at, key, scene))),
    ),
    storeFunction("aws_secretsmanager", ["name", "key?"], (name = "", key = "") =>
      secret(stores().memberOfAwsSecret(awsSecret(name), key)),
    ),
    storeFunction("aws_secretsmanager_raw", ["name"], (name = "") => secret(awsSecret(name))),
  ];
}

/** A parameter whose name ends in `?` may be null, which counts as an empty text. */
function storeFunction(
  name: string,
  params: readonly string[],
  impl: (...texts: readonly string[]) => Value,
): FunctionSpec {
  return {
    name,
    params: params.map((one) => ({ ...param.string(one.replace("?", "")), allowNull: one.endsWith("?") })),
    returnType: stringType,
    impl: (args) => impl(...params.map((_, at) => (isNull(arg(args, at)) ? "" : textOf(arg(args, at))))),
  };
}

function loaded<T>(library: T | undefined, name: string): T {
  if (library === undefined) throw new Error(`bug: the library ${name} was not loaded`);
  return library;
}

function sceneOf(world: TemplateWorld): RemoteScene {
  const absolute = (file: string): string => path.resolve(world.workingDirectory, file);
  return {
    env: world.env,
    send: (request) => {
      if (world.request === undefined) throw new FunctionError("there is no network here");
      return world.request(request);
    },
    readText: (file) => attempt(() => Buffer.from(world.readFile(absolute(file))).toString()),
    listFolder: (folder) => attempt(() => world.listFolder(absolute(folder))),
  };
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
