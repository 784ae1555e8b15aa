import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";
import { recordingMachine, steady, type Answer } from "../testing/recording-machine.js";

const core = useCorePlugin();

async function provision(name: string, config: object, answer?: (command: string) => Answer) {
  const machine = recordingMachine(answer);
  const outcome = await core.plugin.provision(name, config as Record<string, unknown>, {
    machine,
    generatedData: { ID: "i-1", WinRMPassword: "p$w" },
    build: { buildName: "n", builderType: "t" },
  });
  const files = Object.fromEntries([...machine.files].map(([path, text]) => [steady(path), steady(text)]));
  return { calls: machine.calls.map(steady), files, lines: shown(outcome).map(steady), errors: messages(outcome) };
}

const SCRIPT = "c:/Windows/Temp/script-UUID.ps1";
const VARIABLES = "c:/Windows/Temp/packer-ps-env-vars-UUID.ps1";
const CLEANUP = "c:/Windows/Temp/packer-cleanup-UUID.ps1";
const QUIET =
  "if (Test-Path variable:global:ProgressPreference){set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'};";

describe("powershell", () => {
  writeFileSync(join(core.folder, "a.ps1"), "dir\r\n");

  test("runs an inline script with its variables in it, and cleans up", async () => {
    const config = {
      inline: ['echo {{ "{{.ID}}" }}', "exit 0"],
      environment_vars: ["A=$x\"`'"],
      env: { B: '{{ "{{.ID}}" }}' },
    };
    const { calls, files, lines, errors } = await provision("powershell", config);
    expect(errors).toEqual([]);
    expect(calls).toEqual([
      `upload ${VARIABLES} -`,
      `upload ${SCRIPT} 600`,
      `powershell -executionpolicy bypass -file ${SCRIPT}`,
      `upload ${CLEANUP} -`,
      `powershell -executionpolicy bypass -file ${CLEANUP}`,
    ]);
    const variables = '$env:A="`$x`"```\'"; $env:B="i-1"; $env:PACKER_BUILDER_TYPE="t"; $env:PACKER_BUILD_NAME="n"; ';
    expect(files[VARIABLES]).toBe(variables);
    expect(files[SCRIPT]).toContain(`try {\n\t${variables}\n\techo i-1\n\texit 0\n\t$exitCode = 0\n} catch {`);
    expect(files[CLEANUP]).toBe(
      [VARIABLES, SCRIPT, CLEANUP].map((file) => `if (Test-Path ${file}) {Remove-Item ${file}}\n`).join(""),
    );
    expect(lines[0]).toBe("Provisioning with Powershell...");
    expect(lines[1]).toMatch(/^Provisioning with powershell script: .*powershell-provisionerN$/);
  });

  const body = `& { ${QUIET}. ${VARIABLES}; &'${SCRIPT}'; exit $LastExitCode }`;
  const traced = body.replace(QUIET, `${QUIET}Set-PsDebug -Trace 2;`);
  test.each([
    { config: { script: "a.ps1" }, want: `powershell -executionpolicy bypass "${body}"` },
    { config: { script: "a.ps1", use_pwsh: true }, want: `pwsh -executionpolicy bypass -command "${body}"` },
    { config: { script: "a.ps1", execution_policy: "None" }, want: body },
    { config: { script: "a.ps1", execution_policy: "4" }, want: `powershell -executionpolicy restricted "${body}"` },
    { config: { script: "a.ps1", debug_mode: 2 }, want: `powershell -executionpolicy bypass "${traced}"` },
    { config: { inline: ["a"], use_pwsh: true }, want: `pwsh -executionpolicy bypass -file ${SCRIPT}` },
    { config: { inline: ["a"], execution_policy: "none" }, want: `-file ${SCRIPT}` },
    {
      config: { inline: ["a"], execute_command: "run {{.Path}} {{.Vars}} {{.ID}}" },
      want: `run ${SCRIPT} ${VARIABLES} i-1`,
    },
  ])("runs the command for $config", async ({ config, want }) => {
    const { calls } = await provision("powershell", { ...config, skip_clean: true });
    expect(calls.at(-1)).toBe(want);
  });

  test("puts files where it is told", async () => {
    const config = { script: "a.ps1", remote_path: "d:/x/", remote_env_var_path: "d:/v.ps1", skip_clean: true };
    const { calls } = await provision("powershell", config);
    expect(calls.slice(0, 2)).toEqual(["upload d:/v.ps1 -", "upload d:/x/a.ps1 644"]);
  });

  test("runs scripts of another user by a scheduled task", async () => {
    const config = {
      inline: ["a"],
      elevated_user: "it's me",
      elevated_password: `{{ "{{.WinRMPassword}}" }}'<`,
      skip_clean: true,
    };
    const { calls, files } = await provision("powershell", config);
    const script = "C:/Windows/Temp/packer-elevated-shell-UUID.ps1";
    expect(calls).toEqual([
      `upload ${VARIABLES} -`,
      `upload ${script} -`,
      `upload ${SCRIPT} 600`,
      `powershell -executionpolicy bypass -file "${script}"`,
    ]);
    const golden = new URL("../../testdata/elevated-script.golden", import.meta.url);
    if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(golden, files[script] ?? "");
    expect(files[script]).toBe(readFileSync(golden, "utf8"));
  });

  test("runs scripts of a service account without a password", async () => {
    const { files } = await provision("powershell", { inline: ["a"], elevated_user: "SYSTEM", skip_clean: true });
    const text = files["C:/Windows/Temp/packer-elevated-shell-UUID.ps1"] ?? "";
    expect(text).toContain("$password = $null\n");
    expect(text).toContain("$logonType = 5\n");
    expect(text).not.toContain("<LogonType>");
  });

  test.each([
    { status: 3, config: {}, want: ["Script exited with non-zero exit status: 3. Allowed exit codes are: [0]"] },
    { status: 2300218, config: { valid_exit_codes: [2300218] }, want: [] },
  ])("checks the status $status", async ({ status, config, want }) => {
    const answer = (command: string): number => (command.includes("script-") ? status : 0);
    expect((await provision("powershell", { inline: ["a"], ...config }, answer)).errors).toEqual(want);
  });

  test("pauses at the end", async () => {
    const { lines } = await provision("powershell", { inline: ["a"], pause_after: "10ms" });
    expect(lines.at(-1)).toBe("Pausing 10ms after this provisioner...");
  });
});

