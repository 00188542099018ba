//! The account of an elevation for a ticket or a hand-over, as text and as Markdown.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::audit::Subject;
use super::elevation_list::{OpenElevation, PastElevation};
use super::text::visible;
use super::time::in_whole_seconds;

/// Columns of what a line of the text is about.
pub const ABOUT: usize = 21;

/// What a summary tells.
#[derive(Debug, Clone)]
pub struct IncidentSummary<'a> {
    subject: &'a Subject,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    aws_until: Option<Timestamp>,
    access_key_id: Option<&'a str>,
    fetches: u32,
    state: String,
}

impl<'a> IncidentSummary<'a> {
    /// Of one that has no end yet.
    pub fn of_open(elevation: &'a OpenElevation) -> Self {
        let active = elevation.active.as_ref();
        let credentials = active.and_then(|active| active.credentials.as_ref());
        IncidentSummary {
            subject: &elevation.subject,
            from: active.map(|active| active.life.obtained().aws_time_then()),
            until: active.map(|active| active.life.ends_at()),
            aws_until: credentials.map(|credentials| credentials.aws_ends_at),
            access_key_id: credentials.map(|credentials| credentials.access_key_id.as_str()),
            fetches: active.map_or(0, |active| active.fetches),
            state: if active.is_some() {
                "still active".to_owned()
            } else {
                "asked for, without an answer yet".to_owned()
            },
        }
    }

    /// Of one that is over.
    pub fn of_past(elevation: &'a PastElevation) -> Self {
        let credentials = elevation.credentials.as_ref();
        IncidentSummary {
            subject: &elevation.subject,
            from: elevation.lasted.map(|(from, _)| from),
            until: elevation.lasted.map(|(_, until)| until),
            aws_until: credentials.map(|credentials| credentials.aws_ends_at),
            access_key_id: credentials.map(|credentials| credentials.access_key_id.as_str()),
            fetches: elevation.fetches,
            state: elevation.outcome.words(),
        }
    }

    /// What there is to tell, each with what it is about and safe to show: first what a person who takes over needs.
    pub fn rows(&self, zone: &TimeZone) -> Vec<(&'static str, String)> {
        let subject = self.subject;
        let mut rows = vec![
            ("Elevation", subject.elevation.to_string()),
            ("Access", subject.described()),
            ("State", self.state.clone()),
        ];
        rows.extend(subject.drill.then(|| ("Drill", "yes: AWS was not asked".to_owned())));
        rows.push(("Why", subject.reason.to_string()));
        let ticket = subject.ticket.as_ref().map(ToString::to_string);
        rows.extend(ticket.or(subject.no_ticket.then(|| "none".to_owned())).map(|ticket| ("Ticket", ticket)));
        rows.extend(self.from.map(|from| ("From", moment(from, zone))));
        rows.extend(self.until.map(|until| ("To", moment(until, zone))));
        rows.extend(self.aws_until.map(|until| ("AWS accepts it until", moment(until, zone))));
        rows.extend(self.access_key_id.map(|key| ("Access key", format!("{key} ({} fetched)", self.fetches))));
        rows.extend(subject.access.user.clone().map(|user| ("Who", user)));
        rows.push(("Account", subject.access.account.to_string()));
        rows.push(("Rule", subject.access.rules.join(" or ")));
        // Some of it is as AWS said it, or as whoever can write the log's file did.
        rows.into_iter().map(|(about, what)| (about, visible(&what))).collect()
    }

    /// As plain text, with times in UTC and, where that differs, in `zone`.
    pub fn text(&self, zone: &TimeZone) -> String {
        self.rows(zone).into_iter().map(|(about, what)| format!("{about:<ABOUT$}{what}\n")).collect()
    }

    /// As Markdown. What people wrote is code in it, so that nothing of it is taken for markup.
    pub fn markdown(&self, zone: &TimeZone) -> String {
        let rows = self.rows(zone).into_iter().map(|(about, what)| format!("- **{about}**: {}\n", code(&what)));
        format!("### Elevated access: {}\n\n{}", code(&self.subject.described()), rows.collect::<String>())
    }
}

/// `2026-11-21T09:27:00Z`, with the time in `zone` where that is another one.
fn moment(at: Timestamp, zone: &TimeZone) -> String {
    let (utc, local) = (at.to_zoned(TimeZone::UTC), at.to_zoned(zone.clone()));
    let at = in_whole_seconds(at);
    if local.offset() == utc.offset() {
        return at;
    }
    let pattern = if local.date() == utc.date() { "%H:%M %Z" } else { "%b %d %H:%M %Z" };
    format!("{at} ({})", local.strftime(pattern))
}

/// `text` as inline code, whatever backticks it has.
fn code(text: &str) -> String {
    let mut longest = 0;
    let mut run = 0;
    for character in text.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    if longest == 0 { format!("{fence}{text}{fence}") } else { format!("{fence} {text} {fence}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(user: &str) -> Subject {
        let record = serde_json::json!({
            "elevation": "01JD0000000000000000000000", "session": "acme", "portal": "acme.awsapps.com", "user": user,
            "account": "123456789012", "role": "Admin", "tier": "admin", "gate": "break_glass", "rules": ["built-in *Admin*"],
            "policy_digest": "", "mode": "direct", "reason": "restore the ledger", "requested_at": 0
        });
        serde_json::from_value(record).unwrap()
    }

    #[test]
    fn what_aws_or_a_log_says_does_not_act_on_the_terminal_nor_makes_lines() {
        let summary = IncidentSummary {
            subject: &subject("ann\u{1b}[2J\n- **Rule**: none"),
            from: None,
            until: None,
            aws_until: None,
            access_key_id: Some("ASIA\u{202e}"),
            fetches: 0,
            state: "failed: \u{7}".to_owned(),
        };
        for text in [summary.text(&TimeZone::UTC), summary.markdown(&TimeZone::UTC)] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{text:?}");
            assert_eq!(text.matches("\\n- **Rule**").count(), 1, "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_in_utc_and_in_the_zone_of_whoever_reads_it() {
        let zone = TimeZone::posix("CET-1").unwrap();
        let table = [
            ("2026-11-21T09:27:00Z", "2026-11-21T09:27:00Z (10:27 CET)"),
            ("2026-11-21T23:27:00Z", "2026-11-21T23:27:00Z (Nov 22 00:27 CET)"),
        ];
        for (at, shown) in table {
            assert_eq!(moment(at.parse().unwrap(), &zone), shown);
            assert_eq!(moment(at.parse().unwrap(), &TimeZone::UTC), at);
        }
    }

    #[test]
    fn backticks_do_not_end_the_code_they_stand_in() {
        let table = [("plain", "`plain`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), ("", "``")];
        for (text, expected) in table {
            assert_eq!(code(text), expected);
        }
    }
}
