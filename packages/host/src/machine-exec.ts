import type { MachineCommand } from "@ingot/engine";
import {
  bidi,
  CommunicatorServiceService,
  type BidiCall,
  type CommunicatorRef,
  type ExecRequest,
} from "@ingot/protocol";
import { hasErrors } from "@ingot/diag";
import type { PluginConnection } from "./plugin-connection.js";
import { decodeDiagnostics } from "./wire-diagnostic.js";

/** The largest message of standard input. */
const CHUNK_BYTES = 65_536;

type Call = BidiCall<ExecRequest, unknown>;

/** Runs a command on a machine that a plugin serves. Rejects when it can't be started, or with the signal's reason. */
export async function execOnMachine(
  plugin: PluginConnection,
  {
    request,
    access,
    signal,
  }: { readonly request: MachineCommand; readonly access: CommunicatorRef; readonly signal: AbortSignal },
): Promise<{ readonly exitCode: number }> {
  plugin.assertRunning();
  const call = bidi(plugin.client, CommunicatorServiceService.exec, { signal });
  await call.write({ message: { $case: "start", value: execStart(request, access) } });
  const sending = request.stdin === undefined ? undefined : sendInput(call, request.stdin);
  sending?.catch(() => call.cancel()); // who reads the input knows what is wrong with it
  request.terminal?.onResize?.(({ columns, rows }) => {
    const sent = call.write({ message: { $case: "resize", value: { columns, rows } } });
    sent.catch(() => undefined); // the command has ended
  });
  let exitCode: number | undefined;
  try {
    for await (const { message } of call) {
      if (message?.$case === "stdout") request.stdout(message.value);
      else if (message?.$case === "stderr") request.stderr(message.value);
      else if (message?.$case === "exit") {
        const diagnostics = decodeDiagnostics(message.value.diagnostics);
        const [problem] = diagnostics.filter((diagnostic) => hasErrors([diagnostic]));
        if (problem !== undefined) throw new Error([problem.summary, problem.detail].filter(Boolean).join(": "));
        exitCode = message.value.status;
        break;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw await plugin.explain("ran a command on its machine", error);
  }
  if (exitCode === undefined) throw plugin.violation("ended a command on its machine without an exit status");
  return { exitCode };
}

function execStart({ command, stdin, terminal }: MachineCommand, access: CommunicatorRef) {
  return {
    access: { handle: access.handle, token: access.token },
    command: { $case: "shellCommand" as const, value: command },
    ...{ environment: {}, workingDirectory: "" },
    terminal: terminal && { columns: terminal.columns, rows: terminal.rows },
    withStdin: stdin !== undefined,
  };
}

async function sendInput(call: Call, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of input) {
    for (let start = 0; start < chunk.length; start += CHUNK_BYTES) {
      const value = Buffer.from(chunk.subarray(start, start + CHUNK_BYTES));
      await call.write({ message: { $case: "stdin", value } });
    }
  }
  await call.write({ message: { $case: "stdinEnd", value: {} } });
}
