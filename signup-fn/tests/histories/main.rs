//! Compares random histories of an event with a model.
//!
//! The histories run against a table that misbehaves, the model without a table. After every step, every
//! answer, everything stored and every mail must match the model.
//!
//! `HISTORIES` is the number of histories; the gate runs 10,000. A failure is shrunk to a few steps, and
//! names its seed; `SEED` repeats it.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod act;
mod actor;
mod addresses;
mod event;
mod interleaving;
mod model;
mod observed;
mod operation;
mod orders;
mod organiser;
mod restore;
mod rounds;
#[path = "../support/mod.rs"]
mod support;
mod world;

use std::time::{SystemTime, UNIX_EPOCH};

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use act::{Act, Changing, Doing, Edit, History, Schedule, history};

const THREADS: u64 = 4;

#[test]
fn the_table_always_matches_the_model() {
    let number = |name: &str| std::env::var(name).ok().map(|number| number.parse::<u64>().unwrap());
    let cases = number("HISTORIES").unwrap_or(60);
    let seed = number("SEED");
    let first =
        seed.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() * THREADS);
    std::thread::scope(|scope| {
        for seed in (first..).take(if seed.is_some() { 1 } else { usize::try_from(THREADS).unwrap() }) {
            scope.spawn(move || run(seed, u32::try_from(cases / THREADS).unwrap()));
        }
    });
}

/// The sign-up of somebody who must be forgotten is erased before the same person signs up again. It takes the
/// last seat between the second form's reads and its write, which must not call the session full.
#[test]
fn a_form_sent_twice_at_once_decides_on_what_both_have_read() {
    let sign_up = |mailbox| Doing::SignUp { mailbox, name: 0, session: 1, may_wait: false };
    for orders in 0..64 {
        let twice = Act::AtOnce {
            mailer: false,
            doing: [sign_up(0), sign_up(0)],
            schedule: Schedule { choices: (0..6).map(|at| orders >> at & 1 == 1).collect(), is_busy: false },
        };
        let acts = [
            Act::Edit(Edit::Reschedule { session: 1, hours: 2 }),
            Act::Pass { minutes: 40 * model::DAY },
            Act::Do(sign_up(1)),
            twice,
        ];
        let history =
            History { confirms: false, is_spread: false, steps: acts.map(|act| (act, Vec::new())).into() };
        assert_eq!(lived(&history), Ok(()));
    }
}

/// Somebody confirms while the rounds find the seat's time to be over. Whether the rounds forget the address that was
/// asked for too depends on who comes first, and decides whether the next rounds remind.
#[test]
fn who_confirms_beside_the_rounds_is_reminded_by_them_or_the_next() {
    let sign_up = Doing::SignUp { mailbox: 1, name: 0, session: 1, may_wait: false };
    let change = |change| Doing::Change { who: 0, change };
    for orders in 0..64 {
        let choices = (0..12).map(|at| orders >> (at / 2) & 1 == 1).collect();
        let beside_rounds = Act::AtOnce {
            mailer: true,
            doing: [change(Changing::Confirm), change(Changing::Confirm)],
            schedule: Schedule { choices, is_busy: orders % 2 == 1 },
        };
        let acts = [
            Act::Edit(Edit::Reschedule { session: 1, hours: 30 }),
            Act::Do(sign_up.clone()),
            Act::Do(change(Changing::AskAddress { mailbox: 0 })),
            Act::Pass { minutes: 1500 },
            beside_rounds,
            Act::Rounds,
            Act::Rounds,
        ];
        let history =
            History { confirms: true, is_spread: false, steps: acts.map(|act| (act, Vec::new())).into() };
        assert_eq!(lived(&history), Ok(()));
    }
}

/// Somebody leaves while another is put on the waiting list at a desk. Whoever reads back what the desk has done may
/// already have the seat, and hears that.
#[test]
fn a_place_at_a_desk_may_have_become_a_seat() {
    let sign_up = |mailbox, name| Doing::SignUp { mailbox, name, session: 0, may_wait: true };
    for orders in 0..256 {
        let leave = Doing::Change { who: 0, change: Changing::Cancel };
        let choices = (0..16).map(|at| orders >> (at / 2) & 1 == 1).collect();
        let schedule = Schedule { choices, is_busy: true };
        let at_once = Act::AtOnce { mailer: false, doing: [leave, sign_up(1, 0)], schedule };
        let acts = [Act::Do(sign_up(0, 0)), Act::Do(sign_up(0, 1)), at_once];
        let history =
            History { confirms: false, is_spread: false, steps: acts.map(|act| (act, Vec::new())).into() };
        assert_eq!(lived(&history), Ok(()));
    }
}

/// A cancelled participant follows the session at once, somebody with a seat an hour after the last change. Whoever
/// the rounds cancel is no exception, whether or not the id of their session has changed as well.
#[test]
fn a_participant_of_a_session_called_off_follows_it_at_once() {
    for is_renamed in [false, true] {
        let reschedule = |hours| Act::Edit(Edit::Reschedule { session: 1, hours });
        let mut acts = vec![
            Act::Do(Doing::SignUp { mailbox: 0, name: 0, session: 1, may_wait: false }),
            reschedule(200),
            Act::Rounds,
            reschedule(30),
        ];
        acts.extend(is_renamed.then_some(Act::Edit(Edit::RenameSession { session: 1 })));
        acts.extend([Act::Edit(Edit::CallOff { session: 1, is_off: true }), Act::Rounds]);
        let history = History {
            confirms: false,
            is_spread: false,
            steps: acts.into_iter().map(|act| (act, Vec::new())).collect(),
        };
        assert_eq!(lived(&history), Ok(()));
    }
}

/// Runs the histories of a seed.
fn run(seed: u64, cases: u32) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let told = runner.run(&history(), |history| {
        fastrand::seed(seed);
        lived(&history).map_err(TestCaseError::fail)
    });
    told.unwrap_or_else(|error| panic!("SEED={seed} HISTORIES={}: {error}", u64::from(cases) * THREADS));
}

/// Lives through a history in a runtime of its own, whose clock skips every pause.
fn lived(history: &History) -> Result<(), String> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    runtime.block_on(world::live(history))
}
