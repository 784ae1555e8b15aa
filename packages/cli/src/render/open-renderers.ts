import { closeSync, fchmodSync, openSync, writeSync } from "node:fs";
import type { RunEvent } from "@ingot/engine";
import type { Console } from "../console.js";
import type { OutputOptions } from "../run-session.js";
import type { SecretMask } from "../secret-mask.js";
import { RunStatus } from "../terminal/run-status.js";
import { StatusLine } from "../terminal/status-line.js";
import { machineUi, textUi, type Ui } from "../ui.js";
import type { ReadSource } from "./diagnostic-text.js";
import { HumanRenderer } from "./human-renderer.js";
import { jsonLine } from "./json-lines.js";
import type { RunView } from "./run-view.js";
import { stylesFor } from "./styles.js";

export interface RendererOptions {
  readonly console: Console;
  readonly output: OutputOptions;
  readonly view: RunView;
  readonly mask: SecretMask;
  readonly readSource: ReadSource;
  /** False when something else writes to the terminal. */
  readonly hasStatusLine: boolean;
}

/** Everything that shows a run. */
export interface Renderers {
  /** For what is no event. */
  readonly ui: Ui;
  readonly render: (event: RunEvent) => void;
  /** Safe to call twice. */
  readonly close: () => void;
}

/** Opens what the user asked for. Throws when the file for events can't be made. */
export function openRenderers(options: RendererOptions): Renderers {
  const { json, jsonInto } = options.output;
  const shown = json
    ? jsonRenderer(options)
    : options.output.machineReadable
      ? machineRenderer(options)
      : textRenderer(options);
  if (jsonInto === "") return shown;
  const file = eventFile(jsonInto);
  return {
    ui: shown.ui,
    render: (event) => {
      file.render(event);
      shown.render(event);
    },
    close: () => {
      shown.close();
      file.close();
    },
  };
}

function jsonRenderer({ console }: RendererOptions): Renderers {
  const silent: Ui = { say: () => undefined, error: () => undefined, machine: () => undefined };
  return { ui: silent, render: (event) => console.stdout.write(jsonLine(event)), close: () => undefined };
}

function machineRenderer(options: RendererOptions): Renderers {
  const ui = machineUi(options.console.stdout, { mask: options.mask, now: Date.now });
  const renderer = humanRenderer(options, { ui, hasStyles: false });
  return { ui, render: (event) => renderer.render(event), close: () => undefined };
}

function textRenderer(options: RendererOptions): Renderers {
  const { console, output, view } = options;
  const { stdout, env } = console;
  const isDumb = env["TERM"] === "dumb";
  const hasStyles =
    (output.color ?? (stdout.isTerminal && !isDumb)) && !isSet(env["PACKER_NO_COLOR"]) && !isSet(env["NO_COLOR"]);
  if (!stdout.isTerminal || isDumb || !options.hasStatusLine) {
    const ui = textUi(stdout);
    const renderer = humanRenderer(options, { ui, hasStyles });
    return { ui, render: (event) => renderer.render(event), close: () => undefined };
  }
  const status = new RunStatus(view, () => performance.now());
  const line = new StatusLine(stdout, () => status.text());
  const ui = textUi(line.output);
  const renderer = humanRenderer(options, { ui, hasStyles });
  return {
    ui,
    render: (event) => {
      status.note(event);
      if (event.type === "question") line.pause();
      renderer.render(event);
      if (event.type === "question-answered") line.resume();
    },
    close: () => line.stop(),
  };
}

function humanRenderer(
  { output, view, readSource }: RendererOptions,
  { ui, hasStyles }: { readonly ui: Ui; readonly hasStyles: boolean },
): HumanRenderer {
  return new HumanRenderer(
    {
      ...{ ui, readSource, styles: stylesFor(hasStyles), announcesColours: hasStyles },
      hasTimestamps: output.hasTimestamps,
      clock: { elapsed: () => performance.now(), now: Date.now },
    },
    view,
  );
}

/** A file of events as JSON lines, for its owner only. */
function eventFile(path: string): { readonly render: (event: RunEvent) => void; readonly close: () => void } {
  const fd = openSync(path, "w", 0o600);
  fchmodSync(fd, 0o600); // the file may have been there
  let isOpen = true;
  return {
    render: (event) => {
      if (isOpen) writeSync(fd, jsonLine(event));
    },
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
  };
}

function isSet(variable: string | undefined): boolean {
  return variable !== undefined && variable !== "";
}
