# Installs the MLLP bridge as a Windows service that starts with the machine and restarts itself.
# Run it as an administrator, with the service wrapper WinSW beside it as telesalud-mllp.exe.
param(
    [Parameter(Mandatory = $true)] [string] $Origin,
    [Parameter(Mandatory = $true)] [string] $ClientId,
    [Parameter(Mandatory = $true)] [string] $SecretFile,
    [string] $Root = "C:\Telesalud",
    [string] $ListenOn = "0.0.0.0",
    [int] $Port = 2575
)
$ErrorActionPreference = "Stop"
$service = Join-Path $Root "telesalud-mllp.xml"
$values = @{ Origin = $Origin; ClientId = $ClientId; SecretFile = $SecretFile; Root = $Root; ListenOn = $ListenOn }
foreach ($name in @($values.Keys)) { $values[$name] = [System.Security.SecurityElement]::Escape($values[$name]) }
@"
<service>
  <id>telesalud-mllp</id>
  <name>Telesalud MLLP bridge</name>
  <description>Forwards HL7 v2 messages over HTTPS.</description>
  <executable>$($values.Root)\venv\Scripts\python.exe</executable>
  <arguments>-m operations.mllp</arguments>
  <workingdirectory>$($values.Root)</workingdirectory>
  <env name="PYTHONPATH" value="$($values.Root);$($values.Root)\layers\telesalud"/>
  <env name="TELESALUD_MLLP_ORIGIN" value="$($values.Origin)"/>
  <env name="TELESALUD_MLLP_CLIENT_ID" value="$($values.ClientId)"/>
  <env name="TELESALUD_MLLP_CLIENT_SECRET_FILE" value="$($values.SecretFile)"/>
  <env name="TELESALUD_MLLP_HOST" value="$($values.ListenOn)"/>
  <env name="TELESALUD_MLLP_PORT" value="$Port"/>
  <startmode>Automatic</startmode>
  <onfailure action="restart" delay="2 sec"/>
  <stoptimeout>45 sec</stoptimeout>
  <serviceaccount><username>NT AUTHORITY\LocalService</username></serviceaccount>
</service>
"@ | Set-Content -Path $service -Encoding UTF8
& icacls $SecretFile /inheritance:r /grant "NT AUTHORITY\LocalService:R" "BUILTIN\Administrators:F" | Out-Null
& (Join-Path $Root "telesalud-mllp.exe") install
Start-Service telesalud-mllp
