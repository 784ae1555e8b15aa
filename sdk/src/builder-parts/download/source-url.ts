import { fileURLToPath } from "node:url";

/** Where a file may be got. */
export type DownloadSource = {
  /** As shown to the user, with the checksum where there is one. */
  readonly shown: string;
  /** The checksum of the URL's own, which wins over the option. */
  readonly checksum: string | undefined;
  /** False: an archive is not unpacked. */
  readonly unpacks: boolean;
  /** The path in the URL, or the local one. */
  readonly path: string;
} & ({ readonly kind: "local" } | { readonly kind: "http"; readonly url: URL });

const OWN_PARAMETERS = ["checksum", "archive"];

/**
 * Understands a URL, or a path. Throws an Error for a kind of source that we cannot read. `checksum` is the canonical one of the
 * option.
 */
export function parseSource(text: string, checksum?: string): DownloadSource {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase(); // one letter is a drive
  if (scheme === "http" || scheme === "https") {
    const url = parseUrl(text);
    const { own, shown } = splitQuery(text, checksum);
    for (const name of OWN_PARAMETERS) if (url.searchParams.has(name)) url.searchParams.delete(name);
    return { kind: "http", url, shown, path: url.pathname, ...own };
  }
  if (scheme === "file") {
    const { own, shown } = splitQuery(text, checksum);
    const bare = text.split("?", 1)[0] ?? "";
    const path = /^file:\/\//i.test(bare) ? pathOfFileUrl(bare) : bare.slice("file:".length);
    return { kind: "local", shown, path, ...own };
  }
  if (scheme !== undefined && /^[a-z0-9+.-]+:(?::|\/\/)/i.test(text)) {
    throw new Error(`download not supported for scheme '${scheme}': use http, https, file, or a path`);
  }
  const { own, shown } = splitQuery(text, checksum);
  return { kind: "local", shown, path: text.split(/\?(?=(?:checksum|archive)=)/, 1)[0] ?? "", ...own };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (error) {
    throw new Error(`"${text}" is no URL`, { cause: error });
  }
}

/** `file://./a` and `file://a` are taken for relative paths, as users write them so. */
function pathOfFileUrl(text: string): string {
  const rest = text.slice("file://".length);
  return rest.startsWith("/") ? fileURLToPath(text) : decodeURIComponent(rest);
}

function splitQuery(text: string, checksum: string | undefined) {
  const start = text.indexOf("?");
  const query = new URLSearchParams(start < 0 ? "" : text.slice(start + 1));
  const own = {
    checksum: query.get("checksum") ?? undefined,
    unpacks: !/^(?:false|0|f)$/i.test(query.get("archive") ?? ""),
  };
  if (checksum !== undefined && own.checksum === undefined) query.set("checksum", checksum);
  const all = query.toString();
  return { own, shown: (start < 0 ? text : text.slice(0, start)) + (all === "" ? "" : `?${all}`) };
}
