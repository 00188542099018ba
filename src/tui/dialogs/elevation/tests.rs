use std::sync::Arc;

use jiff::SignedDuration;

use crate::domain::elevation::{Confirmation, Draft};
use crate::domain::on_call::{Admission, Standing};
use crate::domain::policy::{Cap, CapOwner, Clauses, Pattern, Policy, PolicyDigest, PolicyIdentity, SessionLimit};
use crate::domain::policy::{TicketNeed, TierDefaults};
use crate::domain::tier::Tier;
use crate::error::{Error, FileError, FileFault};
use crate::tui::effect::Effect;
use crate::tui::model::screen::Dialog;
use crate::tui::policy::TuiPolicy;
use crate::tui::task::Task;
use crate::tui::tests::test_app::*;

const OPEN: &str = "pay admin<Enter>";
const CONFIRM: &str = "<Enter>3757<Enter>";

fn opened() -> TestApp {
    TestApp::signed_in().keys(OPEN)
}

/// The form under a policy with these clauses for Admin.
fn under(admin: Clauses) -> TestApp {
    let mut app = TestApp::signed_in();
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"test"), path: None };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Admin, &admin);
    let policy = Policy::new(SessionLimit::default(), defaults, Vec::new(), identity);
    app.model.settings.policy = TuiPolicy::new(Arc::new(policy));
    app.keys(OPEN)
}

/// What stands in the field of the reason.
fn typed(app: &TestApp) -> &str {
    match app.model.dialogs.last() {
        Some(Dialog::Elevation(dialog)) => dialog.form.reason.text(),
        other => panic!("{other:?}"),
    }
}

/// The elevations that were asked for so far.
fn asked(app: &TestApp) -> Vec<&Draft> {
    let draft = |effect| match effect {
        &Effect::Spawn(_, Task::OpenShell(ref request, _)) => request.elevation.as_deref(),
        _ => None,
    };
    app.effects.iter().filter_map(draft).collect()
}

/// Their reasons.
fn reasons(app: &TestApp) -> Vec<&str> {
    asked(app).into_iter().map(|draft| draft.reason.as_str()).collect()
}

#[test]
fn what_to_do_stands_before_facts_on_the_smallest_screen() {
    let long = "restore the ledger table after INC-4711: the nightly job dropped the last partition, and the on-call \
                engineer of payments has asked for it in the incident's channel; the table is put back from the copy \
                of 03:00 and checked against the queue";
    let app = || opened().with_reasons(&["restore the ledger"]).size(40, 10);
    assert_dialog!("elevation_40x10", app().keys("restore the ledger"));
    assert_dialog!("elevation_long_40x10", app().keys(long).keys("<Enter>37"));
}

#[test]
fn the_list_that_caps_are_counted_in_is_read_when_the_form_opens() {
    assert!(matches!(opened().effects.as_slice(), [Effect::Spawn(_, Task::PrepareElevation)]));
}

#[test]
fn an_elevation_is_begun_by_typing_the_account_and_by_enter_alone_never() {
    let written = || opened().keys("<Enter>restore the ledger");
    for keys in ["<Enter>", "<Enter><Enter><Enter>", "<Enter>y<Enter>", "<Enter>375<Enter>", "<Tab><Tab><Enter><Enter>"]
    {
        assert_eq!(reasons(&written().keys(keys)), [""; 0], "{keys}");
    }
    for phrase in ["3757", "prod-payments-0003"] {
        let app = written().keys("<Enter>").keys(phrase).keys("<Enter>");
        let [draft] = asked(&app)[..] else { panic!("{phrase}") };
        assert_eq!((draft.reason.as_str(), draft.confirmation), ("restore the ledger", Some(Confirmation::Typed)));
        assert_eq!((&draft.ticket, draft.no_ticket, draft.duration, draft.extends), (&None, false, None, None));
    }
}

#[test]
fn the_account_alone_begins_nothing_without_a_reason() {
    let app = opened().keys("<Tab><Tab><Tab>3757<Enter>");
    assert_eq!(reasons(&app), [""; 0]);
    assert_eq!(reasons(&app.keys("restore the ledger<Enter><Enter>")), ["restore the ledger"], "it stays typed");
}

#[test]
fn a_paste_fills_a_field_and_confirms_nothing() {
    let huge = format!("restore the ledger\u{1b}[201~\r{}", "x y z ".repeat(200_000));
    let app = opened().paste(&huge).keys("<C-u>").paste("restore the ledger").keys("<Enter>");
    let pasted = app.paste("3757").keys("<Enter><Enter>");
    assert_eq!(reasons(&pasted), [""; 0]);
    assert_eq!(reasons(&pasted.keys("3757<Enter>")), ["restore the ledger"]);
}

#[test]
fn keys_that_no_person_types_that_fast_confirm_nothing() {
    let written = || opened().keys("restore the ledger");
    assert_eq!(reasons(&written().keys("<Enter>").keys_in_burst("3757").keys("<Enter>")), [""; 0]);
    assert_eq!(reasons(&written().keys_in_burst("<Enter>3757<Enter>").keys("<Enter>")), [""; 0]);
    assert_eq!(reasons(&written().keys("<Enter>3757").keys_in_burst("<Enter>")), [""; 0]);
}

