import type { Console } from "../console.js";
import { VERSION } from "../version.js";
import { setUpLog } from "./logger.js";

/** The log of a command around whatever its parts log. */
export interface CommandLog {
  /** The console whose `hasLog` tells the parts to go on in the same file. */
  readonly console: Console;
  /** Tells how the command ended. */
  end(status: number): void;
}

/** Begins the log with the version and the command, whatever command it is. Call it only when a log is wanted. Throws StartupError. */
export function startCommandLog(console: Console, command: string): CommandLog {
  const startedAt = performance.now();
  const plain = { mask: (text: string) => text, maskPiece: (_source: string, text: string) => text };
  const parts = { env: console.env, stderr: console.stderr, masks: plain };
  const begin = setUpLog(parts);
  begin.log("info", `Ingot version: ${VERSION} [node ${process.version} ${process.platform} ${process.arch}]`, {
    command,
  });
  begin.close();
  return {
    console: { ...console, hasLog: true },
    end: (status) => {
      const end = setUpLog({ ...parts, goesOn: true });
      end.log("info", "command ended", { command, status, tookMs: Math.round(performance.now() - startedAt) });
      end.close();
    },
  };
}
