/**
 * What a run printed, with what differs from run to run replaced, so that two runs, or two programs, can be compared: times, durations,
 * UUIDs, temporary scripts and the folder. Builds in the summary are put in the order of their names: the reference shuffles them.
 */
export function normaliseOutput(text: string, options: { readonly folder: string }): string {
  return sortSummary(withoutExcerpts(text.replaceAll(options.folder, "FOLDER").replaceAll(/\r\n/g, "\n")))
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, "TIMESTAMP")
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(
      /\b(\d+ (day|hour|minute|second|millisecond|microsecond)s?)( \d+ (day|hour|minute|second|millisecond|microsecond)s?)?/g,
      "DURATION",
    )
    .replaceAll(/\/tmp\/packer-shell\d+/g, "SCRIPT")
    .replaceAll(/^\d{9,},/gm, "TIME,");
}

/** Messages about the template show its lines here in each phase, there while parsing only, and a place more often. */
function withoutExcerpts(text: string): string {
  const place = (feed: string, comma: string, rest: string): RegExp =>
    new RegExp(
      `  on ${rest}*? line \\d+(?:${comma} in ${rest}*?)?:${feed}(?:(?:  \\(source code not available\\)| *\\d+: ${rest}*?)${feed})*${feed}`,
      "g",
    );
  return text
    .replaceAll(place("\\n", ",", "[^\\n]"), "")
    .replaceAll(place("\\\\n", "%!\\(PACKER_COMMA\\)", "[^\\n]"), "");
}

const SUMMARY = "==> Wait completed after ";

function sortSummary(text: string): string {
  const start = text.indexOf(SUMMARY);
  if (start === -1) return text;
  const sections = text.slice(start).split(/(?=^(?:\d+,,ui,\w+,\\n)?==> )/m);
  return text.slice(0, start) + sections.map(sortSection).join("");
}

/** Puts the builds of one part of the summary in order. What belongs to a build begins with its name. */
function sortSection(section: string): string {
  const [head = "", ...entries] = section.split(/^(?=(?:\d+,,ui,\w+,)?--> |\d+,[^,]+,)/m);
  const keyed = entries.map((entry) => ({ entry, key: buildOf(entry) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  // An empty line ends a section, wherever its last build has come to stand.
  const lines = keyed.map(({ entry }) => entry.replace(/\n+$/, "\n")).join("");
  const end = /\n+$/.exec(entries.at(-1) ?? "")?.[0] ?? "";
  return entries.length === 0 ? section : `${head}${lines.replace(/\n$/, "")}${end}`;
}

function buildOf(entry: string): string {
  return /^(?:\d+,,ui,\w+,)?--> (.*?):/.exec(entry)?.[1] ?? /^\d+,([^,]+),/.exec(entry)?.[1] ?? "";
}
