//! Which ways text may take to the clipboard: the one place that decides it.

use crate::domain::osc52::Osc52;
use crate::environment::Environment;

/// One way to a clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// The desktop's own tools.
    Tools,
    /// The tmux that this program runs in: as it comes, it takes no OSC 52 from programs, but passes its own buffers on.
    Tmux,
    /// OSC 52, written to the terminal.
    Terminal,
}

/// The one way of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretRoute {
    /// The desktop's own tools, which can be told to take it off again.
    Tools,
    /// OSC 52.
    Terminal,
}

/// The ways to try, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Routes {
    pub(super) text: Vec<Route>,
    pub(super) secrets: SecretRoute,
    /// Whether the terminal is GNU screen.
    pub(super) in_screen: bool,
}

impl Routes {
    pub(super) fn choose(osc52: Osc52, environment: &Environment) -> Self {
        let terminal = if environment.has("TMUX") { vec![Route::Tmux, Route::Terminal] } else { vec![Route::Terminal] };
        let in_screen = environment.has("STY") && !environment.has("TMUX");
        let (text, secrets) = match osc52 {
            Osc52::Auto => ([vec![Route::Tools], terminal].concat(), SecretRoute::Tools),
            // Not through tmux, which would keep a secret in its list of buffers.
            Osc52::Always => (terminal, SecretRoute::Terminal),
            Osc52::Never => (vec![Route::Tools], SecretRoute::Tools),
        };
        Routes { text, secrets, in_screen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_through_the_terminal_only_where_everything_does() {
        use Route::{Terminal, Tmux, Tools};
        type Row = (Osc52, &'static [(&'static str, &'static str)], &'static [Route], SecretRoute);
        let table: [Row; 6] = [
            (Osc52::Auto, &[], &[Tools, Terminal], SecretRoute::Tools),
            (Osc52::Auto, &[("TMUX", "/tmp/tmux-0/default,1,0")], &[Tools, Tmux, Terminal], SecretRoute::Tools),
            (Osc52::Always, &[], &[Terminal], SecretRoute::Terminal),
            (Osc52::Always, &[("TMUX", "/tmp/tmux-0/default,1,0")], &[Tmux, Terminal], SecretRoute::Terminal),
            (Osc52::Never, &[], &[Tools], SecretRoute::Tools),
            (Osc52::Never, &[("TMUX", "/tmp/tmux-0/default,1,0")], &[Tools], SecretRoute::Tools),
        ];
        for (osc52, variables, text, secrets) in table {
            let routes = Routes::choose(osc52, &variables.iter().copied().collect());
            assert_eq!((routes.text.as_slice(), routes.secrets), (text, secrets), "{osc52:?} {variables:?}");
            assert!(!routes.in_screen);
        }
        let screen = [("STY", "4711.pts-0.host")].into_iter().collect();
        assert!(Routes::choose(Osc52::Auto, &screen).in_screen);
    }
}
