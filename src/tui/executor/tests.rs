use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::LocalSet;

use super::*;
use crate::domain::audit::Warned;
use crate::domain::aws_error::AwsErrorKind;
use crate::domain::catalog::Catalog;
use crate::domain::elevation::EndReason;
use crate::domain::elevation_list::{OpenElevation, Outcome};
use crate::domain::ids::Region;
use crate::domain::policy::{Clauses, OnEnd, PolicyDigest, PolicyIdentity, SessionLimit, TierDefaults};
use crate::domain::preferences::{ListView, PreferenceChange};
use crate::domain::store_choice::StoreName;
use crate::domain::tier::{Gate, Tier};
use crate::error::{FileError, FileFault};
use crate::flows::tests::world::{World, accounts, target};

/// Takes text and drops it, and takes no secrets.
struct NoClipboard;

#[async_trait::async_trait]
impl Clipboard for NoClipboard {
    fn takes_secrets(&self) -> bool {
        true
    }

    async fn put(&self, _: &str) -> Result<Copied> {
        Ok(Copied::ToClipboard)
    }

    async fn put_secret(&self, _: &zeroize::Zeroizing<String>) -> Result<Copied> {
        Err(Error::NoClipboard { tool: None, source: None })
    }
}

/// A shell that says for what it was asked.
struct EchoShell;

impl UserShell for EchoShell {
    fn command(&self, session: &ShellSession<'_>, _: Option<&std::ffi::OsStr>) -> Result<Command> {
        Ok(Command::new(format!("{} {} {}", session.account_name, session.tier, session.region)))
    }
}

fn executor(world: &World) -> (Executor, UnboundedReceiver<Message>) {
    let (executor, messages, _) = executor_with(world, Arc::new(|| Ok(Policy::built_in())));
    (executor, messages)
}

type Receivers = (Executor, UnboundedReceiver<Message>, UnboundedReceiver<ReadyShell>);

fn executor_with(world: &World, read_policy: PolicyReader) -> Receivers {
    let (sender, messages) = unbounded_channel();
    let (shell_sender, shells) = unbounded_channel();
    let (clipboard, shell) = (Arc::new(NoClipboard), Arc::new(EchoShell));
    (
        Executor::new(world.ports.clone(), Replicas::default(), read_policy, clipboard, shell, sender, shell_sender),
        messages,
        shells,
    )
}

#[tokio::test]
async fn a_shell_is_made_ready_with_the_credentials_of_its_role() {
    let opens = async {
        let world = World::signed_in();
        let (mut executor, mut messages, mut shells) = executor_with(&world, Arc::new(|| Ok(Policy::built_in())));
        let Task::FetchCredentials(request) = fetch(&world) else { panic!() };
        let region = Region::parse("eu-central-1").unwrap();
        let about = ShellAbout {
            account_name: "prod".into(),
            tier: Tier::Developer,
            region,
            on_end: OnEnd::Warn,
            by_screen_alone: false,
        };
        executor.spawn(TaskId(1), Task::OpenShell(request, Box::new(about)));
        ended(&mut messages).await.1.unwrap();
        let shell = shells.recv().await.unwrap();
        assert_eq!(shell.role.1, target(DEVELOPER));
        assert_eq!(shell.command.get_program(), "prod Developer eu-central-1");
    };
    LocalSet::new().run_until(opens).await;
}

const DEVELOPER: &str = "100000000001/Developer";

fn fetch(world: &World) -> Task {
    Task::FetchCredentials(RoleRequest { source: world.source(&target(DEVELOPER)), elevation: None, renew: false })
}

/// The messages of a task, and its result.
async fn ended(messages: &mut UnboundedReceiver<Message>) -> (Vec<Message>, Result<()>) {
    let mut before = Vec::new();
    loop {
        match messages.recv().await.unwrap() {
            Message::TaskEnded(_, result) => return (before, result),
            message => before.push(message),
        }
    }
}

