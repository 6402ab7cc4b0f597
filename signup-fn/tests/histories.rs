//! Compares random histories of several people with a model.
//!
//! The histories run against a table that misbehaves, the model without a table. Every answer and everything
//! stored must match the model.
//!
//! `HISTORIES` is the number of histories; the gate runs 10,000.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::SignedDuration;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::{Claim, Place};
use support::stub::{Fault, stub};
use support::{Table, at, form, now, person, soon, text};

const PEOPLE: usize = 5;
const SESSIONS: [&str; 2] = ["a", "b"];
const SEATS: usize = 2;

/// An action of a participant.
#[derive(Debug, Clone)]
enum Act {
    SignUp { session: usize, may_wait: bool },
    Rename,
    Move { to: usize, may_wait: bool },
    Cancel,
    Erase,
}

type History = Vec<(usize, Act, Vec<Fault>)>;

fn history() -> impl Strategy<Value = History> {
    let act = prop_oneof![
        5 => (0..2_usize, any::<bool>()).prop_map(|(session, may_wait)| Act::SignUp { session, may_wait }),
        1 => Just(Act::Rename),
        3 => (0..2_usize, any::<bool>()).prop_map(|(to, may_wait)| Act::Move { to, may_wait }),
        2 => Just(Act::Cancel),
        1 => Just(Act::Erase),
    ];
    let fault = prop_oneof![
        Just(Fault::Conflict),
        Just(Fault::Throttled),
        Just(Fault::ThrottledPart),
        Just(Fault::Internal),
        Just(Fault::LostAnswer),
        Just(Fault::LostAnswer),
    ];
    // Three in four steps have no faults. Otherwise, the histories would test little but faults.
    let faults = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(fault, 1..3)];
    prop::collection::vec((0..PEOPLE, act, faults), 1..16)
}

/// The expected state, kept without a table.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Model {
    /// The participants with a seat, by session.
    seated: [Vec<usize>; 2],
    /// The waiting list, in order, by session.
    waiting: [Vec<usize>; 2],
    /// The participants who cancelled, and the session that each had chosen.
    cancelled: BTreeMap<usize, usize>,
    names: BTreeMap<usize, &'static str>,
    /// The number of promotions from the waiting list, by participant.
    promoted: BTreeMap<usize, usize>,
}

impl Model {
    fn place(&self, who: usize) -> Option<(Place, usize)> {
        (0..2).find_map(|session| {
            let seat = self.seated[session].contains(&who).then_some((Place::Seat, session));
            seat.or_else(|| self.waiting[session].contains(&who).then_some((Place::WaitingList, session)))
        })
    }

    fn has_seat(&self, session: usize) -> bool {
        self.seated[session].len() < SEATS && self.waiting[session].is_empty()
    }

    fn sign_up(&mut self, who: usize, session: usize, may_wait: bool) -> Claim {
        let place = match (self.has_seat(session), may_wait) {
            (true, _) => Place::Seat,
            (false, true) => Place::WaitingList,
            (false, false) => return Claim::Full,
        };
        if self.place(who).is_some() {
            return Claim::Known(place);
        }
        self.cancelled.remove(&who);
        self.names.insert(who, "Jan Vos");
        self.join(who, session, place);
        Claim::Placed(place)
    }

    fn join(&mut self, who: usize, session: usize, place: Place) {
        match place {
            Place::Seat => self.seated[session].push(who),
            Place::WaitingList => self.waiting[session].push(who),
        }
    }

    fn leave(&mut self, who: usize) {
        for session in 0..2 {
            self.waiting[session].retain(|&other| other != who);
            let before = self.seated[session].len();
            self.seated[session].retain(|&other| other != who);
            if self.seated[session].len() < before && !self.waiting[session].is_empty() {
                let head = self.waiting[session].remove(0);
                self.seated[session].push(head);
                *self.promoted.entry(head).or_default() += 1;
            }
        }
    }

    fn change(&mut self, who: usize, act: &Act) -> Changed {
        let known = self.place(who);
        match act {
            Act::Erase => {
                self.leave(who);
                self.promoted.remove(&who);
                let was_there = self.names.remove(&who).is_some();
                self.cancelled.remove(&who);
                if was_there { Changed::Done } else { Changed::Gone }
            }
            _ if !self.names.contains_key(&who) => Changed::Gone,
            Act::Rename => {
                self.names.insert(who, "Jan de Vos");
                Changed::Done
            }
            Act::Cancel => {
                if let Some((_, session)) = known {
                    self.leave(who);
                    self.cancelled.insert(who, session);
                }
                Changed::Done
            }
            Act::Move { to, may_wait } => match known {
                None if self.cancelled.get(&who) == Some(to) => Changed::Done,
                None => Changed::Gone,
                Some((_, from)) if from == *to => Changed::Done,
                Some(_) => {
                    let place = match (self.has_seat(*to), may_wait) {
                        (true, _) => Place::Seat,
                        (false, true) => Place::WaitingList,
                        (false, false) => return Changed::Full,
                    };
                    self.leave(who);
                    self.join(who, *to, place);
                    Changed::Done
                }
            },
            Act::SignUp { .. } => Changed::Gone,
        }
    }

