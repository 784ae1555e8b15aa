/** Writes a duration for messages: "60 seconds". */
export function secondsText(ms: number): string {
  const seconds = ms / 1000;
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}