async fn next_index(messages: &mut UnboundedReceiver<Message>) -> Index {
    loop {
        match messages.recv().await {
            Some(Message::Index(index)) => return *index,
            Some(Message::Elevations(_)) => {}
            other => panic!("{other:?} came where the index was expected"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_by_another_process_reaches_the_screen_once() {
    let watch = async {
        let world = World::signed_in();
        let (executor, mut messages) = executor(&world);
        executor.watch_index();
        assert!(next_index(&mut messages).await.session(&world.session.key()).is_none());
        let signed_in = world.record().signed_in.unwrap();
        world
            .ports
            .state
            .update_index(&mut |index| index.note_sign_in(&world.session, &signed_in, StoreName::SecretService))
            .unwrap();
        assert!(next_index(&mut messages).await.session(&world.session.key()).unwrap().signed_in.is_some());
        world.ports.clock.sleep(10 * LOOK_AT_INDEX).await;
        assert!(messages.try_recv().is_err(), "what did not change is not sent again");
    };
    LocalSet::new().run_until(watch).await;
}

#[tokio::test(start_paused = true)]
async fn a_role_that_aws_no_longer_knows_leaves_the_screens_catalog() {
    let fetch = async {
        let world = World::signed_in();
        let role = target(DEVELOPER);
        let mut catalog = Catalog::default();
        let listed_at = world.ports.clock.now().wall;
        catalog.take_accounts(accounts(2), listed_at);
        catalog.take_roles(&role.account, vec![role.role], listed_at);
        world.ports.state.update_catalog(&world.session.key(), &mut |kept| *kept = catalog.clone()).unwrap();
        let (mut executor, mut messages) = executor(&world);
        for (why, roles) in [(AwsErrorKind::Forbidden, 1), (AwsErrorKind::NotFound, 0)] {
            world.aws.credentials.fail_always(Some(why));
            executor.spawn(TaskId(1), fetch(&world));
            let (before, result) = ended(&mut messages).await;
            assert_eq!(result.unwrap_err().kind(), Kind::Denied);
            let sent = before.iter().find_map(|message| match message {
                Message::Catalog(key, catalog) if *key == world.session.key() => Some(catalog.role_count()),
                _ => None,
            });
            assert_eq!(sent, Some(roles), "{why:?}");
        }
    };
    LocalSet::new().run_until(fetch).await;
}

/// A policy that asks developers for a reason.
fn strict() -> Policy {
    let asks = Clauses { gate: Some(Gate::BreakGlass), ..Clauses::default() };
    let identity = PolicyIdentity { digest: PolicyDigest::of(b"strict"), path: None };
    let defaults = TierDefaults::built_in(&[]).with(Tier::Developer, &asks);
    Policy::new(SessionLimit::default(), defaults, Vec::new(), identity)
}

#[tokio::test(start_paused = true)]
async fn each_fetch_reads_the_policy_and_goes_on_under_no_older_one() {
    let fetches = async {
        let world = World::signed_in();
        let unreadable = || Error::Policy(FileError::new(std::path::Path::new("policy.toml"), FileFault::NotUtf8));
        let reads = std::sync::Mutex::new(vec![Err(unreadable()), Ok(strict()), Ok(Policy::built_in())]);
        let read_policy = Arc::new(move || reads.lock().unwrap().pop().unwrap());
        let (mut executor, mut messages, _) = executor_with(&world, read_policy);
        let mut answers = Vec::new();
        for id in 1..=3 {
            executor.spawn(TaskId(id), fetch(&world));
            let (before, result) = ended(&mut messages).await;
            let shown = before.into_iter().find_map(|message| match message {
                Message::Policy(policy) => Some(policy.identity().digest),
                _ => None,
            });
            answers.push((shown, result.map_err(|error| error.kind())));
        }
        let digest = |policy: Policy| Some(policy.identity().digest);
        let expected = [
            (digest(Policy::built_in()), Ok(())),
            (digest(strict()), Err(Kind::ElevationNeeded)),
            (None, Err(Kind::Usage)),
        ];
        assert_eq!(answers, expected);
        assert_eq!(world.aws.credentials.count(), 1);
    };
    LocalSet::new().run_until(fetches).await;
}

/// Notes what is put on it, and whether as a secret.
#[derive(Default)]
struct Notes(std::sync::Mutex<Vec<(String, bool)>>);

#[async_trait::async_trait]
impl Clipboard for Notes {
    fn takes_secrets(&self) -> bool {
        true
    }

    async fn put(&self, text: &str) -> Result<Copied> {
        self.0.lock().unwrap().push((text.to_owned(), false));
        Ok(Copied::ToClipboard)
    }

    async fn put_secret(&self, text: &Zeroizing<String>) -> Result<Copied> {
        self.0.lock().unwrap().push((text.to_string(), true));
        Ok(Copied::ToClipboard)
    }
}

#[tokio::test]
async fn a_private_link_is_copied_as_a_secret_and_a_public_one_is_not() {
    let clipboard = Notes::default();
    let url = "https://oidc.example/authorize?state=abc".parse::<url::Url>().unwrap();
    for link in [Link::Public(url.clone()), Link::Private(url.clone())] {
        copy_link(&clipboard, link).await.unwrap();
    }
    let copied = clipboard.0.into_inner().unwrap();
    assert_eq!(copied, [(url.to_string(), false), (url.to_string(), true)]);
}

#[tokio::test]
async fn a_changed_preference_is_written_beside_what_another_screen_has_written() {
    let save = async {
        let world = World::signed_in();
        world.ports.state.update_preferences(&mut |kept| kept.first_run_done = true).unwrap();
        let (mut executor, mut messages) = executor(&world);
        executor.spawn(TaskId(1), Task::SavePreference(PreferenceChange::View(ListView::Matrix)));
        ended(&mut messages).await.1.unwrap();
        let kept = world.ports.state.preferences().unwrap();
        assert_eq!((kept.view, kept.first_run_done), (ListView::Matrix, true));
    };
    LocalSet::new().run_until(save).await;
}

#[tokio::test(start_paused = true)]
async fn credentials_that_no_clipboard_takes_are_reported_with_their_target_and_text_says_where_it_went() {
    let copies = async {
        let world = World::signed_in();
        let (mut executor, mut messages) = executor(&world);
        let Task::FetchCredentials(request) = fetch(&world) else { panic!("it fetches") };
        executor.spawn(
            TaskId(1),
            Task::CopyCredentials(request, crate::domain::handout::Format::Env, Region::parse("us-east-1").unwrap()),
        );
        let (_, result) = ended(&mut messages).await;
        assert!(matches!(result, Err(Error::SecretNotCopied { target: of, .. }) if of == target(DEVELOPER)));
        executor.spawn(TaskId(2), Task::CopyText("daypass exec".to_owned()));
        let (before, result) = ended(&mut messages).await;
        result.unwrap();
        let said = before.iter().find_map(|message| match message {
            Message::TaskProgress(TaskId(2), TaskProgress::Copied(copied)) => Some(*copied),
            _ => None,
        });
        assert_eq!(said, Some(Copied::ToClipboard));
    };
    LocalSet::new().run_until(copies).await;
}

const ADMIN: &str = "100000000001/Admin";

/// An elevation that runs.
async fn elevated(world: &World) -> OpenElevation {
    let request = world.request(ADMIN, Some("INC-4711 restore the queue"));
    let cached = crate::flows::obtain::obtain(&world.ports, &Policy::built_in(), &request, None).await.unwrap();
    world.ports.audit.elevations().unwrap().get(cached.elevation().unwrap()).unwrap().clone()
}

#[tokio::test(start_paused = true)]
async fn an_elevation_that_is_ended_leaves_the_keyring_and_the_screens_list() {
    let ends = async {
        let world = World::signed_in();
        let elevation = elevated(&world).await.subject.elevation;
        let (mut executor, mut messages) = executor(&world);
        executor.spawn(TaskId(1), Task::EndElevation(elevation));
        let (before, result) = ended(&mut messages).await;
        result.unwrap();
        let said = before.iter().find_map(|message| match message {
            Message::TaskProgress(TaskId(1), TaskProgress::ElevationEnded(ended)) => Some(ended),
            _ => None,
        });
        assert!(said.unwrap().aws_ends_at.is_some(), "{said:?}");
        let sent = before.iter().find_map(|message| match message {
            Message::Elevations(elevations) => Some(elevations),
            _ => None,
        });
        let sent = sent.unwrap();
        assert_eq!((sent.open().count(), &sent.past()[0].outcome), (0, &Outcome::Ended(EndReason::EndedEarly)));
        assert!(world.kept(&target(ADMIN)).is_none() && world.store.elevations.lock().unwrap().is_empty());

        executor.spawn(TaskId(2), Task::EndElevation(elevation));
        assert!(matches!(ended(&mut messages).await.1, Err(Error::NoSuchElevation(id)) if id == elevation));
    };
    LocalSet::new().run_until(ends).await;
}

#[tokio::test(start_paused = true)]
async fn a_warning_is_recorded_and_sent_and_an_unwritable_log_is_told() {
    let warns = async {
        let world = World::signed_in();
        let open = elevated(&world).await;
        let (mut executor, mut messages) = executor(&world);
        let warn = |minutes_left| Task::RecordWarning(Box::new(Warned { subject: open.subject.clone(), minutes_left }));
        let warned =
            || world.ports.audit.elevations().unwrap().open().next().unwrap().active.as_ref().unwrap().warned_at;
        executor.spawn(TaskId(1), warn(10));
        let (before, result) = ended(&mut messages).await;
        result.unwrap();
        assert!(before.iter().any(|message| matches!(message, Message::Elevations(_))), "{before:?}");
        assert_eq!(warned(), Some(10));

        world.log.full.store(true, std::sync::atomic::Ordering::SeqCst);
        executor.spawn(TaskId(2), warn(2));
        assert!(matches!(ended(&mut messages).await.1, Err(Error::NotRecorded(_))));
        assert_eq!(warned(), Some(10));

        // Whoever closes the screen at that moment does not keep it from being written.
        world.log.full.store(false, std::sync::atomic::Ordering::SeqCst);
        executor.spawn(TaskId(3), warn(2));
        tokio::task::yield_now().await;
        executor.cancel(TaskId(3));
        world.ports.tasks.close();
        world.ports.tasks.wait().await;
        assert_eq!(warned(), Some(2));
    };
    LocalSet::new().run_until(warns).await;
}
