import type { RunEvent } from "@ingot/engine";
import { durationText } from "./duration-text.js";
import type { RunView } from "./run-view.js";

/** How long the steps took, by build, in the order in which they began. */
export class StepDurations {
  readonly #byBuild = new Map<string, string[]>();
  /** Where the line of a step that runs goes: it is known only when the step has ended. */
  readonly #places = new Map<string, number>();

  note(event: RunEvent): void {
    if (event.type !== "step-started" && event.type !== "step-finished") return;
    const { build = "", step, component, attempt, kind } = event;
    let lines = this.#byBuild.get(build);
    if (lines === undefined) this.#byBuild.set(build, (lines = []));
    const key = `${build} ${step} ${attempt}`;
    if (event.type === "step-started") {
      const name = event.name === "" || event.name === component ? "" : ` "${event.name}"`;
      const again = attempt === 1 ? "" : `, attempt ${attempt}`;
      this.#places.set(key, lines.length);
      lines.push(`${kind} ${component}${name}${again}`);
      return;
    }
    const place = this.#places.get(key);
    if (place === undefined) return; // it could not begin
    const outcome = event.outcome === "success" ? "" : ` (${event.outcome})`;
    lines[place] = `${lines[place] ?? ""}: ${durationText(event.durationMs) || "0 seconds"}${outcome}`;
  }

  /** The part of the summary; empty when nothing has run. */
  lines(view: RunView): readonly string[] {
    if (this.#byBuild.size === 0) return [];
    const builds = [...this.#byBuild].map(([build, lines]) =>
      [`--> ${view.build(build)?.name ?? "data sources"}:`, ...lines.map((line) => `    ${line}`)].join("\n"),
    );
    return ["\n==> How long each step took:", ...builds];
  }
}
