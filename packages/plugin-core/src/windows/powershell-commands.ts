/** How scripts are run, from the options of `powershell`. */
export interface PowershellOptions {
  /** In lower case. */
  readonly policy: string;
  readonly usesPwsh: boolean;
  /** The level of `Set-PsDebug -Trace`. 0: not at all. */
  readonly debugMode: number;
}

export const EXECUTION_POLICIES = [
  "bypass",
  "allsigned",
  "default",
  "remotesigned",
  "restricted",
  "undefined",
  "unrestricted",
  "none",
];

/** The command that runs an inline script, which sees to its variables and exit code itself. */
export function inlineCommand({ policy, usesPwsh }: PowershellOptions): string {
  // Without a policy there is no program either: for containers whose entry point is PowerShell.
  if (policy === "none") return "-file {{.Path}}";
  return `${usesPwsh ? "pwsh" : "powershell"} -executionpolicy ${policy} -file {{.Path}}`;
}

/** The command that runs a script of the user's. */
export function scriptCommand({ policy, usesPwsh, debugMode }: PowershellOptions): string {
  const quiet =
    "if (Test-Path variable:global:ProgressPreference)" +
    "{set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'};";
  const trace = debugMode === 0 ? "" : `Set-PsDebug -Trace ${debugMode};`;
  const body = `& { ${quiet}${trace}. {{.Vars}}; &'{{.Path}}'; exit $LastExitCode }`;
  if (policy === "none") return body;
  return usesPwsh
    ? `pwsh -executionpolicy ${policy} -command "${body}"`
    : `powershell -executionpolicy ${policy} "${body}"`;
}

/** The file for `inline`: variables and lines, and an exit code that tells of failures that PowerShell itself would pass over. */
export function inlineScript({
  variables,
  lines,
  debugMode,
}: {
  readonly variables: string;
  readonly lines: readonly string[];
  readonly debugMode: number;
}): string {
  return `if (Test-Path variable:global:ProgressPreference) {
	set-variable -name variable:global:ProgressPreference -value 'SilentlyContinue'
}
${debugMode === 0 ? "" : `Set-PsDebug -Trace ${debugMode}\n`}$exitCode = 0
try {
	${variables}
	${lines.join("\n\t")}
	$exitCode = 0
} catch {
	$exitCode = 1
	Write-Error "An error occurred: $_" -ErrorAction Continue
}
if ((Test-Path variable:global:LastExitCode) -and $null -ne $global:LastExitCode -and $global:LastExitCode -ne 0) {
	$exitCode = $global:LastExitCode
}
exit $exitCode
`;
}