    /// Returns the status, session and name of every participant.
    fn standing(&self) -> BTreeMap<usize, (Status, usize, &'static str)> {
        let of = |&who: &usize| {
            let (status, session) = match self.place(who) {
                Some((Place::Seat, session)) => (Status::Confirmed, session),
                Some((Place::WaitingList, session)) => (Status::Waiting, session),
                None => (Status::Cancelled, self.cancelled[&who]),
            };
            (who, (status, session, self.names[&who]))
        };
        self.names.keys().map(of).collect()
    }
}

fn email(who: usize) -> String {
    format!("p{who}@voorbeeld.nl")
}

async fn small_table() -> Table {
    let table = support::table().await;
    let mut event = serde_json::to_value(&table.event).unwrap();
    for session in 0..2 {
        event["sessions"][session]["capacity"] = SEATS.into();
    }
    Table { event: serde_json::from_value(event).unwrap(), ..table }
}

async fn live(history: &History) {
    let table = small_table().await;
    let mut model = Model::default();
    for (step, (who, act, faults)) in history.iter().enumerate() {
        let store = match faults.is_empty() {
            true => table.store(),
            false => table.store_at(&stub(&table, faults, false).await),
        };
        let moment = now() + SignedDuration::from_mins(i64::try_from(step).unwrap());
        match act {
            Act::SignUp { session, may_wait } => {
                let wait = if *may_wait { "&wait=yes" } else { "" };
                let form = form(&email(*who), SESSIONS[*session]) + wait;
                let claim = table.claim_form(&store, &form, moment, Duration::from_secs(30)).await.unwrap();
                assert_eq!(claim, model.sign_up(*who, *session, *may_wait), "step {step} of {history:?}");
            }
            change => {
                let asked = match change {
                    Act::Rename => {
                        let form = form("x@voorbeeld.nl", "a").replace("Jan+Vos", "Jan+de+Vos");
                        let form = signup_fn::participant::form::Submission::read(form.as_bytes()).unwrap();
                        Change::Details(form.details().unwrap())
                    }
                    Act::Move { to, may_wait } => {
                        Change::Move { to: SESSIONS[*to].parse().unwrap(), may_wait: *may_wait }
                    }
                    Act::Cancel => Change::Cancel,
                    _ => Change::Erase,
                };
                let changed = table.change(&store, &email(*who), &asked).await.unwrap();
                assert_eq!(changed, model.change(*who, change), "step {step} of {history:?}");
            }
        }
    }
    check(&table, &model, history).await;
}

/// Checks that the table matches the model.
///
/// Nobody may be missing or stored twice. Seats, waiting lists and promotion mails must match.
async fn check(table: &Table, model: &Model, history: &History) {
    let participants = table.store().participants(table.event.id(), at(now())).await.unwrap().readable;
    let who_is = |key: &str| {
        let key_of = |who: usize| {
            person(&table.event, &signup_fn::people::field::Email::new(&email(who)).unwrap()).key()
        };
        (0..PEOPLE).find(|&who| key_of(who) == key).unwrap()
    };
    let standing: BTreeMap<usize, (Status, usize, String)> = participants
        .iter()
        .map(|participant| {
            let session = SESSIONS.iter().position(|id| *id == participant.signup.session.as_str()).unwrap();
            let name = participant.signup.details.full_name.as_str().to_owned();
            (who_is(&participant.person.key()), (participant.status, session, name))
        })
        .collect();
    let expected: BTreeMap<usize, (Status, usize, String)> = model
        .standing()
        .into_iter()
        .map(|(who, (status, session, name))| (who, (status, session, name.to_owned())))
        .collect();
    assert_eq!(standing, expected, "{history:?}");
    let states = table.store().session_states(table.event.id(), soon()).await.unwrap();
    for (at, session) in SESSIONS.iter().enumerate() {
        let state = states.get(&session.parse().unwrap()).cloned().unwrap_or_default();
        assert_eq!(state.taken as usize, model.seated[at].len(), "seats of {session} in {history:?}");
        assert!(state.taken as usize <= SEATS);
        let waiting: Vec<usize> = state.waiting.iter().map(|person| who_is(&person.key())).collect();
        assert_eq!(waiting, model.waiting[at], "waiting list of {session} in {history:?}");
    }
    let items = table.items().await;
    let mut promoted: BTreeMap<usize, usize> = BTreeMap::new();
    for item in items.iter().filter(|item| text(item, "sk").starts_with("mail#")) {
        let who = who_is(text(item, "sk").split('#').nth(1).unwrap());
        if text(item, "kind") == MailKind::Promoted.name() {
            *promoted.entry(who).or_default() += 1;
        }
    }
    assert_eq!(promoted, model.promoted, "one mail for each promotion: {history:?}");
}

#[test]
fn the_table_always_matches_the_model() {
    let cases: u32 = std::env::var("HISTORIES").map_or(200, |number| number.parse().unwrap());
    let threads = 4;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let config =
                    Config { cases: cases / threads, failure_persistence: None, ..Config::default() };
                let told = TestRunner::new(config).run(&history(), |history| {
                    // Each history has its own runtime, which stops its servers when it ends. The servers of
                    // 10,000 histories would need too many open files.
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(live(&history));
                    Ok(())
                });
                told.unwrap();
            });
        }
    });
}
