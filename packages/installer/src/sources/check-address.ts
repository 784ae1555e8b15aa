import { InstallError } from "../install-error.js";
import type { PluginAddress } from "../plugin-address.js";
import { printable } from "../printable.js";

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::\d{1,5})?$/i;
const PART = /^[\p{L}\p{N}_~][\p{L}\p{N}._~-]*$/u;

/** Refuses addresses whose parts could mean something else in a URL or in a path. Throws InstallError. */
export function checkAddress({ text, host, namespace }: PluginAddress): void {
  const odd = [HOST.test(host) ? undefined : host, ...namespace.filter((part) => !PART.test(part))].find(
    (part) => part !== undefined,
  );
  if (odd === undefined) return;
  throw new InstallError(
    `The source address ${printable(JSON.stringify(text))} is not usable: ${printable(JSON.stringify(odd))} can be no part of it.`,
  );
}
