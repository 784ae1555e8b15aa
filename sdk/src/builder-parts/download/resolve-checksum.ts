import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@ingot/diag";
import type { ComponentContext } from "../../context.js";
import type { CheckResult } from "../../schema/decode-scope.js";
import { pathOf, type PartContext } from "../part-context.js";
import { systemError } from "../system-error.js";
import { parseChecksum, type Checksum } from "./checksum.js";
import { findChecksum } from "./find-checksum.js";
import { requestOptions, type Patience } from "./http-download.js";
import { requestHttp } from "./http-request.js";
import type { IsoConfig } from "./iso-options.js";
import { parseSource } from "./source-url.js";

type ResolveContext = Pick<PartContext, "build" | "signal"> & Partial<Pick<PartContext, "secrets">>;

/**
 * Gives the checksum that an option asks for: of a list at `file:LOCATION` the one of the file at `url`; undefined for `none` and
 * an empty text. Rejects with an Error that says what is wrong.
 */
export async function resolveChecksum(
  text: string,
  url: string,
  context: ResolveContext,
  patience: Patience = {},
): Promise<Checksum | undefined> {
  if (text === "" || text === "none") return undefined;
  try {
    if (!text.startsWith("file:")) return parseChecksum(text);
    const location = text.slice("file:".length);
    return await checksumFromList(location, url, context, patience);
  } catch (error) {
    context.signal.throwIfAborted();
    throw new Error(`${messageOf(error)} in ${JSON.stringify(text)}`, { cause: error });
  }
}

/** For `prepare`: gets the list of a `file:` checksum and looks for the ISO in it. Needs the network for lists that are elsewhere. */
export async function checkIsoChecksum(
  { checksum, urls }: IsoConfig,
  { build }: Pick<ComponentContext<unknown>, "build">,
): Promise<CheckResult> {
  try {
    await resolveChecksum(checksum, urls[0] ?? "", { build, signal: AbortSignal.timeout(60_000) });
    return undefined;
  } catch (error) {
    return { summary: messageOf(error), path: ["iso_checksum"] };
  }
}

async function checksumFromList(
  location: string,
  url: string,
  context: ResolveContext,
  { tries = 3, retryDelayMs = 1_000, idleMs }: Patience,
): Promise<Checksum> {
  const list = parseSource(location);
  const file = parseSource(url);
  const listed = {
    path: file.kind === "local" ? pathOf(file.path, context) : decodeURI(file.path),
    listPath: list.kind === "local" ? pathOf(list.path, context) : decodeURI(list.path),
  };
  for (let failures = 1; ; failures++) {
    try {
      const input =
        list.kind === "local" ? createReadStream(listed.listPath) : await openList(list.url, context, idleMs);
      const found = await findChecksum(linesOf(input), listed);
      if (found !== undefined) return found;
      break;
    } catch (error) {
      context.signal.throwIfAborted();
      const isFinal = list.kind === "local" || failures >= tries || /bad response code: 4/.test(messageOf(error));
      if (!isFinal) {
        await sleep(retryDelayMs * failures, undefined, { signal: context.signal });
        continue;
      }
      const problem = list.kind === "local" ? systemError("open", location, error) : messageOf(error);
      throw new Error(`Error downloading checksum file: ${problem}`, { cause: error });
    }
  }
  throw new Error(`no checksum found in: ${location}`);
}

async function openList(url: URL, context: ResolveContext, idleMs: number | undefined): Promise<Readable> {
  const response = await requestHttp(url, requestOptions(context, idleMs));
  if (response.statusCode === 200) return response;
  response.destroy();
  throw new Error(`bad response code: ${response.statusCode}`);
}

async function* linesOf(input: Readable): AsyncGenerator<string> {
  try {
    // Readline drops the stream's errors, so they are passed on here.
    const failed = new Promise<never>((_resolve, reject) => input.once("error", reject));
    failed.catch(() => {});
    const lines = createInterface({ input, crlfDelay: Infinity })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([lines.next(), failed]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    input.destroy();
  }
}
