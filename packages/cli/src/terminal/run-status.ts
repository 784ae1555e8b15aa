import type { Progress, RunEvent } from "@ingot/engine";
import type { RunView } from "../render/run-view.js";

const SPINNER = "|/-\\";
const SPIN_MS = 150;

interface RunningBuild {
  readonly startedAt: number;
  readonly totalSteps: number;
  finishedSteps: number;
  current: string;
  progress: Progress | undefined;
}

/** Keeps in mind what runs, and says it in one line. */
export class RunStatus {
  readonly #view: RunView;
  readonly #elapsed: () => number;
  readonly #stepCounts = new Map<string, number>();
  readonly #running = new Map<string, RunningBuild>();
  #done = 0;
  #isCancelling = false;

  /** `elapsed` gives milliseconds since some moment. */
  constructor(view: RunView, elapsed: () => number) {
    this.#view = view;
    this.#elapsed = elapsed;
  }

  note(event: RunEvent): void {
    if (event.type === "cancel-requested") this.#isCancelling = true;
    if (event.type === "build-planned") {
      const ordinary = event.steps.filter(({ kind }) => kind === "provisioner" || kind === "post-processor");
      this.#stepCounts.set(event.build, ordinary.length);
    }
    const build = "build" in event && event.build !== undefined ? this.#running.get(event.build) : undefined;
    switch (event.type) {
      case "build-started": {
        const totalSteps = this.#stepCounts.get(event.build) ?? 0;
        const fresh = { startedAt: this.#elapsed(), totalSteps, finishedSteps: 0, current: "", progress: undefined };
        this.#running.set(event.build, fresh);
        return;
      }
      case "build-finished":
      case "build-failed":
        this.#running.delete(event.build);
        this.#done++;
        return;
      case "step-started":
        if (build === undefined) return;
        build.current = event.kind === "builder" ? "" : event.component;
        build.progress = undefined;
        return;
      case "step-finished":
        if (build === undefined || event.kind === "builder") return;
        build.current = "";
        if (event.outcome === "success") build.finishedSteps++;
        return;
      case "progress":
        if (build !== undefined) build.progress = event.progress.finished ? undefined : event.progress;
        return;
      default:
        return;
    }
  }

  /** One line, of any length; empty when no build runs. */
  text(): string {
    if (this.#running.size === 0) return "";
    const now = this.#elapsed();
    const spinner = SPINNER[Math.floor(now / SPIN_MS) % SPINNER.length] ?? "";
    const total = this.#view.builds.length;
    const counts = total > 1 ? ` ${this.#done}/${total} builds done` : "";
    const builds = [...this.#running].map(([id, build]) => this.#buildText(id, build, now));
    return `${spinner}${this.#isCancelling ? " cancelling:" : ""}${counts}  ${builds.join(" | ")}`;
  }

  #buildText(id: string, build: RunningBuild, now: number): string {
    const name = this.#view.build(id)?.name ?? id;
    const progress = build.progress === undefined ? "" : ` ${progressText(build.progress)}`;
    const current = build.current === "" ? "" : ` ${build.current}`;
    const step = Math.min(build.finishedSteps + (current === "" ? 0 : 1), build.totalSteps);
    const count = build.totalSteps === 0 ? "" : ` (${step}/${build.totalSteps})`;
    return `${name} ${clockText(now - build.startedAt)}${current}${count}${progress}`;
  }
}

/** How far a piece of work is: `base.tar 43%`, or `base.tar 12.0 MiB` when the end is not known. */
export function progressText({ label, done, total, unit }: Progress): string {
  if (total !== undefined && total > 0) return `${label} ${Math.floor((done / total) * 100)}%`;
  return `${label} ${unit === "bytes" ? sizeText(done) : String(done)}`;
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
