import type { Progress, RunEvent } from "@ingot/engine";
import type { RunView } from "../render/run-view.js";
import type { Styles } from "../render/styles.js";
import type { LiveRow } from "./live-view.js";
import { columnsOf, padColumns } from "./text-width.js";

/** Lines of the terminal that the view leaves to the text above it. */
const LINES_FOR_TEXT = 4;
const BAR_WIDTH = 12;

interface RunningBuild {
  readonly startedAt: number;
  readonly totalSteps: number;
  finishedSteps: number;
  current: string;
  /** By label; the newest one is shown. */
  readonly progress: Map<string, Progress>;
  lastLine: string;
}

/** Keeps in mind what runs, and tells it in one row for each build: its name, time, step, and progress or last line. */
export class BuildRows {
  readonly #view: RunView;
  readonly #styles: Styles;
  readonly #elapsed: () => number;
  readonly #stepCounts = new Map<string, number>();
  readonly #running = new Map<string, RunningBuild>();
  #isCancelling = false;

  /** `elapsed` gives milliseconds since some moment. */
  constructor(view: RunView, { styles, elapsed }: { readonly styles: Styles; readonly elapsed: () => number }) {
    this.#view = view;
    this.#styles = styles;
    this.#elapsed = elapsed;
  }

  note(event: RunEvent): void {
    if (event.type === "cancel-requested") this.#isCancelling = true;
    if (event.type === "build-planned") {
      const ordinary = event.steps.filter(({ kind }) => kind === "provisioner" || kind === "post-processor");
      this.#stepCounts.set(event.build, ordinary.length);
    }
    if (event.type === "build-started") this.#start(event.build);
    const build = "build" in event && event.build !== undefined ? this.#running.get(event.build) : undefined;
    if (build === undefined) return;
    switch (event.type) {
      case "build-finished":
      case "build-failed":
        this.#running.delete(event.build);
        return;
      case "step-started":
        build.current = event.kind === "builder" ? "" : event.component;
        build.progress.clear();
        return;
      case "step-finished":
        if (event.kind === "builder") return;
        build.current = "";
        if (event.outcome === "success") build.finishedSteps++;
        return;
      case "progress":
        build.progress.delete(event.progress.label);
        if (!event.progress.finished) build.progress.set(event.progress.label, event.progress);
        return;
      case "ui":
        build.lastLine = event.text.trimEnd().split("\n").at(-1) ?? "";
        return;
      default:
        return;
    }
  }

  /** The rows that a terminal has room for; the last one counts the builds that are not shown. */
  rows({ columns, rows }: { readonly columns: number; readonly rows: number }): readonly LiveRow[] {
    const room = Math.max(1, rows - LINES_FOR_TEXT);
    const all = [...this.#running];
    const shown = all.length <= room ? all : all.slice(0, room - 1);
    const names = shown.map(([id]) => this.#view.build(id)?.name ?? id);
    const nameWidth = Math.min(Math.max(0, ...names.map(columnsOf)), Math.max(8, Math.floor(columns * 0.35)));
    const now = this.#elapsed();
    const found = shown.map(([id, build], at) => ({
      text: this.#rowText(build, { name: padColumns(names[at] ?? "", nameWidth), now, columns }),
      style: this.#styles.build(this.#view.build(id)?.index ?? 0),
    }));
    if (shown.length < all.length) {
      found.push({ text: `and ${all.length - shown.length} more builds`, style: this.#styles.faint });
    }
    return found;
  }

  #start(id: string): void {
    const totalSteps = this.#stepCounts.get(id) ?? 0;
    this.#running.set(id, {
      ...{ startedAt: this.#elapsed(), totalSteps, finishedSteps: 0 },
      ...{ current: "", progress: new Map(), lastLine: "" },
    });
  }

  #rowText(
    build: RunningBuild,
    { name, now, columns }: { readonly name: string; readonly now: number; readonly columns: number },
  ): string {
    const clock = clockText(now - build.startedAt).padStart(5);
    const head = [name, clock, this.#isCancelling ? "cancelling" : stepText(build)]
      .filter((part) => part !== "")
      .join(" ");
    const progress = [...build.progress.values()].at(-1);
    const tail = progress === undefined ? build.lastLine : progressText(progress, columns - columnsOf(head) - 2);
    return tail === "" ? head : `${head}  ${tail}`;
  }
}

function stepText({ current, finishedSteps, totalSteps }: RunningBuild): string {
  if (totalSteps === 0) return current;
  const step = Math.min(finishedSteps + (current === "" ? 0 : 1), totalSteps);
  return `${current}${current === "" ? "" : " "}(${step}/${totalSteps})`;
}

/**
 * How far a piece of work is: `base.tar [####        ] 33%`, without the bar when there is no room for it, or `base.tar 12.0 MiB` when the
 * end is not known.
 */
export function progressText({ label, done, total, unit }: Progress, columns: number): string {
  if (total === undefined || total <= 0) return `${label} ${unit === "bytes" ? sizeText(done) : String(done)}`;
  const share = Math.min(1, done / total);
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  const full = Math.floor(share * BAR_WIDTH);
  const bar = ` [${"#".repeat(full)}${" ".repeat(BAR_WIDTH - full)}]`;
  const hasRoom = columnsOf(label) + bar.length + percent.length < columns;
  return `${label}${hasRoom ? bar : ""}${hasRoom ? percent : ` ${percent.trim()}`}`;
}

function sizeText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let size = bytes;
  let unit = 0;
  for (; size >= 1024 && unit < units.length - 1; unit++) size /= 1024;
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ""}`;
}

function clockText(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}m${seconds % 60}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m`;
}
