# What fish runs in a shell that daypass opened, after the person's own config.fish: role and time left for the prompt.
# It holds no secret and is the same for everyone.
if status is-interactive
    set -g __daypass_shown ''
    set -g __daypass_warned ''

    function __daypass_update --on-event fish_prompt
        set -g __daypass_shown ''
        set -q DAYPASS_PROMPT DAYPASS_EXPIRES; or return 0
        string match -qr '^[0-9]+$' -- "$DAYPASS_EXPIRES"; or return 0
        set -l left (math $DAYPASS_EXPIRES - (command date +%s))
        set -l warned ''
        set -l soon 300
        set -l last 0
        set -l ended 'has ended for daypass, though AWS may still take its keys; exit leaves this shell'
        # Of the end of an elevation it is warned twice, as on the screen.
        test -n "$DAYPASS_ELEVATION"; and set soon 600; and set last 120
        # The file is gone once the elevation has ended, however that came.
        if test $left -gt 0; and test -n "$DAYPASS_ELEVATION_FILE"; and not test -e "$DAYPASS_ELEVATION_FILE"
            set left 0
            set ended 'was ended early or extended: AWS may still take the keys of this shell; exit leaves it'
        end
        if test $left -le 0
            set -g __daypass_shown ended
            set warned ended
            test "$__daypass_warned" = ended
            or echo "daypass: $DAYPASS_PROMPT $ended" >&2
        else if test $left -lt $soon
            set -g __daypass_shown (math --scale=0 $left / 60)'m '(math $left % 60)s
            set warned soon
            test $left -lt $last; and set warned last
            if test -z "$__daypass_warned"; or test "$warned$__daypass_warned" = lastsoon
                set -l extend ''
                test -n "$DAYPASS_EXTEND"; and set extend "; $DAYPASS_EXTEND carries it on"
                echo "daypass: $DAYPASS_PROMPT ends in $__daypass_shown$extend" >&2
            end
        else if test $left -lt 3600
            set -g __daypass_shown (math --scale=0 $left / 60)m
        else
            set -g __daypass_shown (math --scale=0 $left / 3600)'h '(math --scale=0 $left % 3600 / 60)m
        end
        set -g __daypass_warned $warned
        test -n "$DAYPASS_ELEVATION"; and test $left -gt 0; and set -g __daypass_shown "$__daypass_shown ELEVATED"
        return 0
    end

    function __daypass_status
        return $argv[1]
    end

    functions -q fish_prompt; and functions -c fish_prompt __daypass_inner_prompt
    function fish_prompt
        set -l last $status
        if test -n "$__daypass_shown"
            set -l colored 0
            test -z "$NO_COLOR"; and test "$TERM" != dumb; and set colored 1
            if test $colored = 1
                switch "$DAYPASS_TIER"
                    case admin
                        set_color --bold red
                    case developer
                        set_color blue
                    case '*'
                        set_color green
                end
            end
            echo -n "[$DAYPASS_PROMPT $__daypass_shown]"
            test $colored = 1; and set_color normal
            echo -n ' '
        end
        if functions -q __daypass_inner_prompt
            __daypass_status $last
            __daypass_inner_prompt
        else
            echo -n '> '
        end
    end

    functions -q fish_title; and functions -c fish_title __daypass_inner_title
    function fish_title
        test -n "$__daypass_shown"; and echo -n "$DAYPASS_PROMPT $__daypass_shown "
        functions -q __daypass_inner_title; and __daypass_inner_title $argv
    end
end
