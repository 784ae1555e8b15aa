import { escapeXml, singleQuoted } from "./powershell-text.js";

export interface ElevatedTask {
  /** The name of the scheduled task. */
  readonly name: string;
  /** The command line for cmd. */
  readonly command: string;
  /** The file, as cmd names it, that gets the command's output. */
  readonly log: string;
  readonly user: string;
  /** Empty for service accounts, which have none. */
  readonly password: string;
}

/**
 * Writes a PowerShell script that runs a command with all rights of a user, which a remote session does not have on Windows: as a
 * scheduled task that is started at once, with its output copied while it runs and its exit code in the end. It leaves nothing behind.
 */
export function elevatedScript({ name, command, log, user, password }: ElevatedTask): string {
  const isService = password === "";
  const args = escapeXml(`/c ${command} > ${log} 2>&1`);
  return `$name = ${singleQuoted(name)}
$user = ${singleQuoted(user)}
$password = ${isService ? "$null" : singleQuoted(password)}
$log = [System.Environment]::ExpandEnvironmentVariables(${singleQuoted(log)})

$service = New-Object -ComObject 'Schedule.Service'
$service.Connect()
$definition = $service.NewTask($null)
$definition.XmlText = @'
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Packer elevated task</Description>
  </RegistrationInfo>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(user)}</UserId>${isService ? "" : "\n      <LogonType>Password</LogonType>"}
      <RunLevel>HighestAvailable</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>false</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <IdleSettings>
      <StopOnIdleEnd>false</StopOnIdleEnd>
      <RestartOnIdle>false</RestartOnIdle>
    </IdleSettings>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>4</Priority>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>cmd</Command>
      <Arguments>${args}</Arguments>
    </Exec>
  </Actions>
</Task>
'@

$folder = $service.GetFolder('\\')
$createOrUpdate = 6
$logonType = ${isService ? "5" : "1"}
$task = $folder.RegisterTaskDefinition($name, $definition, $createOrUpdate, $user, $password, $logonType, $null)
$task.Run($null) | Out-Null

$ready = 3
$running = 4
for ($second = 0; $second -lt 10 -and $task.State -ne $running; $second += 1) {
  Start-Sleep -Seconds 1
}

$reader = $null
$rest = ''
function Copy-Log {
  if ($null -eq $script:reader) {
    if (-not (Test-Path $log)) { return }
    $stream = [System.IO.File]::Open($log, 'Open', 'Read', 'ReadWrite')
    $script:reader = New-Object System.IO.StreamReader($stream)
  }
  $lines = ($script:rest + $script:reader.ReadToEnd()) -split '\\r?\\n'
  $script:rest = $lines[-1]
  for ($index = 0; $index -lt $lines.Count - 1; $index += 1) { Write-Output $lines[$index] }
}

do {
  Start-Sleep -Milliseconds 100
  $isOver = $task.State -eq $ready
  Copy-Log
} while (-not $isOver)
if ($rest -ne '') { Write-Output $rest }

$result = $task.LastTaskResult
if ($null -ne $reader) { $reader.Dispose() }
Remove-Item $log -Force -ErrorAction SilentlyContinue
Remove-Item $MyInvocation.MyCommand.Path -Force -ErrorAction SilentlyContinue
$folder.DeleteTask($name, 0)
exit $result
`;
}
