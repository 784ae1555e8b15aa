import { expect, test } from "@jest/globals";
import type { EventBody } from "@ingot/engine";
import { machineUi, textUi } from "../ui.js";
import { HumanRenderer } from "./human-renderer.js";
import { RunView } from "./run-view.js";
import { stylesFor } from "./styles.js";

const [a, b, shell, pp] = ["000000000000000a", "000000000000000b", "00000000000000a1", "00000000000000a2"];

const plan: readonly EventBody[] = [
  {
    ...{ type: "build-planned", build: a, name: "null.x", sourceName: "x", builderType: "null", index: 0, valid: true },
    steps: [
      { step: shell, kind: "provisioner", component: "shell-local", name: "" },
      { step: pp, kind: "post-processor", component: "shell-local", name: "" },
    ],
  },
  {
    type: "build-planned",
    build: b,
    name: "file.f",
    sourceName: "f",
    builderType: "file",
    index: 1,
    valid: true,
    steps: [],
  },
  { type: "build-started", build: a, name: "null.x" },
];

interface Look {
  readonly colours?: boolean;
  readonly timestamps?: boolean;
  readonly machine?: boolean;
}

function render(
  events: readonly EventBody[],
  { colours = false, timestamps = false, machine = false }: Look = {},
): string {
  let written = "";
  let elapsed = 0;
  const output = { write: (text: string) => void (written += text), isTerminal: false, columns: 80 };
  const now = () => 1_000_000;
  const view = new RunView();
  const renderer = new HumanRenderer(
    {
      ui: machine ? machineUi(output, { mask: (text) => text, now }) : textUi(output),
      ...{ styles: stylesFor(colours), announcesColours: colours, hasTimestamps: timestamps },
      ...{ showsDurations: false, cleansUpFirst: false },
      ...{ readSource: () => undefined, clock: { elapsed: () => (elapsed += 52.303), now } },
    },
    view,
  );
  events.forEach((body, index) => {
    const event = { seq: index + 1, time: "2026-01-02T03:04:05.000Z", run: "r", ...body };
    view.note(event);
    renderer.render(event);
  });
  return written;
}

const error =
  "1 error(s) occurred:\n\n* Post-processor failed: Script exited with non-zero exit status: 3.Allowed exit codes are: [0]";

test("a failed build and a good one look as in Packer", () => {
  const text = render([
    ...plan,
    { type: "ui", build: a, step: shell, level: "say", text: "hi <sensitive>" },
    { type: "ui", build: a, step: shell, level: "error", text: "a\n\nb\n" },
    {
      type: "step-started",
      build: a,
      step: pp,
      kind: "post-processor",
      component: "shell-local",
      name: "",
      attempt: 1,
    },
    { type: "ui", build: a, step: pp, level: "say", text: "Running local shell script: /tmp/s" },
    { type: "build-failed", build: a, name: "null.x", durationMs: 26.887, error, cancelled: false, started: true },
    {
      ...{ type: "build-finished", build: b, name: "file.f", durationMs: 2 },
      artifacts: [{ builderId: "packer.file", id: "File", description: "Stored file: f", files: ["f"] }],
    },
    { type: "run-finished", outcome: "failed", durationMs: 60, succeeded: 1, failed: 1 },
  ]);
  expect(text).toBe(`==> null.x: hi <sensitive>
==> null.x: a
==> null.x:${" "}
==> null.x: b
==> null.x:
==> null.x: Running post-processor:  (type shell-local)
==> null.x (shell-local): Running local shell script: /tmp/s
Build 'null.x' errored after 26 milliseconds 887 microseconds: ${error}
Build 'file.f' finished after 2 milliseconds.

==> Wait completed after 52 milliseconds 303 microseconds

==> Some builds didn't complete successfully and had errors:
--> null.x: ${error}

==> Builds finished. The artifacts of successful builds are:
--> file.f: Stored file: f
`);
});

