/** A moment in local time as RFC 3339 has it: `2026-01-02T15:04:05+01:00`. */
export function localTimestamp(timeMs: number): string {
  const time = new Date(timeMs);
  const offset = -time.getTimezoneOffset();
  const shifted = new Date(timeMs + offset * 60_000).toISOString().slice(0, 19);
  if (offset === 0) return `${shifted}Z`;
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `${shifted}${offset < 0 ? "-" : "+"}${twoDigits(hours)}:${twoDigits(minutes)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
