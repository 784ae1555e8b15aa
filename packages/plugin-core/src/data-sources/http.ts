import { dataSource, schema as s } from "@ingot/sdk";

const METHODS = ["HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
const NO_URL = "the `url` must be specified";
const BAD_METHOD = `the \`method\` must be one of [${METHODS.join(" ")}]`;

/** Asks a web server while the template is evaluated. */
export const httpDataSource = dataSource({
  name: "http",
  summary: "Gives what a web server answers.",
  config: s.object(
    {
      url: s.string({ describe: "The address, `http://` or `https://`.", optional: true }),
      method: s.string({ describe: `One of ${METHODS.map((name) => `\`${name}\``).join(", ")}.`, default: "GET" }),
      request_headers: s.map(s.string(), { describe: "Headers to send.", default: {} }),
      request_body: s.string({ describe: "The text to send.", default: "" }),
    },
    {
      check: ({ url, method }) => [
        ...(url === undefined || url === "" ? [{ summary: NO_URL, path: ["url"] }] : []),
        ...(method === "" || METHODS.includes(method) ? [] : [{ summary: BAD_METHOD, path: ["method"] }]),
      ],
    },
  ),
  output: s.object({
    url: s.string({ describe: "The address as it was asked for." }),
    body: s.string({ describe: "The text of the answer." }),
    request_headers: s.map(s.string(), { describe: "The headers of the answer." }),
  }),
  async execute({ config: { url = "", method, request_headers, request_body }, build, signal, log }) {
    const { sendRequest } = await import("../http/request.js");
    const response = await sendRequest({
      url,
      method: method || "GET",
      headers: request_headers,
      body: request_body,
      userAgent: `Ingot/${build.hostVersion}`,
      signal,
    });
    if (response.status < 200 || response.status > 299) {
      throw new Error(`HTTP request error. Response code: ${response.status}`);
    }
    const type = response.headers["Content-Type"] ?? "";
    if (!isText(type)) log.warn("the answer is perhaps no text", { contentType: type });
    return { url, body: response.body, request_headers: response.headers };
  },
});

function isText(type: string): boolean {
  const [, name = "", charset = "utf-8"] = /^([^;]*)(?:;\s*charset="?([^";]*)"?)?/i.exec(type.toLowerCase()) ?? [];
  const isKnown =
    name.startsWith("text/") || ["application/json", "application/samlmetadata+xml"].includes(name.trim());
  return isKnown && ["utf-8", "us-ascii"].includes(charset.trim());
}
