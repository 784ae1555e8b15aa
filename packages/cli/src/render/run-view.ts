import type { RunEvent } from "@ingot/engine";

/** A build as a renderer needs it. */
export interface BuildView {
  readonly name: string;
  /** Its place among the builds that can run, from 0. */
  readonly index: number;
}

/** What the events so far tell about names: events themselves only have identities. */
export class RunView {
  readonly #builds = new Map<string, BuildView>();
  readonly #stepTargets = new Map<string, string>();

  /** Takes note of an event. Call it before anything else is done with the event. */
  note(event: RunEvent): void {
    if (event.type !== "build-planned") return;
    if (event.valid) this.#builds.set(event.build, { name: event.name, index: this.#builds.size });
    for (const step of event.steps) {
      const target = step.kind === "post-processor" ? `${event.name} (${step.component})` : event.name;
      this.#stepTargets.set(step.step, target);
    }
  }

  /** The builds that can run, in order. */
  get builds(): readonly BuildView[] {
    return [...this.#builds.values()];
  }

  build(id: string | undefined): BuildView | undefined {
    return id === undefined ? undefined : this.#builds.get(id);
  }

  /** Under what name a step speaks: `build`, or `build (post-processor)`. */
  target(event: { readonly build?: string; readonly step?: string }): string | undefined {
    const target = event.step === undefined ? undefined : this.#stepTargets.get(event.step);
    return target ?? this.build(event.build)?.name;
  }
}

/** Puts `==> target: ` in front of every line. White space at the end goes. */
export function targetedText(target: string | undefined, text: string): string {
  if (target === undefined) return text.trimEnd();
  return text
    .split("\n")
    .map((line) => `==> ${target}: ${line}`)
    .join("\n")
    .trimEnd();
}
