# Completes daypass in fish: source it, or put it into ~/.config/fish/completions/daypass.fish.

function __daypass_complete
    set --local words (commandline --current-process --tokenize --cut-at-cursor)
    if contains -- -- $words
        # What follows is another program's command line.
        set --local line (commandline --current-process --cut-at-cursor)
        complete --do-complete (string replace --regex '^.*?\s--\s+' '' -- "$line")
        return
    end
    command daypass __complete fish (count $words) $words (commandline --current-token --cut-at-cursor) 2>/dev/null
end

complete --command daypass --no-files --keep-order --arguments '(__daypass_complete)'
