import path from "node:path";
import { FunctionError } from "@ingot/hcl";
import type { RemoteScene, RemoteTls } from "./remote-request.js";

/** The names of the environment variables that one store uses. */
export interface TlsVariables {
  readonly caFile: string;
  readonly caFolder: string;
  readonly caText?: string;
  readonly cert: string;
  readonly key: string;
  readonly serverName: string;
}

/** Reads the TLS settings that the environment names. Throws FunctionError when a file can't be read. */
export function tlsFromEnvironment(scene: RemoteScene, names: TlsVariables, skipVerify: boolean): RemoteTls {
  const { env } = scene;
  const read = (name: string): string | undefined => {
    const file = env[name];
    if (file === undefined || file === "") return undefined;
    const text = scene.readText(file);
    if (text === undefined) throw new FunctionError(`cannot read ${file}, which ${name} names`);
    return text;
  };
  const given = (names.caText !== undefined && env[names.caText]) || read(names.caFile);
  const ca = given ? [given] : authoritiesOf(env[names.caFolder], scene);
  const cert = read(names.cert);
  const key = read(names.key);
  const serverName = env[names.serverName];
  return {
    ...(ca.length > 0 && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(serverName && { serverName }),
    ...(skipVerify && { skipVerify }),
  };
}

function authoritiesOf(folder: string | undefined, scene: RemoteScene): readonly string[] {
  if (!folder) return [];
  return (scene.listFolder(folder) ?? []).flatMap((name) => scene.readText(path.join(folder, name)) ?? []);
}
