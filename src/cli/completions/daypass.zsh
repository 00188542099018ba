#compdef daypass
# Completes daypass in zsh: source it after compinit, or put it into a folder of $fpath as _daypass.

_daypass() {
    local -a lines values shown
    local -i end=$words[(I)--]
    # Of several, the first is the one that ends our own words.
    (( end )) && end=$words[(i)--]
    if (( end && end < CURRENT )); then
        # What follows is another program's command line.
        words=("${(@)words[end + 1,-1]}")
        (( CURRENT -= end ))
        _normal -p daypass
        return
    fi
    lines=("${(@f)$(command daypass __complete zsh $(( CURRENT - 1 )) \
        "${(@Q)words[1,CURRENT - 1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    [[ -n $lines ]] || return 1
    values=("${(@)lines%%$'\t'*}")
    shown=("${(@)lines#*$'\t'}")
    # The shell itself quotes what it inserts; the order is ours.
    compadd -V daypass -l -d shown -a values
}

if [[ $funcstack[1] == _daypass ]]; then
    _daypass "$@"
elif (( $+functions[compdef] )); then
    compdef _daypass daypass
fi