describe("windows-shell", () => {
  test("uploads a batch file and runs it with variables before it", async () => {
    const config = { inline: ["dir", "ver"], env: { A: '%x%&"' }, environment_vars: ["B=b"] };
    const { calls, files, lines, errors } = await provision("windows-shell", config);
    expect(errors).toEqual([]);
    expect(calls).toEqual([
      "upload c:/Windows/Temp/script.bat -",
      'set "A=%x%&"" && set "B=b" && set "PACKER_BUILDER_TYPE=t" && set "PACKER_BUILD_NAME=n" && "c:/Windows/Temp/script.bat"',
    ]);
    expect(files["c:/Windows/Temp/script.bat"]).toBe("dir\nver\n");
    expect(lines[0]).toBe("Provisioning with windows-shell...");
    expect(lines[1]).toMatch(/^Provisioning with shell script: .*windows-shell-provisionerN$/);
  });

  test("does not convert line ends, and takes its options", async () => {
    writeFileSync(join(core.folder, "a.bat"), "ver\r\ndir");
    const config = {
      script: "a.bat",
      remote_path: "d:/a.bat",
      execute_command: "call {{.Path}} {{.Vars}}",
      env_var_format: "%s-%s ",
    };
    const { calls, files } = await provision("windows-shell", config);
    expect(files).toEqual({ "d:/a.bat": "ver\r\ndir" });
    expect(calls.at(-1)).toBe("call d:/a.bat PACKER_BUILDER_TYPE-t PACKER_BUILD_NAME-n ");
  });

  test("knows two fields only", async () => {
    const { errors } = await provision("windows-shell", { inline: ["a"], execute_command: "x\n {{.ID}}" });
    expect(errors).toEqual([
      'Error processing command: template: root:2:3: executing "root" at <.ID>: can\'t evaluate field ID in type *shell.ExecuteCommandTemplate',
    ]);
  });
});
