use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::LocalSet;

use super::*;
use crate::flows::tests::world::World;

/// Puts nothing anywhere.
struct NoClipboard;

#[async_trait::async_trait]
impl Clipboard for NoClipboard {
    async fn put(&self, _: &str) -> Result<()> {
        Ok(())
    }

    async fn put_secret(&self, _: &zeroize::Zeroizing<String>) -> Result<()> {
        Ok(())
    }
}

fn executor(world: &World) -> (Executor, UnboundedReceiver<Message>) {
    let (sender, messages) = unbounded_channel();
    let policy = Arc::new(Policy::built_in());
    (Executor::new(world.ports.clone(), policy, Arc::new(NoClipboard), sender), messages)
}

async fn next_index(messages: &mut UnboundedReceiver<Message>) -> Index {
    match messages.recv().await {
        Some(Message::Index(index)) => *index,
        other => panic!("{other:?} came where the index was expected"),
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
        world.ports.state.update_index(&mut |index| index.note_sign_in(&world.session, &signed_in)).unwrap();
        assert!(next_index(&mut messages).await.session(&world.session.key()).unwrap().signed_in.is_some());
        world.ports.clock.sleep(10 * LOOK_AT_INDEX).await;
        assert!(messages.try_recv().is_err(), "what did not change is not sent again");
    };
    LocalSet::new().run_until(watch).await;
}
