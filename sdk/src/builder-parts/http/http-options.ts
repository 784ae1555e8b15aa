import { group } from "../../schema/block.js";
import { map } from "../../schema/collections.js";
import type { Problem } from "../../schema/decode-scope.js";
import type { GroupField } from "../../schema/field.js";
import { integer, string } from "../../schema/scalars.js";

const PROTOCOLS = ["tcp", "tcp4", "tcp6", "unix", "unixpacket"];

/** The options of the HTTP server, decoded. */
export interface HttpConfig {
  /** The folder to serve. Empty: none. */
  readonly directory: string;
  /** Texts by their absolute URL path. */
  readonly content: Readonly<Record<string, string>>;
  readonly portMin: number;
  readonly portMax: number;
  readonly bindAddress: string;
  /** The network interface whose address the builder finds out. Empty: none. */
  readonly interface: string;
  readonly networkProtocol: string;
}

/** The options `http_directory`, `http_content`, `http_port_min` and so on. */
export function httpOptions(): GroupField<HttpConfig> {
  const fields = {
    http_directory: string({
      describe: "A folder that the machine can read over HTTP while it is built.",
      default: "",
    }),
    http_content: map(string(), {
      describe:
        "Texts that the machine can read over HTTP, by their path, which begins with `/`. Excludes `http_directory`.",
      default: {},
    }),
    http_port_min: integer({ describe: "The least port of the HTTP server.", default: 8000, min: 0, max: 65535 }),
    http_port_max: integer({
      describe: "The end of the range of ports of the HTTP server. It is not used itself, unless it is also the least.",
      default: 9000,
      min: 0,
      max: 65535,
    }),
    http_bind_address: string({
      describe: "The address that the HTTP server listens on. Default `0.0.0.0`.",
      default: "",
    }),
    http_interface: string({ describe: "The network interface that the HTTP server listens on.", default: "" }),
    http_network_protocol: string({
      describe: "The kind of network: `tcp`, `tcp4`, `tcp6`, `unix` or `unixpacket`.",
      default: "tcp",
    }),
  };
  return group(fields, {
    check: (config): readonly Problem[] => {
      const { http_directory, http_content, http_port_min, http_port_max } = config;
      const problems: Problem[] = [];
      if (config.http_bind_address !== "" && config.http_interface !== "") {
        problems.push("either http_interface or http_bind_address can be specified");
      }
      if (http_port_min > http_port_max) {
        problems.push({ summary: "http_port_min must be less than http_port_max", path: ["http_port_min"] });
      }
      if (http_directory !== "" && Object.keys(http_content).length > 0) {
        const summary =
          "http_content cannot be used in conjunction with http_dir. Consider using the file function to load file in memory and serve them with http_content: https://www.packer.io/docs/templates/hcl_templates/functions/file/file";
        problems.push({ summary, path: ["http_content"] });
      }
      for (const path of Object.keys(http_content)) {
        if (path.startsWith("/")) continue;
        const detail = `The path "${path}" must begin with a slash, otherwise nothing can ask for it.`;
        problems.push({ summary: "Unreachable http_content", detail, severity: "warning", path: ["http_content"] });
      }
      if (!PROTOCOLS.includes(config.http_network_protocol)) {
        const summary = `http_network_protocol is invalid. Must be one of: [${PROTOCOLS.join(" ")}]`;
        problems.push({ summary, path: ["http_network_protocol"] });
      }
      return problems;
    },
    transform: (config): HttpConfig => ({
      directory: config.http_directory,
      content: config.http_content,
      portMin: config.http_port_min === 0 ? 8000 : config.http_port_min,
      portMax: config.http_port_max === 0 ? 9000 : config.http_port_max,
      bindAddress: config.http_bind_address === "" ? "0.0.0.0" : config.http_bind_address,
      interface: config.http_interface,
      networkProtocol: config.http_network_protocol,
    }),
  });
}
