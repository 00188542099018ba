# Completes daypass in PowerShell: add `daypass completions powershell | Out-String | Invoke-Expression` to $PROFILE.

Register-ArgumentCompleter -Native -CommandName 'daypass', 'daypass.exe' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @()
    foreach ($element in $commandAst.CommandElements) {
        if ($element.Extent.StartOffset -ge $cursorPosition) { break }
        # The word at the cursor is passed on its own.
        if ($element.Extent.EndOffset -ge $cursorPosition -and $words.Count -gt 0) { break }
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) {
            $words += $element.Value
        } else {
            $words += $element.Extent.Text
        }
    }
    if ($words -contains '--') { return }
    $found = & (Get-Command daypass -CommandType Application | Select-Object -First 1) `
        __complete powershell $words.Count @words $wordToComplete 2>$null
    foreach ($line in $found) {
        $value, $shown, $description = $line -split "`t", 3
        if ($description) {
            [System.Management.Automation.CompletionResult]::new($value, $shown, 'ParameterValue', $description)
        }
    }
}
