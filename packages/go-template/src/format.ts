import { printValue, typeName } from "./value.js";

/** Formats as Go's Sprintf does, with the verbs `v s q d x X o b c t f e g` and their flags, widths and precisions. */
export function sprintf(format: string, args: readonly unknown[]): string {
  const queue = [...args];
  const text = format.replace(/%([-+# 0]*)(\d+)?(?:\.(\d*))?(.)?/gsu, (_, flags: string, width, precision, verb) => {
    if (verb === undefined) return "%!(NOVERB)";
    if (verb === "%") return "%";
    if (queue.length === 0) return `%!${verb as string}(MISSING)`;
    const value = queue.shift();
    const digits = precision === undefined ? undefined : Number(precision === "" ? "0" : precision);
    const formatted = formatVerb(verb as string, value, flags, digits) ?? badVerb(verb as string, value);
    return pad(formatted, Number(width ?? 0), flags, typeof value === "number");
  });
  if (queue.length === 0) return text;
  return `${text}%!(EXTRA ${queue.map((value) => `${typeName(value)}=${printValue(value)}`).join(", ")})`;
}

function formatVerb(verb: string, value: unknown, flags: string, precision: number | undefined): string | undefined {
  if (verb === "v") return printValue(value);
  if (typeof value === "string") return formatString(verb, value, precision);
  if (typeof value === "boolean") return verb === "t" ? String(value) : undefined;
  if (typeof value === "number") return signed(formatNumber(verb, value, flags, precision), value, flags);
  return verb === "s" ? printValue(value) : undefined;
}

function formatString(verb: string, value: string, precision: number | undefined): string | undefined {
  const hex = () => Buffer.from(value).toString("hex");
  switch (verb) {
    case "s":
      return precision === undefined ? value : [...value].slice(0, precision).join("");
    case "q":
      return JSON.stringify(value);
    case "x":
      return hex();
    case "X":
      return hex().toUpperCase();
    default:
      return undefined;
  }
}

function formatNumber(verb: string, value: number, flags: string, precision: number | undefined): string | undefined {
  const radix = { d: 10, x: 16, X: 16, o: 8, b: 2 }[verb];
  if (radix !== undefined) {
    if (!Number.isInteger(value)) return undefined;
    const prefix = flags.includes("#") && radix === 16 ? `0${verb}` : flags.includes("#") && radix === 8 ? "0" : "";
    const digits = Math.abs(value).toString(radix);
    return `${value < 0 ? "-" : ""}${prefix}${verb === "X" ? digits.toUpperCase() : digits}`;
  }
  switch (verb) {
    case "c":
      return Number.isInteger(value) ? String.fromCodePoint(value) : undefined;
    case "q":
      return Number.isInteger(value) ? `'${String.fromCodePoint(value)}'` : undefined;
    case "f":
    case "F":
      return value.toFixed(precision ?? 6);
    case "e":
      return value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, "e$10$2");
    case "g":
      return precision === undefined ? printValue(value) : String(Number(value.toPrecision(precision || 1)));
    default:
      return undefined;
  }
}

function signed(text: string | undefined, value: number, flags: string): string | undefined {
  if (text === undefined || value < 0) return text;
  return flags.includes("+") ? `+${text}` : flags.includes(" ") ? ` ${text}` : text;
}

function badVerb(verb: string, value: unknown): string {
  return `%!${verb}(${typeName(value)}=${printValue(value)})`;
}

function pad(text: string, width: number, flags: string, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0") || !isNumber) return " ".repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}
