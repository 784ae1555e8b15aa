import { resolve } from "node:path";
import type { SessionContext } from "../context.js";
import type { Resources } from "../resources.js";

/** What a part needs of a session: the context of a builder will do. */
export type PartContext = Pick<SessionContext<unknown>, "build" | "ui" | "signal" | "log" | "progress" | "secrets">;

/** The same for parts that make things outside this process. */
export interface RecordingContext extends PartContext {
  readonly resources: Resources;
}

/** An absolute path for one of the configuration. */
export function pathOf(path: string, { build }: Pick<PartContext, "build">): string {
  return resolve(build.workingDirectory === "" ? "." : build.workingDirectory, path);
}
