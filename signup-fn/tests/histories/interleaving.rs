//! Two actors at once, whose requests to the table are handled in an order that the history decides.
//!
//! Each actor reaches the table through a gate of its own. A request waits at its gate until every actor
//! waits or has finished; then the schedule chooses whose request the table handles next. The same history
//! therefore always gives the same order, as in FoundationDB's simulation.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::act::Schedule;
use crate::support::Table;
use crate::support::stub::{Fault, busy_at_first, pass, stub};
use crate::support::way::Way;

/// What an actor tells the schedule.
enum Told {
    /// A request waits at the gate.
    Waits(usize, oneshot::Sender<()>),
    /// The actor has finished.
    IsDone,
}

/// Returns a way to the table with a gate on it. If it is busy, the first transaction meets another one.
fn gate(actor: usize, way: Way, is_busy: bool, told: &mpsc::UnboundedSender<Told>) -> Way {
    let told = told.clone();
    let way = if is_busy { busy_at_first(way) } else { way };
    Arc::new(move |sent| {
        let (way, told) = (Arc::clone(&way), told.clone());
        Box::pin(async move {
            let (open, opened) = oneshot::channel();
            let _ = told.send(Told::Waits(actor, open));
            let _ = opened.await;
            pass(&way, sent).await
        })
    })
}

/// Runs two actors at once, the first of whom meets the faults. Each gets the way by which it reaches the table.
pub(crate) async fn at_once<A, B>(
    (table, faults): (&Table, &[Fault]),
    schedule: &Schedule,
    one: impl AsyncFnOnce(Way) -> A,
    other: impl AsyncFnOnce(Way) -> B,
) -> (A, B) {
    let (told, mut tells) = mpsc::unbounded_channel();
    let (first, second) = (
        gate(0, stub(table.way(), faults, false), schedule.is_busy, &told),
        gate(1, table.way(), schedule.is_busy, &told),
    );
    let schedule = async {
        let mut choices = schedule.choices.iter().copied().chain(std::iter::repeat(false));
        let mut waiting: [Option<oneshot::Sender<()>>; 2] = [None, None];
        let mut running = 2;
        loop {
            match tells.recv().await {
                Some(Told::Waits(actor, open)) => waiting[actor] = Some(open),
                Some(Told::IsDone) => running -= 1,
                None => return,
            }
            if running == 0 {
                return;
            }
            if waiting.iter().flatten().count() == running {
                let chosen = match waiting.iter().position(Option::is_some) {
                    Some(0) if waiting[1].is_some() => usize::from(choices.next() == Some(true)),
                    Some(only) => only,
                    None => continue,
                };
                if let Some(open) = waiting[chosen].take() {
                    let _ = open.send(());
                }
            }
        }
    };
    let one = async {
        let answer = one(first).await;
        let _ = told.send(Told::IsDone);
        answer
    };
    let other = async {
        let answer = other(second).await;
        let _ = told.send(Told::IsDone);
        answer
    };
    let (one, other, ()) = tokio::join!(one, other, schedule);
    (one, other)
}
