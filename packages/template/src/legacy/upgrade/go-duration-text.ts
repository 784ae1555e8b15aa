const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Writes a duration as Go does: `1h30m0s`, `1.5s`, `100ms`. */
export function goDurationText(ms: number): string {
  if (ms === 0) return "0s";
  if (ms < 1e-3) return `${Math.round(ms * 1e6)}ns`;
  if (ms < 1) return `${fraction(ms * 1e3)}µs`;
  if (ms < SECOND_MS) return `${fraction(ms)}ms`;
  const hours = Math.floor(ms / HOUR_MS);
  const minutes = Math.floor((ms % HOUR_MS) / MINUTE_MS);
  const seconds = `${fraction((ms % MINUTE_MS) / SECOND_MS)}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** At most nine digits after the point. */
function fraction(value: number): string {
  return String(Math.round(value * 1e9) / 1e9);
}
