import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { sniffedType } from "./content-type.js";
import { decodePath } from "./serve-folder.js";

/** Answers a request from texts by their path. For one that is not there it names one with nearly the same path. */
export function serveContent(
  content: Readonly<Record<string, string>>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const rawPath = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const path = posix.normalize(`/${decodePath(rawPath) ?? rawPath}`);
  const text = Object.hasOwn(content, path) ? content[path] : undefined;
  const near = Object.keys(content)
    .sort()
    .find((key) => distance(key, path) <= 2);
  const body = Buffer.from(
    text ?? `${path} not found.${near === undefined ? "" : ` Did you mean ${JSON.stringify(near)}?`}`,
  );
  const headers = { "content-type": sniffedType(body), "content-length": body.length };
  response.writeHead(text === undefined ? 404 : 200, headers).end(request.method === "HEAD" ? undefined : body);
}

/** How many letters to add, remove or replace to make one text of another. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