#[test]
fn a_click_begins_nothing() {
    let mut app = opened().keys("restore the ledger<Enter>3757");
    let footer = app.screen().lines().last().unwrap().to_owned();
    let at = footer.chars().take_while(|character| *character != '↵').count();
    app = app.click(u16::try_from(at).unwrap(), 23);
    assert_eq!(reasons(&app), [""; 0]);
    assert_eq!(reasons(&app.keys("<Enter>")), ["restore the ledger"]);
}

#[test]
fn what_was_written_is_there_again_for_the_same_role_and_no_other() {
    let left = || opened().keys("restore the<Esc>");
    assert_eq!(typed(&left().keys("<Enter>")), "restore the");
    assert_eq!(typed(&left().keys("<Esc>stage admin<Enter>")), "");
    let begun = left().keys("<Enter> ledger").keys(CONFIRM);
    assert_eq!(reasons(&begun), ["restore the ledger"]);
    assert!(begun.model.drafts.is_empty(), "what was asked for is no draft any more");
    assert_eq!(typed(&left().keys("<Enter><C-u><Esc><Enter>")), "");
}

#[test]
fn recent_reasons_are_recalled_and_edited() {
    let app = || TestApp::signed_in().with_reasons(&["rotate the keys", "restore the ledger"]).keys(OPEN).keys("mine");
    for (older, newer) in [("<Up>", "<Down>"), ("<C-p>", "<C-n>")] {
        let shown = |keys: &[&str]| typed(&app().keys(&keys.concat())).to_owned();
        assert_eq!(shown(&[older]), "restore the ledger");
        assert_eq!(shown(&[older, older, older]), "rotate the keys", "there is no older one");
        assert_eq!(shown(&[older, older, newer]), "restore the ledger");
        assert_eq!(shown(&[older, older, newer, newer]), "mine", "what was typed is not lost");
    }
    assert_eq!(reasons(&app().keys("<Up> table").keys(CONFIRM)), ["restore the ledger table"]);
}

#[test]
fn a_reason_that_was_used_is_remembered_and_a_rejected_one_is_not() {
    let app = opened().keys("short").keys(CONFIRM);
    assert!(app.model.preferences.reasons.is_empty());
    let app = opened().keys("restore the ledger").keys(CONFIRM);
    assert_eq!(app.model.preferences.reasons[0].as_str(), "restore the ledger");
}

#[test]
fn a_ticket_that_the_policy_asks_for_is_checked_as_it_is_typed() {
    let like = Pattern::whole("INC-[0-9]+").unwrap();
    let clauses = |need| Clauses { ticket: Some(need), ticket_pattern: Some(like.clone()), ..Clauses::default() };
    let mut app = under(clauses(TicketNeed::Required)).keys("restore the ledger<Enter>INC-");
    assert!(app.screen().contains("the ticket does not match `INC-[0-9]+`"), "{}", app.screen());
    let app = app.keys("<Enter>3757<Enter>");
    assert_eq!(asked(&app).len(), 0, "what was typed went to the ticket: INC- did not go on");
    let app = app.keys("3757<Enter>");
    assert_eq!(asked(&app).len(), 1);

    let or_none = || under(clauses(TicketNeed::OrNone)).keys("restore the ledger<Enter>");
    assert_eq!(asked(&or_none().keys("<Enter>3757<Enter>")).len(), 0);
    let app = or_none().keys("<C-t><Enter>3757<Enter>");
    let [draft] = asked(&app)[..] else { panic!() };
    assert!(draft.no_ticket && draft.ticket.is_none());
}

#[test]
fn a_length_is_chosen_by_a_key_or_typed_within_what_the_policy_allows() {
    let most = SignedDuration::from_mins(30);
    let short = || under(Clauses { max_duration: Some(most), ..Clauses::default() }).keys("restore the ledger");
    let length = |app: TestApp| {
        let app = app.keys(CONFIRM);
        let lengths: Vec<_> = asked(&app).iter().map(|draft| draft.duration.map(|length| length.as_mins())).collect();
        lengths
    };
    assert_eq!(length(short()), [None]);
    assert_eq!(length(short().keys("<C-d>")), [Some(15)]);
    assert_eq!(length(short().keys("<C-d><C-d>")), [Some(30)]);
    assert_eq!(length(short().keys("<C-d><C-d><C-d>")), [Some(15)], "60 is too long here");
    assert_eq!(length(short().keys("<Tab><Tab>20")), [Some(20)]);
    let mut long = short().keys("<Tab><Tab>45m<Enter>");
    assert!(long.screen().contains("allowed: 1m to 30m"), "{}", long.screen());
    assert_eq!(length(long), []);
}

