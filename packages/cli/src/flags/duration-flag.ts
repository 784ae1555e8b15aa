import { parseGoDuration } from "@ingot/template";
import { FlagValueError, type Flag } from "./parse-flags.js";

/** A time such as 90s, 1h30m or 0; its value is in milliseconds. */
export function durationFlag(): Flag<number> {
  return {
    initial: 0,
    isSwitch: false,
    apply: (text) => {
      const parsed = parseGoDuration(text);
      if ("problem" in parsed || parsed.nanoseconds < 0n) throw new FlagValueError("parse error");
      return Number(parsed.nanoseconds) / 1e6;
    },
  };
}
