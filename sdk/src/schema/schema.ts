import { block, group } from "./block.js";
import { list, map, object, set } from "./collections.js";
import { communicator } from "./communicator.js";
import { any, boolean, bytes, duration, integer, number, string, trilean } from "./scalars.js";

/**
 * Builds schemas. One schema gives the TypeScript type of the decoded configuration, its validation, and what the host needs
 * for decoding templates, documentation and completion:
 *
 *     const config = s.object({ name: s.string({ describe: "Whom to greet." }), times: s.integer({ default: 1 }) });
 *     type Config = Infer<typeof config>; // { readonly name: string; readonly times: number }
 */
export const schema = {
  any,
  block,
  boolean,
  bytes,
  communicator,
  duration,
  group,
  integer,
  list,
  map,
  number,
  object,
  set,
  string,
  trilean,
} as const;
