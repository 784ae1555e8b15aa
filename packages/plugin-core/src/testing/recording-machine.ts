import type { CommandExit, Machine } from "@ingot/sdk";

/** How a recording machine answers a command: with a status, with output, or by not starting it. */
export type Answer = number | { readonly status?: number; readonly stdout?: string; readonly stderr?: string } | Error;

/** A machine that does nothing but write down what it is asked to do. */
export interface RecordingMachine extends Machine {
  /** Commands as they came, and `upload PATH MODE`, in order. */
  readonly calls: string[];
  /** The content of uploaded files by path; the last wins. */
  readonly files: Map<string, string>;
}

/** Makes a machine. Without an answer every command succeeds at once; `failUploads` refuses that many uploads first. */
export function recordingMachine(
  answer: (command: string) => Answer = () => 0,
  { failUploads = 0 }: { readonly failUploads?: number } = {},
): RecordingMachine {
  const calls: string[] = [];
  const files = new Map<string, string>();
  let refusals = failUploads;
  return {
    type: "recording",
    calls,
    files,
    async exec({ command }, io): Promise<CommandExit> {
      const line = typeof command === "string" ? command : JSON.stringify(command);
      calls.push(line);
      const given = answer(line);
      if (given instanceof Error) throw given;
      if (typeof given === "number") return { status: given };
      if (given.stdout !== undefined) await io.stdout(Buffer.from(given.stdout));
      if (given.stderr !== undefined) await io.stderr(Buffer.from(given.stderr));
      return { status: given.status ?? 0 };
    },
    async upload({ path, mode }, content) {
      let text = "";
      for await (const chunk of content) text += Buffer.from(chunk).toString();
      calls.push(`upload ${path} ${mode === undefined ? "-" : mode.toString(8)}`);
      if (refusals > 0) {
        refusals -= 1;
        throw new Error("no room");
      }
      files.set(path, text);
    },
    download: (path) => {
      calls.push(`download ${path}`);
      if (path.includes("missing")) return Promise.reject(new Error("there is no such file"));
      return Promise.resolve({
        file: { path, size: 4 },
        content: [Buffer.from("text")] as unknown as AsyncIterable<Buffer>,
      });
    },
    async uploadDir(destination, entries) {
      const names: string[] = [];
      for await (const { path, content } of entries) {
        names.push(path);
        if (content !== undefined) for await (const chunk of content) void chunk;
      }
      calls.push(`uploadDir ${destination}: ${names.sort().join(" ")}`);
    },
    async *downloadDir(source) {
      calls.push(`downloadDir ${source}`);
      await Promise.resolve();
      yield { path: "f", kind: "file", content: [Buffer.from("f")] as unknown as AsyncIterable<Buffer> };
    },
  };
}

/** Calls with random parts replaced: numbers in the names of scripts, UUIDs. */
export function steady(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(/(script|varfile)_\d+/g, "$1_N")
    .replaceAll(/(packer-shell|provisioner|pkr-file-content)\d+/g, "$1N");
}
