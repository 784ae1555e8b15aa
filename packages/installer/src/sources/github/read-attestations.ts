import { InstallError } from "../../install-error.js";
import type { SourceOptions } from "../../plugin-source.js";
import type { HttpClient } from "../http/http-client.js";
import { urlText } from "../http/url-text.js";
import { webPageHint } from "../http/web-page-hint.js";
import { MAX_BUNDLE_BYTES } from "../release-entries.js";
import { unpackSnappy } from "./snappy.js";

/** Of more attestations for one file the rest is not looked at. */
const MAX_FETCHED = 30;

/**
 * The bundles in an answer of GitHub's list of attestations. Each stands there itself, or at `bundle_url`: a signed address at a store,
 * where it lies packed with Snappy. The token is for GitHub and is not sent there. Rejects with InstallError when one can't be read.
 */
export async function readAttestations(
  content: Uint8Array,
  { http, url, ...options }: SourceOptions & { readonly http: HttpClient; readonly url: URL },
): Promise<readonly unknown[]> {
  const entries = entriesIn(content);
  if (entries === undefined)
    throw new InstallError(
      `GET ${urlText(url)} gave an answer that is not a list of attestations.${webPageHint(content)}`,
    );
  const bundles: unknown[] = [];
  for (const { bundle, bundleUrl } of entries.slice(0, MAX_FETCHED)) {
    if (typeof bundle === "object" && bundle !== null) bundles.push(bundle);
    else if (typeof bundleUrl === "string" && URL.canParse(bundleUrl)) {
      const place = new URL(bundleUrl);
      if (place.protocol !== url.protocol)
        throw new InstallError(`GET ${urlText(url)} gave an address of a bundle that is refused: only HTTPS is safe.`);
      bundles.push(await fetchBundle(http, place, options));
    } else throw new InstallError(`GET ${urlText(url)} gave an attestation without a bundle, and no address of one.`);
  }
  return bundles;
}

function entriesIn(
  content: Uint8Array,
): readonly { readonly bundle: unknown; readonly bundleUrl: unknown }[] | undefined {
  try {
    const { attestations } = JSON.parse(Buffer.from(content).toString("utf8")) as { attestations?: unknown };
    if (!Array.isArray(attestations)) return undefined;
    return (attestations as readonly unknown[]).map((each) => {
      const { bundle, bundle_url: bundleUrl } = (each ?? {}) as { bundle?: unknown; bundle_url?: unknown };
      return { bundle, bundleUrl };
    });
  } catch {
    return undefined; // not JSON
  }
}

async function fetchBundle(http: HttpClient, url: URL, options: SourceOptions): Promise<unknown> {
  const { status, content } = await http.read(url, { ...options, maxBytes: MAX_BUNDLE_BYTES });
  if (status !== 200)
    throw new InstallError(
      `GET ${urlText(url)} failed: the server answered ${status} for the bundle of an attestation.`,
    );
  // A packed text of 128 bytes or more never begins with "{".
  const isPlain = content[0] === "{".charCodeAt(0);
  const text = isPlain ? content : unpackSnappy(content, MAX_BUNDLE_BYTES);
  try {
    if (text !== undefined) return JSON.parse(text.toString("utf8"));
  } catch {
    // told below
  }
  throw new InstallError(
    `GET ${urlText(url)} gave no bundle of an attestation: neither JSON, nor JSON packed with Snappy, of at most ${MAX_BUNDLE_BYTES} bytes.`,
  );
}
