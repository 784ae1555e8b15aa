import { FunctionError, listValue, objectType, objectValue, stringType, stringValue, type Value } from "@ingot/hcl";

/** Reads CSV with a header line: a list of objects of strings. Throws FunctionError. */
export function decodeCsv(text: string): Value {
  const [header, ...rows] = readRecords(text);
  if (header === undefined) throw new FunctionError("missing header line");
  for (const [index, name] of header.fields.entries())
    if (header.fields.indexOf(name) < index) throw new FunctionError(`duplicate column name ${JSON.stringify(name)}`);
  const type = objectType(new Map(header.fields.map((name) => [name, stringType])));
  const objects = rows.map(({ fields, line }) => {
    if (fields.length !== header.fields.length)
      throw new FunctionError(`CSV parse error on line ${line}: wrong number of fields`);
    return objectValue(new Map(header.fields.map((name, index) => [name, stringValue(fields[index] ?? "")])));
  });
  return listValue(type, objects);
}

interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

function readRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const lineEnd = endOfLine(text, at);
    if (text.slice(at, lineEnd).replace(/\r?\n?$/, "") === "") {
      at = lineEnd;
      line++;
      continue;
    }
    const fields: string[] = [];
    const start = line;
    for (;;) {
      const field = readField(text, at, line);
      fields.push(field.value);
      at = field.next;
      line += field.lines;
      if (!field.isLast) continue;
      break;
    }
    line++;
    records.push({ fields, line: start });
  }
  return records;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end + 1;
}

interface Field {
  readonly value: string;
  readonly next: number;
  readonly isLast: boolean;
  /** Line breaks inside the field. */
  readonly lines: number;
}

function readField(text: string, at: number, line: number): Field {
  if (text.charAt(at) === '"') return readQuoted(text, at, line);
  const lineEnd = endOfLine(text, at);
  const comma = text.indexOf(",", at);
  const isLast = comma < 0 || comma >= lineEnd;
  const value = isLast ? text.slice(at, lineEnd).replace(/\r?\n$/, "") : text.slice(at, comma);
  if (value.includes('"')) throw new FunctionError(`CSV parse error on line ${line}: bare " in non-quoted-field`);
  return { value, next: isLast ? lineEnd : comma + 1, isLast, lines: 0 };
}

function readQuoted(text: string, at: number, line: number): Field {
  let value = "";
  for (let from = at + 1; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw new FunctionError(`CSV parse error on line ${line}: extraneous or missing " in quoted-field`);
    value += text.slice(from, quote);
    from = quote + 2;
    const next = text.charAt(quote + 1);
    if (next === '"') {
      value += '"';
      continue;
    }
    const lines = value.split("\n").length - 1;
    const normal = value.replaceAll("\r\n", "\n");
    if (next === ",") return { value: normal, next: quote + 2, isLast: false, lines };
    const lineBreak = /^\r?\n/.exec(text.slice(quote + 1, quote + 3))?.[0];
    if (next === "" || lineBreak !== undefined)
      return { value: normal, next: quote + 1 + (lineBreak?.length ?? 0), isLast: true, lines };
    throw new FunctionError(`CSV parse error on line ${line + lines}: extraneous or missing " in quoted-field`);
  }
}
