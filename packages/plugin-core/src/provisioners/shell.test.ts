import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { messages, shown, useCorePlugin } from "../testing/core-plugin.js";
import { recordingMachine, steady, type Answer } from "../testing/recording-machine.js";

const core = useCorePlugin();

async function provision(config: object, answer?: (command: string) => Answer, options?: { failUploads: number }) {
  const machine = recordingMachine(answer, options);
  const build = { buildName: "n", builderType: "t" };
  const outcome = await core.plugin.provision("shell", config as Record<string, unknown>, {
    machine,
    generatedData: { ID: "i-1", PackerHTTPAddr: "1.2.3.4:80" },
    build,
  });
  const files = Object.fromEntries([...machine.files].map(([path, text]) => [steady(path), text]));
  return { calls: machine.calls.map(steady), files, lines: shown(outcome).map(steady), errors: messages(outcome) };
}

const VARS = "PACKER_BUILDER_TYPE='t' PACKER_BUILD_NAME='n' PACKER_HTTP_ADDR='1.2.3.4:80' ";

test("uploads, runs and removes an inline script", async () => {
  const { calls, files, lines, errors } = await provision({ inline: ['echo {{ "{{.ID}}" }}', "true"] }, (command) =>
    command.includes("chmod +x") ? { stdout: "out\n", stderr: "err" } : 0,
  );
  expect(errors).toEqual([]);
  expect(calls).toEqual([
    "upload /tmp/script_N.sh -",
    "chmod 0755 /tmp/script_N.sh",
    `chmod +x /tmp/script_N.sh; ${VARS} /tmp/script_N.sh`,
    "rm -f /tmp/script_N.sh",
  ]);
  expect(files).toEqual({ "/tmp/script_N.sh": "#!/bin/sh -e\necho i-1\ntrue\n" });
  expect(lines[0]).toMatch(/^Provisioning with shell script: .*packer-shellN$/);
  expect([...lines.slice(1)].sort()).toEqual(["!err", "out"]);
});

test.each([
  { name: "keeps a shebang among the lines", config: { inline: ["#!/bin/bash", "x"] }, want: "#!/bin/bash\nx\n" },
  {
    name: "writes a shebang that is set before one among the lines",
    config: { inline: ["#!/bin/bash"], inline_shebang: "/bin/zsh" },
    want: "#!/bin/zsh\n#!/bin/bash\n",
  },
])("$name", async ({ config, want }) => {
  expect(Object.values((await provision(config)).files)).toEqual([want]);
});

test("passes variables in a file, and removes it after the scripts", async () => {
  const { calls, files } = await provision({
    inline: ["a"],
    use_env_var_file: true,
    remote_folder: "/opt",
    env: { A: "it's" },
    environment_vars: ["A=x", "B=b=c"],
  });
  expect(calls).toEqual([
    "upload /opt/varfile_N.sh 600",
    "chmod 0600 /opt/varfile_N.sh",
    "upload /opt/script_N.sh -",
    "chmod 0755 /opt/script_N.sh",
    "chmod +x /opt/script_N.sh; . /opt/varfile_N.sh && /opt/script_N.sh",
    "rm -f /opt/script_N.sh",
    "rm -f /opt/varfile_N.sh",
  ]);
  expect(files["/opt/varfile_N.sh"]).toContain(`export A='it'"'"'s'\nexport B='b=c'\n`);
});

test.each([
  { name: "remote_file", config: { remote_file: "x.sh" }, want: "/tmp/x.sh" },
  { name: "remote_path wins", config: { remote_file: "x.sh", remote_path: "/a/b" }, want: "/a/b" },
])("puts the script where it is told: $name", async ({ config, want }) => {
  expect((await provision({ inline: ["a"], ...config })).calls[0]).toBe(`upload ${want} -`);
});

test("runs the command of the template, with its format of variables", async () => {
  const config = {
    inline: ["a"],
    execute_command: "sudo {{.Vars}}bash {{.Path}} {{.ID}} {{build_name}}",
    env_var_format: "%s=%s;",
    remote_path: "/s",
    skip_clean: true,
  };
  const { calls } = await provision(config);
  const vars = "PACKER_BUILDER_TYPE=t;PACKER_BUILD_NAME=n;PACKER_HTTP_ADDR=1.2.3.4:80;";
  expect(calls).toEqual(["upload /s -", "chmod 0755 /s", `sudo ${vars}bash /s i-1 n`]);
});

test("converts line ends unless binary", async () => {
  writeFileSync(join(core.folder, "dos.sh"), "a\r\nb");
  expect((await provision({ script: "dos.sh", remote_path: "/s" })).files).toEqual({ "/s": "a\nb\n" });
  expect((await provision({ script: "dos.sh", remote_path: "/s", binary: true })).files).toEqual({ "/s": "a\r\nb" });
});

describe("statuses", () => {
  const status = (code: number) => (command: string) => (command.startsWith("chmod +x") ? code : 0);
  test.each([
    {
      name: "refuses others",
      code: 3,
      config: {},
      want: ["Script exited with non-zero exit status: 3. Allowed exit codes are: [0]"],
    },
    { name: "takes a list", code: 3, config: { valid_exit_codes: [1, 3] }, want: [] },
    {
      name: "refuses 0 when the list has others",
      code: 0,
      config: { valid_exit_codes: [1, 3] },
      want: ["Script exited with non-zero exit status: 0. Allowed exit codes are: [1 3]"],
    },
    { name: "takes a disconnect that is expected", code: 2300218, config: { expect_disconnect: true }, want: [] },
  ])("$name", async ({ code, config, want }) => {
    expect((await provision({ inline: ["a"], ...config }, status(code))).errors).toEqual(want);
  });
  test.each([{}, { valid_exit_codes: [0, 2300218] }])("refuses a disconnect: %j", async (config) => {
    const { errors } = await provision({ inline: ["a"], ...config }, status(2300218));
    expect(errors[0]).toMatch(/^Script disconnected unexpectedly\. If you expected/);
  });
});

test("tries again when an upload or the start fails, and not when the script fails", async () => {
  const { calls, errors } = await provision({ inline: ["a"], remote_path: "/s" }, undefined, { failUploads: 1 });
  expect(errors).toEqual([]);
  expect(calls.filter((call) => call === "upload /s -")).toHaveLength(2);
});

test("gives up after start_retry_timeout, and says why", async () => {
  const { errors } = await provision({ inline: ["a"], start_retry_timeout: "1ms" }, undefined, { failUploads: 9 });
  expect(errors).toEqual(["Error uploading script: no room"]);
});

test.each([
  { status: 1, want: /^Error removing temporary script at \/s!$/ },
  { status: 2300218, want: /^Disconnect while removing temporary script\.$/ },
])("fails when the script can't be removed: $status", async ({ status, want }) => {
  const config = { inline: ["a"], remote_path: "/s", start_retry_timeout: "1ms" };
  const { errors } = await provision(config, (command) => (command.startsWith("rm") ? status : 0));
  expect(errors[0]).toMatch(want);
});

test("pauses at the end", async () => {
  const { lines } = await provision({ inline: ["a"], pause_after: "10ms" });
  expect(lines.at(-1)).toBe("Pausing 10ms after this provisioner...");
});

test.each([
  { config: { inline: ['{{ "{{build `Nope`}}" }}'] }, want: /^Error interpolating Inline: / },
  { config: { inline: ["a"], execute_command: "{{build `Nope`}}" }, want: /^Error processing command: / },
])("says where a template fails: %j", async ({ config, want }) => {
  expect((await provision(config)).errors.join("\n")).toMatch(want);
});
