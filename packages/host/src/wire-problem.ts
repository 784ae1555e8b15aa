export type WirePath = readonly (string | number)[];

/** Something in a plugin's message that makes no sense. `message` completes "NAME ...". */
export class WireProblem extends Error {
  override readonly name = "WireProblem";
  readonly path: WirePath;

  constructor(path: WirePath, message: string) {
    super(message);
    this.path = path;
  }

  /** The whole sentence without its end: `output.list[2] is "x", which is no number`. */
  get sentence(): string {
    return `${pathText(this.path)} ${this.message}`;
  }
}

/** Writes a path as the language does: `output.list[2]["a key"]`. */
function pathText(path: WirePath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (text === "") text = step;
    else text += /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text === "" ? "the value" : text;
}
