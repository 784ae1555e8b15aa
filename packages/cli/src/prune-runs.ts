import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";

/** How many journals of finished runs stay. */
const KEPT_RUNS = 50;
/** So many more may gather, since removing them takes as long as a short step. */
const SPARE_RUNS = 10;
/** A run without a last event that nobody has written to for so long is over. Its resources may still be there. */
const ABANDONED_MS = 90 * 24 * 3_600_000;
/** As much of the end of a journal as its last event can need. */
const TAIL_BYTES = 64 * 1024;

/**
 * Removes the oldest journals: of runs that ended, all but the newest ones; of runs that broke off, those of a quarter of a year ago. A
 * run that goes on has no last event yet, so it stays. Trouble is no reason to fail: the next run tries again.
 */
export function pruneRuns(
  stateDirectory: string,
  {
    keep,
    keptRuns = KEPT_RUNS,
    spareRuns = SPARE_RUNS,
    now = Date.now,
  }: { readonly keep: string; readonly keptRuns?: number; readonly spareRuns?: number; readonly now?: () => number },
): void {
  const runs = path.join(stateDirectory, "runs");
  try {
    const names = readdirSync(runs).filter((name) => name !== keep);
    // Most of the time there is nothing to do, and that must cost nothing.
    if (names.length < keptRuns + spareRuns) return;
    const byAge = names
      .map((name) => ({ name, changedMs: changedMs(path.join(runs, name)) }))
      .sort((a, b) => b.changedMs - a.changedMs);
    for (const { name, changedMs: changed } of byAge.slice(keptRuns - 1)) {
      const folder = path.join(runs, name);
      if (now() - changed > ABANDONED_MS || hasEnded(folder)) rmSync(folder, { recursive: true, force: true });
    }
  } catch {
    // There are no runs yet, or someone else removes them now.
  }
}

function changedMs(folder: string): number {
  return statSync(path.join(folder, "journal.jsonl"), { throwIfNoEntry: false })?.mtimeMs ?? statSync(folder).mtimeMs;
}

/** Whether the journal's last event is the run's last one. */
function hasEnded(folder: string): boolean {
  try {
    const text = readFileSync(path.join(folder, "journal.jsonl"), "utf8").slice(-TAIL_BYTES).trimEnd();
    return text.slice(text.lastIndexOf("\n") + 1).includes('"type":"run-finished"');
  } catch {
    return false;
  }
}
