import type { ArtifactSummary, RunEvent } from "@ingot/engine";
import { goQuote } from "@ingot/template";
import type { Ui } from "../ui.js";
import { diagnosticsText, type ReadSource } from "./diagnostic-text.js";
import { durationText, goDurationText } from "./duration-text.js";
import { localTimestamp } from "./local-timestamp.js";
import { StepDurations } from "./step-durations.js";
import { targetedText, type RunView } from "./run-view.js";
import type { SecretMask } from "../secret-mask.js";
import type { Styles } from "./styles.js";

export interface HumanRendererOptions {
  readonly ui: Ui;
  readonly styles: Styles;
  /** Say before the builds which colour each has. */
  readonly announcesColours: boolean;
  /** Put the time in front of what builds say. */
  readonly hasTimestamps: boolean;
  /** Tell in the end how long each step took. */
  readonly showsDurations: boolean;
  /** -on-error=run-cleanup-provisioner: what stays of an interrupted build has one step less. */
  readonly cleansUpFirst: boolean;
  readonly readSource: ReadSource;
  /** Masks the source in diagnostics. All else in events is masked already. */
  readonly mask?: SecretMask;
  /** Milliseconds since some moment, for the whole duration; and since 1970, for timestamps. */
  readonly clock: { readonly elapsed: () => number; readonly now: () => number };
}

type Of<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;
type Level = "say" | "error";

/** Turns the events of a run into the text that Packer's users know, and into items for machines. */
export class HumanRenderer {
  readonly #options: HumanRendererOptions;
  readonly #view: RunView;
  readonly #failures = new Map<string, string>();
  readonly #artifacts = new Map<string, readonly ArtifactSummary[]>();
  readonly #cleanedUp = new Set<string>();
  readonly #durations = new StepDurations();
  #buildsStartedAt: number | undefined;

  constructor(options: HumanRendererOptions, view: RunView) {
    this.#options = options;
    this.#view = view;
  }

