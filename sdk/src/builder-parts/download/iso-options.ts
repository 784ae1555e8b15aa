import { messageOf } from "@ingot/diag";
import { group } from "../../schema/block.js";
import { list } from "../../schema/collections.js";
import type { Problem } from "../../schema/decode-scope.js";
import type { GroupField } from "../../schema/field.js";
import { string } from "../../schema/scalars.js";
import { parseChecksum } from "./checksum.js";

/** The ISO options, decoded. */
export interface IsoConfig {
  /** Where the file may be got, in the order to try. */
  readonly urls: readonly string[];
  /** As the user wrote it: a checksum, `none`, or `file:LOCATION`. */
  readonly checksum: string;
  /** Where to put the file. Undefined: into the cache. */
  readonly targetPath: string | undefined;
  /** The suffix of the file in the cache, without the point. */
  readonly targetExtension: string;
}

/** The options `iso_url`, `iso_urls`, `iso_checksum`, `iso_target_path` and `iso_target_extension`. */
export function isoOptions(): GroupField<IsoConfig> {
  const fields = {
    iso_url: string({ describe: "The URL or path of the ISO.", default: "" }),
    iso_urls: list(string(), { describe: "Several URLs or paths of the ISO, tried in order.", default: [] }),
    iso_checksum: string({
      describe:
        "The ISO's checksum: `sha256:...` or another type, the digits alone, `file:URL` of a list of checksums, or `none`.",
      default: "",
    }),
    iso_target_path: string({
      describe: "Where to keep the ISO: a file, or a directory when it has no suffix. Default: the cache.",
      optional: true,
    }),
    iso_target_extension: string({ describe: "The suffix of the ISO in the cache.", default: "iso" }),
  };
  return group(fields, {
    check: ({ iso_url, iso_urls, iso_checksum }) => checkIso({ iso_url, iso_urls, iso_checksum }),
    transform: ({ iso_url, iso_urls, iso_checksum, iso_target_path, iso_target_extension }): IsoConfig => ({
      urls: iso_url === "" ? iso_urls : [iso_url],
      checksum: iso_checksum,
      targetPath: iso_target_path === "" ? undefined : iso_target_path,
      targetExtension: (iso_target_extension === "" ? "iso" : iso_target_extension).toLowerCase(),
    }),
  });
}

function checkIso({
  iso_url,
  iso_urls,
  iso_checksum,
}: {
  readonly iso_url: string;
  readonly iso_urls: readonly string[];
  readonly iso_checksum: string;
}): readonly Problem[] {
  if (iso_url !== "" && iso_urls.length > 0) return ["Only one of iso_url or iso_urls must be specified"];
  if (iso_url === "" && iso_urls.length === 0) return ["One of iso_url or iso_urls must be specified"];
  if (iso_checksum === "") return [{ summary: "A checksum must be specified", path: ["iso_checksum"] }];
  if (iso_checksum === "none") {
    const summary =
      "A checksum of 'none' was specified. Since ISO files are so big,\na checksum is highly recommended.";
    return [{ summary, severity: "warning", path: ["iso_checksum"] }];
  }
  if (iso_checksum.startsWith("file:")) return [];
  if (iso_checksum.endsWith(".iso")) {
    const summary = "Error parsing checksum: .iso is not a valid checksum ending";
    return [{ summary, path: ["iso_checksum"] }];
  }
  try {
    parseChecksum(iso_checksum);
    return [];
  } catch (error) {
    return [{ summary: `${messageOf(error)} in ${JSON.stringify(iso_checksum)}`, path: ["iso_checksum"] }];
  }
}
