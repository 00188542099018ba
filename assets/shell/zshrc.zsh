# What zsh reads in a shell that daypass opened: the person's own .zshrc, then role and time left for the prompt.
# It holds no secret and is the same for everyone.

# All of this is read before the person's file, so that no alias of theirs changes what it means.
typeset -g __daypass_prefix='' __daypass_warned=''

__daypass_say() {
    print -r -u2 -- "daypass: $1"
}

# Runs before each prompt, after whatever else sets it. What it added before the last one goes first.
__daypass_precmd() {
    emulate -L zsh
    # What was added since would run after this one: at the next prompt it does not.
    [[ $precmd_functions[-1] == __daypass_precmd ]] ||
        precmd_functions=("${(@)precmd_functions:#__daypass_precmd}" __daypass_precmd)
    PS1=${PS1#"$__daypass_prefix"}
    __daypass_prefix=''
    local label=${DAYPASS_PROMPT-} now='%D{%s}' shown color reset
    [[ -n $label && ${DAYPASS_EXPIRES-} == <-> ]] || return 0
    local -i left=$((DAYPASS_EXPIRES - ${(%)now})) soon=300 last=0
    local ending ended='has ended for daypass, though AWS may still take its keys; exit leaves this shell'
    # Of the end of an elevation it is warned twice, as on the screen.
    [[ -z ${DAYPASS_ELEVATION-} ]] || soon=600 last=120
    # The file is gone once the elevation has ended, however that came.
    if ((left > 0)) && [[ -n ${DAYPASS_ELEVATION_FILE-} && ! -e $DAYPASS_ELEVATION_FILE ]]; then
        left=0
        ended='was ended early or extended: AWS may still take the keys of this shell; exit leaves it'
    fi
    if ((left <= 0)); then
        shown=ended
        [[ $__daypass_warned == ended ]] || __daypass_say "$label $ended"
        __daypass_warned=ended
    elif ((left < soon)); then
        shown="$((left / 60))m $((left % 60))s"
        ending=soon
        ((left >= last)) || ending=last
        [[ -n $__daypass_warned && $ending$__daypass_warned != lastsoon ]] ||
            __daypass_say "$label ends in $shown${DAYPASS_EXTEND:+; $DAYPASS_EXTEND carries it on}"
        __daypass_warned=$ending
    elif ((left < 3600)); then
        shown="$((left / 60))m"
        __daypass_warned=''
    else
        shown="$((left / 3600))h $((left % 3600 / 60))m"
        __daypass_warned=''
    fi
    [[ -z ${DAYPASS_ELEVATION-} ]] || ((left <= 0)) || shown="$shown ELEVATED"
    if [[ -z ${NO_COLOR-} && ${TERM-dumb} != dumb ]]; then
        case ${DAYPASS_TIER-} in
            admin) color='%B%F{red}' ;;
            developer) color='%F{blue}' ;;
            *) color='%F{green}' ;;
        esac
        reset='%f%b'
    fi
    __daypass_prefix="${color}[${label} ${shown}]${reset} "
    PS1=$__daypass_prefix$PS1
    case ${TERM-dumb} in
        '' | dumb | linux | eterm*) ;;
        *) print -n -- "\e]2;${label} ${shown}\a" ;;
    esac
    return 0
}

if [[ ${HISTFILE-} == "$__daypass_folder/"* ]]; then
    # Apple's /etc/zshrc puts it there, before ZDOTDIR is the person's again.
    HISTFILE=${__daypass_zdotdir-$HOME}/.zsh_history
fi
if [[ -n ${__daypass_zdotdir+set} ]]; then
    export ZDOTDIR=$__daypass_zdotdir
else
    unset ZDOTDIR
fi
unset __daypass_folder __daypass_zdotdir
if [[ -r ${ZDOTDIR-$HOME}/.zshrc ]]; then
    source "${ZDOTDIR-$HOME}/.zshrc"
fi

typeset -ga precmd_functions
precmd_functions+=(__daypass_precmd)
