# What bash reads in a shell that daypass opened: the person's own ~/.bashrc, then role and time left for the prompt.
# It holds no secret and is the same for everyone.

# All of this is read before the person's file, so that no alias of theirs changes what it means.
__daypass_prefix='' __daypass_suffix='' __daypass_warned=''

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)); then
    __daypass_now() { builtin printf -v __daypass_time '%(%s)T' -1; }
else
    # bash 3.2 of macOS cannot tell the time, but counts the seconds since its start.
    __daypass_start=$(($(command date +%s) - SECONDS))
    __daypass_now() { __daypass_time=$((__daypass_start + SECONDS)); }
fi

__daypass_say() {
    builtin printf 'daypass: %s\n' "$1" >&2
}

# Runs before each prompt, after whatever else sets PS1. What it added before the last one goes first.
__daypass_prompt() {
    local status=$?
    PS1=${PS1-}
    PS1=${PS1#"$__daypass_prefix"}
    PS1=${PS1%"$__daypass_suffix"}
    __daypass_prefix='' __daypass_suffix=''
    __daypass_describe
    PS1=$__daypass_prefix$PS1$__daypass_suffix
    # Under `set -e` a status that is not 0 would end the shell.
    case $- in *e*) return 0 ;; esac
    return "$status"
}

__daypass_describe() {
    local label=${DAYPASS_PROMPT-} left shown ending ended soon=300 last=0 color='' reset=''
    case ${DAYPASS_EXPIRES-} in '' | *[!0-9]*) return 0 ;; esac
    if [ -z "$label" ]; then return 0; fi
    __daypass_now
    left=$((DAYPASS_EXPIRES - __daypass_time))
    # Of the end of an elevation it is warned twice, as on the screen.
    if [ -n "${DAYPASS_ELEVATION-}" ]; then soon=600 last=120; fi
    ended='has ended for daypass, though AWS may still take its keys; exit leaves this shell'
    # The file is gone once the elevation has ended, however that came.
    if ((left > 0)) && [ -n "${DAYPASS_ELEVATION_FILE-}" ] && [ ! -e "$DAYPASS_ELEVATION_FILE" ]; then
        left=0
        ended='was ended early or extended: AWS may still take the keys of this shell; exit leaves it'
    fi
    if ((left <= 0)); then
        shown=ended
        if [ "$__daypass_warned" != ended ]; then
            __daypass_say "$label $ended"
        fi
        __daypass_warned=ended
    elif ((left < soon)); then
        shown="$((left / 60))m $((left % 60))s"
        ending=soon
        if ((left < last)); then ending=last; fi
        if [ -z "$__daypass_warned" ] || [ "$ending$__daypass_warned" = lastsoon ]; then
            __daypass_say "$label ends in $shown${DAYPASS_EXTEND:+; $DAYPASS_EXTEND carries it on}"
        fi
        __daypass_warned=$ending
    elif ((left < 3600)); then
        shown="$((left / 60))m"
        __daypass_warned=''
    else
        shown="$((left / 3600))h $((left % 3600 / 60))m"
        __daypass_warned=''
    fi
    if [ -n "${DAYPASS_ELEVATION-}" ] && ((left > 0)); then shown="$shown ELEVATED"; fi
    if [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
        case ${DAYPASS_TIER-} in
            admin) color='\[\e[1;31m\]' ;;
            developer) color='\[\e[34m\]' ;;
            *) color='\[\e[32m\]' ;;
        esac
        reset='\[\e[0m\]'
    fi
    __daypass_prefix="${color}[${label} ${shown}]${reset} "
    case ${TERM-dumb} in
        '' | dumb | linux | eterm*) ;;
        *) __daypass_suffix="\\[\\e]2;${label} ${shown}\\a\\]" ;;
    esac
}

if [ -r ~/.bashrc ]; then
    . ~/.bashrc || :
fi

# A shell that this one starts has no such function, so it must not get the hook from the environment.
export -n PS1 PROMPT_COMMAND
if [ -n "${PROMPT_COMMAND[1]+set}" ]; then
    PROMPT_COMMAND+=(__daypass_prompt)
else
    PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND
}__daypass_prompt"
fi
