# What PowerShell runs in a shell that daypass opened, after the person's own profile: role and time left for the prompt.
# It holds no secret and is the same for everyone. It is passed as an argument, so it has single quotes alone.
$global:DaypassInnerPrompt = $function:prompt
$global:DaypassWarned = ''
function global:prompt {
    $exitCode = $global:LASTEXITCODE
    $expires = 0L
    $left = $null
    if ($env:DAYPASS_PROMPT -and [long]::TryParse($env:DAYPASS_EXPIRES, [ref] $expires)) {
        $left = $expires - [DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    }
    if ($null -ne $left) {
        $label = $env:DAYPASS_PROMPT
        $span = [TimeSpan]::FromSeconds([Math]::Max(0, $left))
        $warned = ''
        if ($left -le 0) {
            $shown = 'ended'
            $warned = 'ended'
            if ($global:DaypassWarned -ne 'ended') {
                [Console]::Error.WriteLine('daypass: ' + $label + ' has ended for daypass, though AWS may still take its keys; exit leaves this shell')
            }
        } elseif ($left -lt 300) {
            $shown = '{0}m {1}s' -f $span.Minutes, $span.Seconds
            $warned = 'soon'
            if (-not $global:DaypassWarned) {
                [Console]::Error.WriteLine('daypass: ' + $label + ' ends in ' + $shown)
            }
        } elseif ($left -lt 3600) {
            $shown = '{0}m' -f $span.Minutes
        } else {
            $shown = '{0}h {1}m' -f [Math]::Floor($span.TotalHours), $span.Minutes
        }
        $global:DaypassWarned = $warned
        if ($env:DAYPASS_ELEVATION -and $left -gt 0) { $shown = $shown + ' ELEVATED' }
        if ($env:NO_COLOR -or $env:TERM -eq 'dumb') {
            Write-Host -NoNewline ('[' + $label + ' ' + $shown + '] ')
        } else {
            $color = switch ($env:DAYPASS_TIER) { 'admin' { 'Red' } 'developer' { 'Blue' } default { 'Green' } }
            Write-Host -NoNewline -ForegroundColor $color ('[' + $label + ' ' + $shown + '] ')
        }
        if ($env:TERM -ne 'dumb') {
            try { $Host.UI.RawUI.WindowTitle = $label + ' ' + $shown } catch { }
        }
    }
    $global:LASTEXITCODE = $exitCode
    & $global:DaypassInnerPrompt
}
