import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { contentType } from "./content-type.js";

/**
 * Answers a request from the files of a folder: index.html or a listing for folders, one range, redirects to the one form of each
 * path. Nothing outside of the folder is served, except where a link in it points.
 */
export async function serveFolder(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [rawPath = "/", query] = (request.url ?? "/").split("?", 2);
  const path = decodePath(rawPath);
  if (path === undefined) return sendText(response, 400, "400 Bad Request: invalid URL path\n");
  // Normalised as an absolute path, so that no ".." leads out.
  const clean = posix.normalize(`/${path}`);
  const redirect = (to: string): void => {
    response.writeHead(301, { location: query === undefined ? to : `${to}?${query}` }).end();
  };
  if (clean.endsWith("/index.html")) return redirect("./");
  const target = join(folder, ...clean.split("/"));
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return sendText(response, 404, "404 page not found\n");
  const name = encodeURIComponent(posix.basename(clean));
  if (!found.isDirectory()) {
    return clean.endsWith("/") ? redirect(`../${name}`) : sendFile(target, request, response);
  }
  if (!clean.endsWith("/")) return redirect(`${name}/`);
  const index = join(target, "index.html");
  if ((await stat(index).catch(() => undefined))?.isFile() === true) return sendFile(index, request, response);
  return sendListing(target, response);
}

/** The path of a URL without escapes; undefined when it is none. */
export function decodePath(rawPath: string): string | undefined {
  try {
    const path = decodeURIComponent(rawPath);
    return path.includes("\0") || (process.platform === "win32" && path.includes("\\")) ? undefined : path;
  } catch {
    return undefined;
  }
}

/** Sends a short text. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  const headers = { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(text) };
  response.writeHead(status, headers).end(text);
}

async function sendFile(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, "r");
  } catch {
    return sendText(response, 403, "403 Forbidden\n");
  }
  try {
    const { size, mtime, isFile } = await file.stat().then((found) => ({ ...found, isFile: found.isFile() }));
    if (!isFile) return sendText(response, 403, "403 Forbidden\n");
    const since = Date.parse(request.headers["if-modified-since"] ?? "");
    if (Math.floor(mtime.getTime() / 1000) * 1000 <= since) return void response.writeHead(304).end();
    const start = Buffer.alloc(Math.min(512, size));
    await file.read(start, 0, start.length, 0);
    response.setHeader("content-type", contentType(path, start));
    response.setHeader("last-modified", mtime.toUTCString());
    response.setHeader("accept-ranges", "bytes");
    const range = rangeOf(request, size, mtime);
    if (range === "invalid") {
      response.setHeader("content-range", `bytes */${size}`);
      return sendText(response, 416, "invalid range: failed to overlap\n");
    }
    const { from, to } = range ?? { from: 0, to: size - 1 };
    if (range !== undefined) response.setHeader("content-range", `bytes ${from}-${to}/${size}`);
    response.setHeader("content-length", to - from + 1);
    response.writeHead(range === undefined ? 200 : 206);
    if (request.method === "HEAD" || to < from) return void response.end();
    await pipeline(file.createReadStream({ start: from, end: to }), response);
  } finally {
    await file.close();
  }
}

/** The range that is asked for. Undefined: all. Several ranges count as none. */
function rangeOf(
  { headers }: IncomingMessage,
  size: number,
  mtime: Date,
): { readonly from: number; readonly to: number } | "invalid" | undefined {
  const condition = headers["if-range"];
  if (headers.range === undefined || (condition !== undefined && condition !== mtime.toUTCString())) return undefined;
  const match = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/.exec(headers.range);
  if (match === null || (match[1] === "" && match[2] === ""))
    return headers.range.includes(",") ? undefined : "invalid";
  const [, first = "", last = ""] = match;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size - 1 : Math.min(size - 1, Number(last));
  return from >= size || from > to ? "invalid" : { from, to };
}

async function sendListing(folder: string, response: ServerResponse): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const links = names.map((name) => {
    const href = name.split("/").map(encodeURIComponent).join("/");
    return `<a href="${href}">${escapeHtml(name)}</a>\n`;
  });
  const text = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join("")}</pre>\n`;
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);
}

function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&#34;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
