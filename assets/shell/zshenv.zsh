# What zsh reads first in a shell that daypass opened: the person's own .zshenv, with their ZDOTDIR.
# It holds no secret and is the same for everyone.
__daypass_folder=$ZDOTDIR
if [[ -n ${DAYPASS_ZDOTDIR-} ]]; then
    export ZDOTDIR=$DAYPASS_ZDOTDIR
else
    unset ZDOTDIR
fi
unset DAYPASS_ZDOTDIR
if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then
    source "${ZDOTDIR-$HOME}/.zshenv"
fi
# The .zshrc beside this file is read next, where there is any to be read.
if [[ -o interactive && -o rcs ]]; then
    # What they set it to may not be exported.
    [[ -z ${ZDOTDIR+set} ]] || __daypass_zdotdir=$ZDOTDIR
    ZDOTDIR=$__daypass_folder
    # Apple's /etc/zshrc would keep sessions beside this file.
    [[ -n ${SHELL_SESSIONS_DISABLE+set} ]] || SHELL_SESSIONS_DISABLE=1
else
    unset __daypass_folder
fi
