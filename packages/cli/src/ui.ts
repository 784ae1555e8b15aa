import type { SecretMask } from "./secret-mask.js";
import type { TextOutput } from "./console.js";

/** How a command speaks: text for people, or items for machines. */
export interface Ui {
  say(text: string): void;
  error(text: string): void;
  /** An item for machines only; people don't see it. */
  machine(item: { readonly type: string; readonly target?: string; readonly data: readonly string[] }): void;
}

/** Text on a stream, one line feed after each. Errors go the same way, as existing users expect. */
export function textUi(output: TextOutput): Ui {
  return {
    say: (text) => output.write(`${text}\n`),
    error: (text) => output.write(`${text}\n`),
    machine: () => undefined,
  };
}

/** Lines of `<unix seconds>,<target>,<type>,<data>…`, in the form that Packer's users parse. */
export function machineUi(output: TextOutput, options: { readonly mask: SecretMask; readonly now: () => number }): Ui {
  const item = (type: string, target: string, data: readonly string[]): void => {
    const seconds = Math.floor(options.now() / 1000);
    output.write(`${seconds},${target},${type},${data.map((datum) => escapeDatum(options.mask(datum))).join(",")}\n`);
  };
  return {
    say: (text) => item("ui", "", ["say", text]),
    error: (text) => item("ui", "", ["error", text]),
    machine: ({ type, target = "", data }) => item(type, target, data),
  };
}

function escapeDatum(text: string): string {
  return text.replaceAll(",", "%!(PACKER_COMMA)").replaceAll("\r", "\\r").replaceAll("\n", "\\n");
}
