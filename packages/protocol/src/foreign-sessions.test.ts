import { execFileSync, spawn } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
} from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import { derToPem, makeSelfSignedCertificate } from "./certificate.js";
import { ResourceRecord_State, type Artifact } from "./gen/ingot/plugin/v1/artifact.js";
import {
  CommunicatorServiceService,
  type ExecRequest,
  type ExecResponse,
  type UploadRequest,
} from "./gen/ingot/plugin/v1/communicator.js";
import { PluginServiceService, type MachineReady, type RunResult } from "./gen/ingot/plugin/v1/plugin.js";
import type { CommunicatorRef, SessionResult } from "./gen/ingot/plugin/v1/session.js";
import { pathOf, useForeignPlugins } from "./testing/foreign-plugins.js";
import { grant, listFolder, postProcess, startBuild, startProvisioner } from "./testing/foreign-sessions.js";
import { exec } from "./testing/machine-calls.js";
import { blocks, text, textMap, truth } from "./testing/plugin-driver.js";

const plugins = useForeignPlugins();
plugins.describe("sessions of plugins in other languages", () => {
  test("a build: Go makes the machine, Python provisions it directly and checks the files", async () => {
    const [go, python] = await Promise.all([plugins.start(plugins.go), plugins.start(plugins.python)]);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {
      file: blocks({ path: text("bin/hello"), content: text("#!/bin/sh\necho hi\n"), executable: truth(true) }),
      environment: textMap({ COLOUR: "blue" }),
      secret: text("s3cret"),
    });
    const ready = await build.next<MachineReady>("machineReady");
    expect(Object.keys(ready.generatedData?.values ?? {}).sort()).toEqual(["ID", "Path"]);
    expect(build.secrets).toEqual(["s3cret"]);
    expect(build.resources.map(({ state }) => state)).toEqual([
      ResourceRecord_State.PLANNED,
      ResourceRecord_State.CREATED,
    ]);
    const machine = await grant(go, ready);

    const provisioner = await startProvisioner(python, workingDirectory, machine, {
      content: text("machine @{ID}, password @{password}\n"),
      secrets: textMap({ password: "hunter2" }),
      mode: text("0600"),
      then: blocks(
        { command: text("printf 'one\\ntw'; sleep 0.05; printf 'o\\nthree'; echo bad >&2") },
        { command: text('echo "$COLOUR $FOLDER_SECRET $SIZE"; ./bin/hello'), environment: textMap({ SIZE: "XL" }) },
      ),
    });
    expect(await provisioner.next<SessionResult>("result")).toEqual({ diagnostics: [], cancelled: false });
    await provisioner.ended();
    expect(provisioner.secrets).toEqual(["hunter2"]);
    expect(provisioner.said.join("\n").split("\n")).toEqual([
      "Rendering etc/app.conf",
      "one",
      "two",
      "three",
      "blue s3cret XL",
      "hi",
    ]);
    expect(provisioner.complained).toEqual(["bad"]);

    await go.unary(CommunicatorServiceService.revoke, { token: machine.token });
    build.call.write({ message: { $case: "provisionDone", value: { diagnostics: [], keepResources: false } } });
    const { result, artifact } = await build.next<RunResult>("result");
    await build.ended();
    expect(result).toEqual({ diagnostics: [], cancelled: false });
    const output = join(workingDirectory, "out");
    expect(artifact?.files).toEqual([join(output, "bin/hello"), join(output, "etc/app.conf")]);
    expect(readFileSync(join(output, "etc/app.conf"), "utf8")).toBe(`machine ${machine.handle}, password hunter2\n`);
    expect(statSync(join(output, "etc/app.conf")).mode & 0o777).toBe(0o600);
    expect(build.resources.at(-1)?.state).toBe(ResourceRecord_State.RELEASED);
    expect(readdirSync(workingDirectory)).toEqual(["out"]);

    const processed = await postProcess(python, workingDirectory, artifact as Artifact);
    expect(processed.artifact?.files).toEqual([join(workingDirectory, "SUMS")]);
    expect(processed.keepInput).toBe(true);
    execFileSync("sha256sum", ["--check", "--strict", "SUMS"], { cwd: workingDirectory, stdio: "pipe" });

    const listed = await listFolder(go, output);
    expect(listed).toMatchObject({ total_bytes: "61" });

    await python.unary(PluginServiceService.destroyArtifact, { artifact: processed.artifact });
    await go.unary(PluginServiceService.destroyArtifact, { artifact });
    await go.unary(PluginServiceService.destroyArtifact, { artifact }); // already gone is no error
    expect(readdirSync(workingDirectory)).toEqual([]);
  });

  test("a failed command points at its block, and the failed build leaves nothing", async () => {
    const [go, python] = await Promise.all([plugins.start(plugins.go), plugins.start(plugins.python)]);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const provisioner = await startProvisioner(python, workingDirectory, machine, {
      content: text("x"),
      then: blocks({ command: text("true") }, { command: text("exit 3") }),
    });
    const failed = await provisioner.next<SessionResult>("result");
    expect(failed.diagnostics.map((diagnostic) => `${diagnostic.detail} ${pathOf(diagnostic)}`)).toEqual([
      "The command exited with status 3. then.1.command",
    ]);
    build.call.write({
      message: { $case: "provisionDone", value: { diagnostics: failed.diagnostics, keepResources: false } },
    });
    const { result, artifact } = await build.next<RunResult>("result");
    expect(result?.diagnostics).toHaveLength(1);
    expect(artifact).toBeUndefined();
    await build.ended();
    expect(readdirSync(workingDirectory)).toEqual([]);
  });

  test("cancelling a provisioner kills its command, cancelling the builder removes the machine", async () => {
    const [go, python] = await Promise.all([plugins.start(plugins.go), plugins.start(plugins.python)]);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const provisioner = await startProvisioner(python, workingDirectory, machine, {
      content: text("x"),
      then: blocks({ command: text("echo $$; sleep 600 & echo $!; wait") }),
    });
    await provisioner.until(() => provisioner.said.join("\n").split("\n").length === 3);
    const pids = provisioner.said.join("\n").split("\n").slice(1).map(Number);
    expect(pids.every(isAlive)).toBe(true);

    const cancelledAt = performance.now();
    provisioner.command({ $case: "cancel", value: { reason: "interrupted", graceMs: 0n } });
    expect(await provisioner.next<SessionResult>("result")).toEqual({ diagnostics: [], cancelled: true });
    await provisioner.ended();
    await waitUntil(() => !pids.some(isAlive));
    expect(performance.now() - cancelledAt).toBeLessThan(1_000);

    build.command({ $case: "cancel", value: { reason: "interrupted", graceMs: 0n } });
    const { result, artifact } = await build.next<RunResult>("result");
    expect({ result, artifact }).toEqual({ result: { diagnostics: [], cancelled: true }, artifact: undefined });
    await build.ended();
    expect(readdirSync(workingDirectory)).toEqual([]);
  });

  test("a vanished host leaves no command, no folder and no socket", async () => {
    const go = await plugins.start(plugins.go);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    build.call.on("error", () => {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const call = exec(go, machine, { command: { $case: "shellCommand", value: "echo $$; sleep 600" } });
    await call.until(() => call.stdout.includes("\n"));
    const pid = Number(call.stdout);
    go.process.stdin?.end();
    await go.waitForExit(2_000);
    await waitUntil(() => !isAlive(pid));
    expect(readdirSync(workingDirectory)).toEqual([]);
    expect(go.sockets()).toEqual([]);
  });

  test("a crash ends the commands, and a new process removes the machine by its record", async () => {
    const go = await plugins.start(plugins.go);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    build.call.on("error", () => {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    const call = exec(go, machine, { command: { $case: "shellCommand", value: "sleep 600 & echo $$ $!; wait" } });
    await call.until(() => call.stdout.includes("\n"));
    const pids = call.stdout.split(" ").map(Number);
    go.process.kill("SIGKILL");
    await go.exited;
    await waitUntil(() => !pids.some(isAlive));
    expect(readdirSync(workingDirectory)).toHaveLength(1);
    const again = await plugins.start(plugins.go);
    const resource = build.resources.at(-1);
    expect(await again.unary(PluginServiceService.destroyResource, { resource })).toEqual({ diagnostics: [] });
    expect(await again.unary(PluginServiceService.destroyResource, { resource })).toEqual({ diagnostics: [] });
    expect(readdirSync(workingDirectory)).toEqual([]);
  });

  test("a provisioner says that there is no machine", async () => {
    const python = await plugins.start(plugins.python);
    const provisioner = await startProvisioner(python, plugins.makeDir(), undefined, { content: text("x") });
    const { diagnostics } = await provisioner.next<SessionResult>("result");
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["No machine"]);
  });

  test("a provisioner says that it cannot reach its machine", async () => {
    const [go, python] = await Promise.all([plugins.start(plugins.go), plugins.start(plugins.python)]);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    build.call.on("error", () => {});
    const machine = await grant(go, await build.next<MachineReady>("machineReady"));
    go.process.kill("SIGKILL");
    await go.exited;
    const provisioner = await startProvisioner(python, workingDirectory, machine, { content: text("x") });
    const { diagnostics } = await provisioner.next<SessionResult>("result");
    expect(diagnostics.map(({ summary }) => summary)).toEqual(["Cannot use the machine"]);
  });

  test("with TLS Go serves its machine on a listener of its own, which makes no tokens", async () => {
    const certificate = makeSelfSignedCertificate();
    const [go, python] = await Promise.all([
      plugins.start(plugins.go, { certificate }),
      plugins.start(plugins.python, { certificate }),
    ]);
    const workingDirectory = plugins.makeDir();
    const build = await startBuild(go, workingDirectory, {});
    build.call.on("error", () => {});
    const { communicator } = await build.next<MachineReady>("machineReady");
    const { handle, endpoint, serverCertificate } = communicator as CommunicatorRef;
    expect(endpoint).not.toBe(go.endpoint);
    const granted = await go.unary(CommunicatorServiceService.grant, { handle });
    const provisioner = await startProvisioner(python, workingDirectory, granted.communicator, {
      content: text("x"),
      then: blocks({ command: text("echo safe") }),
    });
    expect(await provisioner.next<SessionResult>("result")).toEqual({ diagnostics: [], cancelled: false });
    expect(provisioner.said).toContain("safe");

    const stranger = new Client(endpoint, credentials.createSsl(Buffer.from(derToPem(serverCertificate))), {
      "grpc.ssl_target_name_override": "localhost",
      "grpc.default_authority": "localhost",
    });
    const { path, requestSerialize, responseDeserialize } = CommunicatorServiceService.grant;
    const refused = await new Promise<unknown>((resolve) =>
      stranger.makeUnaryRequest(path, requestSerialize, responseDeserialize, { handle }, resolve),
    );
    stranger.close();
    expect(refused).toMatchObject({ code: 7 });

    go.process.stdin?.end();
    await go.waitForExit(2_000);
    expect(go.sockets()).toEqual([]);
  });

  test("Python reaches a machine through mutual TLS", async () => {
    const certificate = makeSelfSignedCertificate();
    const python = await plugins.start(plugins.python, { certificate });
    const machine = await startTlsMachine(certificate);
    try {
      const provisioner = await startProvisioner(
        python,
        plugins.makeDir(),
        {
          endpoint: `tcp:127.0.0.1:${machine.port}`,
          handle: "h",
          token: "t",
          type: "test",
          serverCertificate: certificate.der,
          clientCertificate: certificate.der,
          clientKey: createPrivateKey(certificate.key).export({ type: "pkcs8", format: "der" }),
        },
        { content: text("x"), then: blocks({ command: text("echo safe") }) },
      );
      expect(await provisioner.next<SessionResult>("result")).toEqual({ diagnostics: [], cancelled: false });
      expect(provisioner.said).toContain("safe");
      expect(machine.uploaded).toEqual(["x"]);
    } finally {
      machine.server.forceShutdown();
    }
  });
});

/** A machine of this process that lets in only whoever has the certificate. */
async function startTlsMachine({ certificate, key }: { readonly certificate: string; readonly key: string }) {
  const server = new Server();
  const uploaded: string[] = [];
  server.addService(CommunicatorServiceService, {
    upload(call: ServerReadableStream<UploadRequest, unknown>, reply: (error: null, response: unknown) => void) {
      let content = "";
      call.on("data", ({ message }: UploadRequest) => {
        if (message?.$case === "chunk") content += message.value.toString();
      });
      call.on("end", () => {
        uploaded.push(content);
        reply(null, { diagnostics: [] });
      });
    },
    exec(call: ServerDuplexStream<ExecRequest, ExecResponse>) {
      call.once("data", ({ message }: ExecRequest) => {
        const command = message?.$case === "start" ? message.value.command : undefined;
        const child = spawn("/bin/sh", ["-c", command?.$case === "shellCommand" ? command.value : "exit 1"]);
        child.stdout.on("data", (value: Buffer) => call.write({ message: { $case: "stdout", value } }));
        child.on("close", (status) => {
          const exit = { status: status ?? 1, signal: "", disconnected: false, diagnostics: [] };
          call.write({ message: { $case: "exit", value: exit } });
          call.end();
        });
      });
    },
  });
  const pair = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }];
  const security = ServerCredentials.createSsl(Buffer.from(certificate), pair, true);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", security, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  return { server, port, uploaded };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")); // one that nobody has waited for is dead too
  } catch {
    return false;
  }
}

/** Polls, for what gives no event; the test's own time limit ends it. */
async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
