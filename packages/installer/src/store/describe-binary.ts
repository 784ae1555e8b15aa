import { spawn } from "node:child_process";
import { clearTimeout, setTimeout as startTimer } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { isError, messageOf } from "@ingot/diag";
import { envWithoutSecrets } from "../env-without-secrets.js";
import { InstallError } from "../install-error.js";
import { printable } from "../printable.js";
import { systemCodeOf } from "../system-code.js";

/** What a Packer plugin says of itself, as far as installing needs it. */
export interface BinaryDescription {
  readonly version: string;
  /** Such as `x5.0`. */
  readonly apiVersion: string;
}

const MOST_OUTPUT = 1 << 20;

/**
 * Runs `FILE describe` and reads the JSON that it prints. Rejects with InstallError when it can't be run, takes too long, fails,
 * or prints something else. The process and what it started are gone afterwards.
 */
export async function describeBinary(
  file: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<BinaryDescription> {
  signal.throwIfAborted();
  const output = await runWhenWritten(file, timeoutMs, signal);
  try {
    const { version, api_version: apiVersion } = JSON.parse(output) as Record<string, unknown>;
    if (typeof version === "string" && typeof apiVersion === "string") return { version, apiVersion };
  } catch {
    // told below
  }
  throw new InstallError(
    `"describe" printed ${JSON.stringify(printable(output, 80))}, not what a plugin says of itself`,
  );
}

/** A file that was just written may still be open in a process that is about to start another program. */
async function runWhenWritten(file: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await run(file, timeoutMs, signal);
    } catch (error) {
      if (tries === 5 || !isError(error) || systemCodeOf(error.cause) !== "ETXTBSY") throw error;
      await setTimeout(20 * tries, undefined, { signal });
    }
  }
}

function run(file: string, timeoutMs: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const isGroup = process.platform !== "win32";
    const child = spawn(file, ["describe"], {
      stdio: ["ignore", "pipe", "ignore"],
      detached: isGroup,
      env: envWithoutSecrets(process.env),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    let failure: Error | undefined;
    const stop = (reason: Error) => {
      failure ??= reason;
      killGroup(child.pid, isGroup);
      child.stdout.destroy(); // what it started may hold it open
    };
    const timer = startTimer(() => {
      stop(new InstallError(`"describe" took more than ${timeoutMs / 1000} seconds`));
    }, timeoutMs);
    const onAbort = () => {
      stop(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const finish = (outcome: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      outcome();
    };
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_OUTPUT) stop(new InstallError(`"describe" printed more than ${MOST_OUTPUT} bytes`));
      else chunks.push(chunk);
    });
    child.once("error", (error) => {
      finish(() => {
        reject(new InstallError(`it can't be run: ${messageOf(error)}`, { cause: error }));
      });
    });
    child.once("exit", (code, killedBy) => {
      if (code !== 0) failure ??= new InstallError(`"describe" ended with ${killedBy ?? `exit code ${code}`}`);
    });
    child.once("close", () => {
      killGroup(child.pid, isGroup);
      finish(() => {
        if (failure === undefined) resolve(Buffer.concat(chunks).toString("utf8"));
        else reject(failure);
      });
    });
  });
}

function killGroup(pid: number | undefined, isGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isGroup ? -pid : pid, "SIGKILL");
  } catch {
    // gone already
  }
}