test("what the engine does around provisioners has Packer's words", () => {
  const place = { build: a, step: shell };
  const text = render([
    ...plan,
    { type: "step-pausing", ...place, pauseMs: 10_000 },
    { type: "step-timeout-set", ...place, timeoutMs: 60_000 },
    { type: "step-timed-out", ...place, timeoutMs: 60_000 },
    { type: "step-retrying", ...place, error: 'bad "thing"', triesLeft: 2 },
    { type: "step-retries-exhausted", ...place },
    { type: "step-error-ignored", ...place, error: "bad" },
    { type: "provisioning-failed", build: a, error: "bad" },
    { type: "provisioning-aborted", build: a, error: "bad" },
  ]);
  expect(text).toBe(`==> null.x: Pausing 10s before the next provisioner...
==> null.x: Setting a 1m0s timeout for the next provisioner...
==> null.x: Cancelling provisioner after a timeout...
==> null.x: Provisioner failed with "bad \\"thing\\"", retrying with 2 trie(s) left
==> null.x: retry limit reached.
==> null.x: Warning: Provisioner failed with "bad", but continue_on_error is set; continuing the build.
==> null.x: Provisioning step had errors: Running the cleanup provisioner, if present...
`);
});

test("a cancelled run says so and nothing more", () => {
  const text = render([
    ...plan,
    { type: "cancel-requested", reason: "terminated" },
    {
      type: "build-failed",
      build: a,
      name: "null.x",
      durationMs: 1804,
      error: "context canceled",
      cancelled: true,
      started: true,
    },
    {
      ...{ type: "build-failed", build: b, name: "file.f", durationMs: 0 },
      ...{ error: "Build 'file.f' failed to acquire semaphore: context canceled", cancelled: true, started: false },
    },
    { type: "run-finished", outcome: "cancelled", durationMs: 1804, succeeded: 0, failed: 2 },
  ]);
  expect(text).toBe(`Cancelling build after receiving terminated
Build 'null.x' errored after 1 second 804 milliseconds: context canceled

==> Wait completed after 52 milliseconds 303 microseconds
Cleanly cancelled builds after being interrupted.
`);
});

test("colours are announced, and enclose a whole message; errors are red", () => {
  const text = render(
    [
      ...plan,
      { type: "ui", build: a, step: shell, level: "say", text: "one\ntwo" },
      { type: "ui", build: b, step: "00000000000000b1", level: "error", text: "bad" },
    ],
    { colours: true },
  );
  expect(text).toBe(
    "\u001b[1;32mnull.x: output will be in this color.\u001b[0m\n\u001b[1;36mfile.f: output will be in this color.\u001b[0m\n\n" +
      "\u001b[1;32m==> null.x: one\n==> null.x: two\u001b[0m\n\u001b[1;31m==> file.f: bad\u001b[0m\n",
  );
});

test("timestamps stand before the first line of what builds say", () => {
  const text = render([...plan, { type: "ui", build: a, step: shell, level: "say", text: "one\ntwo" }], {
    timestamps: true,
  });
  expect(text).toMatch(/^1970-01-01T\d\d:16:40(Z|[+-]\d\d:\d\d): ==> null\.x: one\n==> null\.x: two\n$/);
});

test("machines get items for errors and artifacts between the lines", () => {
  const text = render(
    [
      ...plan,
      {
        type: "build-failed",
        build: b,
        name: "file.f",
        durationMs: 1,
        error: "no, thanks",
        cancelled: false,
        started: true,
      },
      {
        ...{ type: "build-finished", build: a, name: "null.x", durationMs: 2 },
        artifacts: [{ builderId: "fnoeding.null", id: "Null", description: "Nothing", files: ["f"] }],
      },
      { type: "run-finished", outcome: "failed", durationMs: 60, succeeded: 1, failed: 1 },
    ],
    { machine: true },
  );
  expect(text.split("\n").slice(2)).toEqual([
    "1000,,ui,say,\\n==> Wait completed after 52 milliseconds 303 microseconds",
    "1000,,error-count,1",
    "1000,,ui,error,\\n==> Some builds didn't complete successfully and had errors:",
    "1000,file.f,error,no%!(PACKER_COMMA) thanks",
    "1000,,ui,error,--> file.f: no%!(PACKER_COMMA) thanks",
    "1000,,ui,say,\\n==> Builds finished. The artifacts of successful builds are:",
    "1000,null.x,artifact-count,1",
    "1000,null.x,artifact,0,builder-id,fnoeding.null",
    "1000,null.x,artifact,0,id,Null",
    "1000,null.x,artifact,0,string,Nothing",
    "1000,null.x,artifact,0,files-count,1",
    "1000,null.x,artifact,0,file,0,f",
    "1000,null.x,artifact,0,end",
    "1000,,ui,say,--> null.x: Nothing",
    "",
  ]);
});
