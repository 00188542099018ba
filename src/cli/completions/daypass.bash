# Completes daypass in bash: source it, or put it into ~/.local/share/bash-completion/completions/daypass.

_daypass() {
    COMPREPLY=()
    local at IFS=$'\n' globbing=
    for ((at = 1; at < COMP_CWORD; at++)); do
        [[ ${COMP_WORDS[at]} == -- ]] || continue
        # What follows is another program's command line.
        if declare -F _command_offset >/dev/null; then
            unset IFS
            _command_offset $((at + 1))
            return
        fi
        compopt -o default 2>/dev/null
        ((at + 1 < COMP_CWORD)) && return
        break
    done
    # What the program prints is split into lines and nothing else is done with it.
    [[ $- == *f* ]] || globbing=1
    set -f
    if ((at < COMP_CWORD)); then
        COMPREPLY=($(compgen -c -- "$2" 2>/dev/null))
    else
        COMPREPLY=($(command daypass __complete bash "$COMP_WORDBREAKS" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
    fi
    [[ -z $globbing ]] || set +f
}

# bash before 4.4 sorts what it is given.
complete -o nosort -F _daypass daypass 2>/dev/null || complete -F _daypass daypass
