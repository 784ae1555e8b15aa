/** The value of a field that a map doesn't have. It prints as `<no value>` and is false. */
export const NO_VALUE: unique symbol = Symbol("no value");

/** Tells whether a value counts as true: not false, 0, empty, nil or absent. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === NO_VALUE) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object") return Object.keys(value).length > 0;
  return Boolean(value);
}

/** Writes a value as Go's `%v` does; an absent one as `<no value>`. */
export function printValue(value: unknown): string {
  if (value === NO_VALUE || value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printValue).join(" ")}]`;
  if (typeof value === "number") return printNumber(value);
  if (typeof value === "string") return value;
  if (typeof value === "object") {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, item]) => `${key}:${printValue(item)}`).join(" ")}]`;
  }
  return typeof value === "boolean" || typeof value === "bigint" ? String(value) : typeName(value);
}

/** Whole numbers as digits, others as Go's `%v` writes a float64. */
function printNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return BigInt(value).toString();
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e21)) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return String(value).replace("Infinity", "+Inf").replace("-+", "-");
}

/** The Go name of a value's type, for messages. */
export function typeName(value: unknown): string {
  if (value === NO_VALUE || value === undefined || value === null) return "nil";
  if (Array.isArray(value)) return "[]interface {}";
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "int" : "float64";
    case "boolean":
      return "bool";
    case "object":
      return "map[string]interface {}";
    default:
      return typeof value;
  }
}
