//! Two actors at once, whose requests to the table are handled in an order that the history decides.
//!
//! Each actor reaches the table through a gate of its own. A request waits at its gate until every actor
//! waits or has finished; then the schedule chooses whose request the table handles next. The same history
//! therefore always gives the same order, as in FoundationDB's simulation.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

use crate::support::Table;
use crate::support::stub::Target;

/// What an actor tells the schedule.
enum Told {
    /// A request waits at the gate.
    Waits(usize, oneshot::Sender<()>),
    /// The actor has finished.
    IsDone,
}

struct Gate {
    actor: usize,
    told: mpsc::UnboundedSender<Told>,
    target: Target,
}

async fn pass(State(gate): State<Arc<Gate>>, headers: HeaderMap, body: Bytes) -> Response {
    let (open, opened) = oneshot::channel();
    let _ = gate.told.send(Told::Waits(gate.actor, open));
    let _ = opened.await;
    gate.target.forward(headers, body).await
}

/// Starts a gate in front of the table's store and returns its address.
async fn gate(actor: usize, table: &Table, told: &mpsc::UnboundedSender<Told>) -> String {
    let gate = Gate { actor, told: told.clone(), target: Target::new(table) };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(pass).with_state(Arc::new(gate));
    tokio::spawn(async move { axum::serve(listener, router).await });
    endpoint
}

/// Runs two actors at once. Each gets the address at which it reaches the table.
pub(crate) async fn at_once<A, B>(
    table: &Table,
    schedule: &[bool],
    one: impl AsyncFnOnce(String) -> A,
    other: impl AsyncFnOnce(String) -> B,
) -> (A, B) {
    let (told, mut tells) = mpsc::unbounded_channel();
    let (first, second) = (gate(0, table, &told).await, gate(1, table, &told).await);
    let schedule = async {
        let mut choices = schedule.iter().copied().chain(std::iter::repeat(false));
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
