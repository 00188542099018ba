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
        $soon = 300
        $last = 0
        $ended = ' has ended for daypass, though AWS may still take its keys; exit leaves this shell'
        # Of the end of an elevation it is warned twice, as on the screen.
        if ($env:DAYPASS_ELEVATION) {
            $soon = 600
            $last = 120
        }
        # The file is gone once the elevation has ended, however that came.
        if ($left -gt 0 -and $env:DAYPASS_ELEVATION_FILE -and -not [IO.File]::Exists($env:DAYPASS_ELEVATION_FILE)) {
            $left = 0
            $ended = ' was ended early or extended: AWS may still take the keys of this shell; exit leaves it'
        }
        if ($left -le 0) {
            $shown = 'ended'
            $warned = 'ended'
            if ($global:DaypassWarned -ne 'ended') {
                [Console]::Error.WriteLine('daypass: ' + $label + $ended)
            }
        } elseif ($left -lt $soon) {
            $shown = '{0}m {1}s' -f $span.Minutes, $span.Seconds
            $warned = 'soon'
            if ($left -lt $last) { $warned = 'last' }
            if (-not $global:DaypassWarned -or ($warned + $global:DaypassWarned) -eq 'lastsoon') {
                $extend = ''
                if ($env:DAYPASS_EXTEND) { $extend = '; ' + $env:DAYPASS_EXTEND + ' carries it on' }
                [Console]::Error.WriteLine('daypass: ' + $label + ' ends in ' + $shown + $extend)
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