#[test]
fn what_the_policy_refuses_is_said_before_anything_is_typed() {
    let cap = Cap::parse("1h in 24h", CapOwner::Tier(Tier::Admin)).unwrap();
    for clauses in [
        Clauses { approvers: Some(vec!["ops".to_owned()]), ..Clauses::default() },
        Clauses { cap: Some(cap), ..Clauses::default() },
    ] {
        let is_capped = clauses.cap.is_some();
        let mut app = under(clauses);
        if is_capped {
            app = app.past_elevation("100000086989/AWSAdministratorAccess", 90, 60);
        }
        let screen = app.screen();
        let expected = if is_capped { "0s of it is left" } else { "the policy asks for approval by ops" };
        assert!(screen.contains(expected), "{screen}");
        assert_eq!(reasons(&app.keys("restore the ledger").keys(CONFIRM)), [""; 0]);
    }
}

#[test]
fn what_takes_the_place_of_a_running_elevation_says_so_and_warns_where_it_ends_sooner() {
    let elevated =
        || TestApp::signed_in().size(120, 40).with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 60);
    let shows = |app: TestApp, expected: &[&str]| {
        let screen = app.size(120, 40).screen();
        assert!(expected.iter().all(|words| screen.contains(words)), "{screen}");
    };
    shows(
        elevated().keys("<C-e>"),
        &["1h, unless you say otherwise", "now until 09:27, then until 10:00", "(+33m)", "for up to 1h (as last time)"],
    );
    shows(elevated().keys("<C-e><Tab><Tab>15"), &["▲ this ends SOONER: 09:15 instead of 09:27", "(−12m)"]);
    let mut new = elevated().keys("pay admin<C-o>r");
    assert!(new.screen().contains("replaces  the elevation of this role that is active now"), "{}", new.screen());
}

#[test]
fn whoever_is_not_on_duty_reads_why_in_the_form_too() {
    let Admission::Refused(why) = Admission::from(Standing::of(Vec::new())) else { panic!() };
    let refused = Error::NotOnCall { target: target("100000023757/Developer"), why };
    let mut app = TestApp::signed_in().keys("pay dev<Enter>").task_failed(refused).keys("<Enter>");
    assert!(app.screen().contains("on call   the policy names no rota"), "{}", app.screen());
    let mut other = app.keys("<Esc><C-u>pay admin<Enter>");
    assert!(!other.screen().contains("names no rota"), "it is said of that role alone: {}", other.screen());
}

#[test]
fn under_a_policy_that_cannot_be_read_the_form_gives_way_to_why_and_keeps_what_was_written() {
    let fault = FileFault::Invalid { line: Some(3), column: None, what: "`gait` is no key".into() };
    let broken = Error::Policy(FileError::new(std::path::Path::new("/etc/daypass/policy.toml"), fault));
    let mut app = opened().keys("restore the").task_failed(broken);
    let screen = app.screen();
    assert!(screen.contains("`gait` is no key") && screen.contains("daypass policy check"), "{screen}");
    let app = app.keys("<Esc><Enter>");
    assert_eq!(typed(&app), "restore the");
    assert_eq!(reasons(&app), [""; 0]);
}

#[test]
fn a_drill_is_everything_but_asking_aws_and_an_extension_is_none() {
    let drilled = |app: TestApp| -> Vec<String> {
        let reason = |effect: &Effect| match effect {
            Effect::Spawn(_, Task::HoldDrill(_, draft)) if draft.drill => Some(draft.reason.clone()),
            _ => None,
        };
        app.effects.iter().filter_map(reason).collect()
    };
    let mut app = opened().size(120, 40).keys("practise the ledger<C-r>");
    assert!(app.screen().contains("a drill: AWS is not asked") && app.screen().contains("╭ Drill"), "{}", app.screen());
    let app = app.keys(CONFIRM);
    assert_eq!(asked(&app).len(), 0);
    assert_eq!(drilled(app), ["practise the ledger"]);
    let app = opened().keys("restore the ledger<C-r><C-r>").keys(CONFIRM);
    assert_eq!(reasons(&app), ["restore the ledger"], "the key takes it back");
    let required = Clauses { ticket: Some(TicketNeed::Required), ..Clauses::default() };
    assert_eq!(drilled(under(required).keys("practise the ledger<C-r>").keys(CONFIRM)).len(), 1, "it needs no ticket");
    let elevated = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 60);
    assert!(drilled(elevated.keys("<C-e><C-r>").keys(CONFIRM)).is_empty());
}

#[test]
fn the_ticket_of_a_drill_is_checked_as_it_is_typed_though_none_is_needed() {
    let mut app = opened().size(120, 40).keys("practise the ledger<C-r><Tab>AKIAIOSFODNN7").keys("EXAMPLE");
    let screen = app.screen();
    assert!(screen.contains("╭ Drill") && screen.contains("▲ the ticket seems to hold an AWS access key"), "{screen}");
}

#[test]
fn after_an_extension_it_is_said_that_open_shells_keep_what_they_have() {
    let elevated = TestApp::signed_in().with_elevation("100000023757/AWSAdministratorAccess", 3, 30, 60);
    let mut app = elevated.size(120, 40).keys("<C-e><Enter><Enter>").keys(CONFIRM).task_done();
    let screen = app.screen();
    assert!(screen.contains("Extended") && screen.contains("keep their old keys"), "{screen}");
}
