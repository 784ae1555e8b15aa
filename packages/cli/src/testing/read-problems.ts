/**
 * Reads the diagnostics in a text: `FILE:LINE: SUMMARY; DETAIL; with VALUES`, each in one line. What they quote of the source is left out,
 * and so is how the detail is wrapped.
 */
export function readProblems(text: string): readonly string[] {
  const starts = Array.from(text.matchAll(/^(?:Error|Warning): /gm), ({ index }) => index);
  return starts.map((start, at) => problemOf(text.slice(start, starts[at + 1])));
}

const SNIPPET = /^ {2}on (.*?) line (\d+).*:\n(?: .*\n|\s*\d+: .*\n)*\n/;
const VALUES = /^with ((?:.*,\n {5})*.*)\.\n\n/;

function problemOf(text: string): string {
  const [, severity = "", summary = "", rest = ""] = /^(Error|Warning): (.*)\n\n?([^]*)$/.exec(`${text}\n`) ?? [];
  const place = SNIPPET.exec(rest);
  const afterPlace = rest.slice(place?.[0].length ?? 0);
  const values = VALUES.exec(afterPlace);
  const detail = afterPlace
    .slice(values?.[0].length ?? 0)
    .replace(/\s+/g, " ")
    .trim();
  const parts = [
    severity === "Warning" ? "warning: " : "",
    place ? `${place[1] ?? ""}:${place[2] ?? ""}: ` : "",
    summary,
    detail === "" ? "" : `; ${detail}`,
    values ? `; with ${(values[1] ?? "").replace(/,\n {5}/g, ", ")}` : "",
  ];
  return parts.join("");
}