  /** Shows one event. Most have no text. */
  render(event: RunEvent): void {
    if (this.#options.showsDurations) this.#durations.note(event);
    switch (event.type) {
      case "diagnostics":
        return this.#diagnostics(event);
      case "cancel-requested":
        return this.#options.ui.error(cancelText(event.reason));
      case "build-started":
        return this.#beginBuilds();
      case "build-finished":
        return this.#buildFinished(event);
      case "build-failed":
        return this.#buildFailed(event);
      case "step-started":
        return this.#stepStarted(event);
      case "ui":
        return this.#speak(event, event.level, event.text);
      case "run-finished":
        return this.#summary(event);
      case "resource-cleanup-started":
        return this.#speak(event, "say", `Removing ${event.kind} ${event.id}, which the plugin left behind...`);
      case "resource-cleanup-failed":
        return this.#speak(event, "error", `Could not remove ${event.kind} ${event.id}: ${event.error}`);
      default:
        return this.#provisioning(event);
    }
  }

  #provisioning(event: RunEvent): void {
    switch (event.type) {
      case "step-pausing":
        return this.#speak(event, "say", `Pausing ${goDurationText(event.pauseMs)} before the next provisioner...`);
      case "step-timeout-set":
        return this.#speak(
          event,
          "say",
          `Setting a ${goDurationText(event.timeoutMs)} timeout for the next provisioner...`,
        );
      case "step-timed-out":
        return this.#speak(event, "error", "Cancelling provisioner after a timeout...");
      case "step-retrying": {
        const error = goQuote(event.error);
        return this.#speak(
          event,
          "say",
          `Provisioner failed with ${error}, retrying with ${event.triesLeft} trie(s) left`,
        );
      }
      case "step-retries-exhausted":
        return this.#speak(event, "say", "retry limit reached.");
      case "step-error-ignored": {
        const error = goQuote(event.error);
        const text = `Warning: Provisioner failed with ${error}, but continue_on_error is set; continuing the build.`;
        return this.#speak(event, "say", text);
      }
      case "provisioning-failed":
        this.#cleanedUp.add(event.build);
        return this.#speak(
          event,
          "say",
          "Provisioning step had errors: Running the cleanup provisioner, if present...",
        );
      case "provisioning-aborted":
        return this.#provisioningAborted(event);
      case "provisioning-stopped":
        this.#speak(event, "error", event.error);
        return this.#speak(event, "say", 'Step "StepProvision" failed');
      case "shell-closed":
        if (event.error !== undefined) this.#speak(event, "error", `No shell on this machine: ${event.error}`);
        return;
      default:
        return; // it has no text for people
    }
  }

  /** Says that the step of provisioning stays as it is. After its clean-up it doesn't, and the builder tells of the others. */
  #provisioningAborted(event: Of<"provisioning-aborted">): void {
    if (this.#cleanedUp.has(event.build) || (event.interrupted && this.#options.cleansUpFirst)) return;
    if (!event.interrupted) this.#speak(event, "error", event.error);
    this.#speak(event, "error", 'Step "StepProvision" failed, aborting...');
  }

  #diagnostics({ phase, diagnostics }: Of<"diagnostics">): void {
    const text = diagnosticsText(diagnostics, this.#options);
    // What fails a build while it runs is in its result line too.
    if (phase !== "run" && diagnostics.some(({ severity }) => severity === "error")) this.#options.ui.error(text);
    else this.#options.ui.say(text);
  }

  #beginBuilds(): void {
    if (this.#buildsStartedAt !== undefined) return;
    this.#buildsStartedAt = this.#options.clock.elapsed();
    if (!this.#options.announcesColours) return;
    for (const { name, index } of this.#view.builds) {
      this.#options.ui.say(this.#options.styles.build(index)(`${name}: output will be in this color.`));
    }
    this.#options.ui.say("");
  }

  #stepStarted(event: Of<"step-started">): void {
    if (event.kind !== "post-processor") return;
    const { name, component, build } = event;
    const text =
      name === component ? `Running post-processor: ${name}` : `Running post-processor: ${name} (type ${component})`;
    this.#speak(build === undefined ? {} : { build }, "say", text);
  }

  #buildFinished({ build, name, durationMs, artifacts }: Of<"build-finished">): void {
    if (artifacts !== null) this.#artifacts.set(name, artifacts);
    this.#write(build, "say", `Build '${name}' finished after ${durationText(durationMs)}.`);
  }

  #buildFailed({ build, name, durationMs, error, started }: Of<"build-failed">): void {
    this.#failures.set(name, error);
    if (started) this.#write(build, "error", `Build '${name}' errored after ${durationText(durationMs)}: ${error}`);
  }

  /** Says something under the name of a build. */
  #speak(place: { readonly build?: string; readonly step?: string }, level: Level, text: string): void {
    this.#write(place.build, level, targetedText(this.#view.target(place), text));
  }

  /** Writes in the colour of a build, with the time if the user wants it. */
  #write(build: string | undefined, level: Level, text: string): void {
    const { styles, hasTimestamps, clock, ui } = this.#options;
    const index = this.#view.build(build)?.index;
    const style =
      level === "error" ? styles.error : index === undefined ? (plain: string) => plain : styles.build(index);
    ui[level](style(hasTimestamps ? `${localTimestamp(clock.now())}: ${text}` : text));
  }

  #summary({ outcome }: Of<"run-finished">): void {
    if (this.#buildsStartedAt === undefined && this.#failures.size === 0) return;
    const { ui, clock } = this.#options;
    const elapsed = clock.elapsed() - (this.#buildsStartedAt ?? clock.elapsed());
    ui.say(`\n==> Wait completed after ${durationText(elapsed)}`);
    if (outcome === "cancelled") {
      ui.say("Cleanly cancelled builds after being interrupted.");
      return this.#durationSummary();
    }
    this.#failureSummary();
    this.#artifactSummary();
    this.#durationSummary();
  }

  #durationSummary(): void {
    for (const line of this.#durations.lines(this.#view)) this.#options.ui.say(line);
  }

  #failureSummary(): void {
    if (this.#failures.size === 0) return;
    const { ui } = this.#options;
    ui.machine({ type: "error-count", data: [String(this.#failures.size)] });
    ui.error("\n==> Some builds didn't complete successfully and had errors:");
    for (const [name, error] of this.#failures) {
      ui.machine({ type: "error", target: name, data: [error] });
      ui.error(`--> ${name}: ${error}`);
    }
  }

  #artifactSummary(): void {
    const { ui } = this.#options;
    if (this.#artifacts.size === 0) return ui.say("\n==> Builds finished but no artifacts were created.");
    ui.say("\n==> Builds finished. The artifacts of successful builds are:");
    for (const [name, artifacts] of this.#artifacts) {
      ui.machine({ type: "artifact-count", target: name, data: [String(artifacts.length)] });
      artifacts.forEach((artifact, index) => {
        const item = (...data: readonly string[]): void =>
          ui.machine({ type: "artifact", target: name, data: [String(index), ...data] });
        item("builder-id", artifact.builderId);
        item("id", artifact.id);
        item("string", artifact.description);
        item("files-count", String(artifact.files.length));
        artifact.files.forEach((file, place) => item("file", String(place), file));
        item("end");
        ui.say(`--> ${name}: ${artifact.description}`);
      });
    }
  }
}

function cancelText(reason: string): string {
  switch (reason) {
    case "timeout":
      return "Cancelling the builds: the time of this run is over (-timeout)";
    case "fail-fast":
      return "Cancelling the other builds (-fail-fast)";
    default:
      return `Cancelling build after receiving ${reason}`;
  }
}
