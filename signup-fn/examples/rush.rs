//! Measures a rush for one session, on a store that conflicts and throttles like DynamoDB ([`support::contention`]).
//!
//! usage: `cargo run --release -p signup-fn --example rush [SEATS [PEOPLE…]]`
//!
//! The clock skips every pause and stands still while this machine computes, so the times are those of the model, on any
//! machine. All people send their form within one second. Each runs in an instance of its own, as in Lambda, of which only so many
//! may run at once; whoever finds none free is turned away. Prints a row for each number of people and of instances, and
//! fails if a seat is given away twice or lost.
#![allow(clippy::unwrap_used, reason = "a measurement that can't go on should stop")]
#![allow(clippy::print_stdout, reason = "it prints the table")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::Duration;

use signup_fn::store::claim::{Claim, Place};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use support::contention::contention;
use support::{Table, form, now, table};

/// For how long the function tries: Lambda's timeout less what it reserves for its answer.
const PATIENCE: Duration = Duration::from_millis(9_700);
/// How many instances may run at once: in a new account, and in one that asked for more.
const INSTANCES: [usize; 3] = [10, 100, 1_000];

/// What became of a form.
enum Sent {
    Answered(Claim, Duration),
    /// The function gave up, and answered with a page that keeps what was typed.
    GivenUp,
    /// No instance was free.
    TurnedAway,
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    let numbers: Vec<usize> = std::env::args().skip(1).map(|number| number.parse().unwrap()).collect();
    let (seats, people) = numbers.split_first().map_or((500, &[][..]), |(seats, people)| (*seats, people));
    let people = if people.is_empty() { &[200, 500, 1_000, 2_000] } else { people };
    println!("| people | instances | each item | turned away | given up | a seat | half after | 99% after |");
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (people, instances, per_item) in cases(people) {
        let table = table().await.with_capacity(seats);
        let sent = rush(&table, people, instances, per_item).await;
        println!("{}", row(&sent, (people, instances, per_item)));
        let seated = sent.iter().filter(|sent| matches!(sent, Sent::Answered(Claim::Placed(Place::Seat), _)));
        let (seated, stored) = (seated.count(), table.people("a").await);
        assert!(
            stored <= seats && seated <= stored && stored == table.taken("a").await,
            "{seated}, {stored}"
        );
        table.delete().await;
    }
}

/// Returns each number of people with each number of instances, and with the largest also how much longer each item makes
/// a transaction.
fn cases(people: &[usize]) -> Vec<(usize, usize, Duration)> {
    let [few, some, many] = INSTANCES.map(|instances| (instances, Duration::ZERO));
    let instances = [few, some, many, (many.0, Duration::from_micros(100))];
    people
        .iter()
        .flat_map(|people| instances.map(|(instances, per_item)| (*people, instances, per_item)))
        .collect()
}

/// Lets people send their forms within a second.
async fn rush(table: &Table, people: usize, instances: usize, per_item: Duration) -> Vec<Sent> {
    let store = table.store_by(contention(table.way(), per_item));
    let free = Arc::new(Semaphore::new(instances));
    let forms = (0..people).map(|number| {
        let (table, store, free) = (table.clone(), store.clone(), Arc::clone(&free));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs_f64(fastrand::f64())).await;
            let Ok(_instance) = free.try_acquire() else { return Sent::TurnedAway };
            let start = Instant::now();
            let form = form(&format!("p{number}@voorbeeld.nl"), "a") + "&wait=yes";
            match table.claim_form(&store, &form, now(), PATIENCE).await {
                Ok(claim) => Sent::Answered(claim, start.elapsed()),
                Err(_) => Sent::GivenUp,
            }
        })
    });
    let forms: Vec<_> = forms.collect();
    let mut sent = Vec::new();
    for form in forms {
        sent.push(form.await.unwrap());
    }
    sent
}

fn row(sent: &[Sent], (people, instances, per_item): (usize, usize, Duration)) -> String {
    let count = |is: fn(&&Sent) -> bool| sent.iter().filter(is).count();
    let mut times: Vec<Duration> = sent
        .iter()
        .filter_map(|sent| match sent {
            Sent::Answered(_, time) => Some(*time),
            _ => None,
        })
        .collect();
    times.sort_unstable();
    let after = |share: f64| {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "an index"
        )]
        let at = (times.len() as f64 * share) as usize;
        times.get(at).map_or_else(|| "–".to_owned(), |time| format!("{:.1} s", time.as_secs_f64()))
    };
    format!(
        "| {people} | {instances} | {} ms | {} | {} | {} | {} | {} |",
        per_item.as_secs_f64() * 1_000.0,
        count(|sent| matches!(sent, Sent::TurnedAway)),
        count(|sent| matches!(sent, Sent::GivenUp)),
        count(|sent| matches!(sent, Sent::Answered(Claim::Placed(Place::Seat), _))),
        after(0.5),
        after(0.99)
    )
}
