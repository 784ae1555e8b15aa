import type { RunEvent } from "@ingot/engine";
import type { Console } from "../console.js";
import type { OutputOptions } from "../run-session.js";
import type { SecretMask } from "../secret-mask.js";
import { openLineFile } from "../line-file.js";
import { BuildRows } from "../terminal/build-rows.js";
import { LiveView } from "../terminal/live-view.js";
import { hideWhileStopped } from "../terminal/suspension.js";
import { hasNoColour } from "../settings.js";
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
  readonly hasLiveView: boolean;
  /** Takes what the user reads. */
  readonly logUi: ((kind: "ui" | "ui error", text: string) => void) | undefined;
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
  const file = openLineFile(jsonInto);
  return {
    ui: shown.ui,
    render: (event) => {
      file.write(jsonLine(event));
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
  const ui = loggedUi(machineUi(options.console.stdout, { mask: options.mask, now: Date.now }), options);
  const renderer = humanRenderer(options, { ui, hasStyles: false });
  return { ui, render: (event) => renderer.render(event), close: () => undefined };
}

function textRenderer(options: RendererOptions): Renderers {
  const { console, output, view } = options;
  const { stdout, env } = console;
  const isDumb = env["TERM"] === "dumb";
  const hasStyles = (output.color ?? (stdout.isTerminal && !isDumb)) && !hasNoColour(env);
  if (!stdout.isTerminal || isDumb || !options.hasLiveView) {
    const ui = loggedUi(textUi(stdout), options);
    const renderer = humanRenderer(options, { ui, hasStyles });
    return { ui, render: (event) => renderer.render(event), close: () => undefined };
  }
  const rows = new BuildRows(view, { styles: stylesFor(hasStyles), elapsed: () => performance.now() });
  const live = new LiveView({ terminal: stdout, rows: (size) => rows.rows(size), reflows: reflows(env) });
  const stopHiding = hideWhileStopped(live);
  const ui = loggedUi(textUi(live.output), options);
  const renderer = humanRenderer(options, { ui, hasStyles });
  return {
    ui,
    render: (event) => {
      rows.note(event);
      if (event.type === "question" || event.type === "shell-opened") live.pause();
      renderer.render(event);
      if (event.type === "question-answered" || event.type === "shell-closed") live.resume();
    },
    close: () => {
      stopHiding();
      live.stop();
    },
  };
}

function humanRenderer(
  { console, output, view, readSource, mask }: RendererOptions,
  { ui, hasStyles }: { readonly ui: Ui; readonly hasStyles: boolean },
): HumanRenderer {
  return new HumanRenderer(
    {
      ...{ ui, readSource, mask, styles: stylesFor(hasStyles), announcesColours: hasStyles },
      hasTimestamps: output.hasTimestamps,
      showsDurations: output.showsDurations ?? (console.stdout.isTerminal && !output.machineReadable),
      cleansUpFirst: output.cleansUpFirst ?? false,
      clock: { elapsed: () => performance.now(), now: Date.now },
    },
    view,
  );
}

/** Tells the log what the user reads too. */
function loggedUi(ui: Ui, { logUi }: RendererOptions): Ui {
  if (logUi === undefined) return ui;
  return {
    machine: (item) => ui.machine(item),
    say: (text) => {
      logUi("ui", text);
      ui.say(text);
    },
    error: (text) => {
      logUi("ui error", text);
      ui.error(text);
    },
  };
}

/** xterm, the Linux console and screen cut what is too long when they get narrower. */
function reflows(env: Console["env"]): boolean {
  return env["XTERM_VERSION"] === undefined && env["TERM"] !== "linux" && env["STY"] === undefined;
}
