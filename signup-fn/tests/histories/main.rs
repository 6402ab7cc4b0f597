//! Compares random histories of an event with a model.
//!
//! The histories run against a table that misbehaves, the model without a table. Every answer, everything
//! stored and every mail must match the model.
//!
//! `HISTORIES` is the number of histories; the gate runs 10,000.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod act;
mod model;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use proptest::test_runner::{Config, TestRunner};
use signup_fn::mail::transport::Transport;
use signup_fn::participant::form::Submission;
use signup_fn::people::field::Email;
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::Claim;
use signup_fn::store::client::Store;
use support::stub::stub;
use support::{Table, at, form, mailer, now, person, reschedule, soon};

use act::{Act, Changing, History, PEOPLE, SESSIONS, history};
use model::{Model, Session};

fn email(who: usize) -> String {
    format!("p{who}@voorbeeld.nl")
}

fn moment(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

/// The table with the event as the model's editor describes it.
fn edited(table: &Table, model: &Model) -> Table {
    table.edited(|event| {
        event["confirm_by_mail"] = model.confirms.into();
        event["retention_days"] = model.retention.into();
        for (session, described) in event["sessions"].as_array_mut().unwrap().iter_mut().zip(model.sessions) {
            session["capacity"] = described.capacity.into();
            session["called_off"] = described.called_off.into();
            reschedule(session, moment(described.starts_at));
        }
    })
}

async fn live(history: &History) {
    let session = Session { starts_at: 100 * 24 * 60, capacity: 2, called_off: false };
    let mut model = Model {
        now: 0,
        confirms: history.confirms,
        retention: 30,
        sessions: [session; 2],
        people: BTreeMap::new(),
        waiting: Default::default(),
        mails: BTreeMap::new(),
    };
    let mut table = edited(&support::table().await, &model);
    for (step, (act, faults)) in history.steps.iter().enumerate() {
        let store = match faults.is_empty() {
            true => table.store(),
            false => table.store_at(&stub(&table, faults, false).await),
        };
        model.now += 1;
        match *act {
            Act::SignUp { who, session, may_wait } => {
                let claim = sign_up(&table, &store, &model, who, session, may_wait).await;
                assert_eq!(claim, model.sign_up(who, session, may_wait), "step {step} of {history:?}");
            }
            Act::Change { who, ref change } => {
                let changed = change_sign_up(&table, &store, &model, who, change).await;
                assert_eq!(changed, model.change(who, change), "step {step} of {history:?}");
            }
            Act::Rounds => {
                let mailer = signup_fn::mail::mailer::Mailer { store, ..to_nowhere(&table) };
                mailer.rounds(at(moment(model.now))).await.unwrap();
                model.rounds();
            }
            Act::Pass { minutes } => model.now += minutes,
            Act::Resize { session, capacity } => model.sessions[session].capacity = capacity,
            Act::Reschedule { session, hours } => {
                model.sessions[session].starts_at = model.now + hours * 60;
            }
            Act::CallOff { session, is_off } => model.sessions[session].called_off = is_off,
            Act::Retain { days } => model.retention = days,
        }
        table = edited(&table, &model);
    }
    check(&table, &model, history).await;
    check_the_end(&table, &model, history).await;
}

fn to_nowhere(table: &Table) -> signup_fn::mail::mailer::Mailer {
    mailer(table, Transport::Folder("/nonexistent".into()))
}

/// Submits the form, as the function does.
async fn sign_up(
    table: &Table,
    store: &Store,
    model: &Model,
    who: usize,
    session: usize,
    may_wait: bool,
) -> Claim {
    let wait = if may_wait { "&wait=yes" } else { "" };
    let form = form(&email(who), SESSIONS[session]) + wait;
    let now = moment(model.now);
    let claim = table.claim_form(store, &form, now, Duration::from_secs(30)).await.unwrap();
    if let Claim::Known(_) = claim {
        let person = person(&table.event, &Email::new(&email(who)).unwrap());
        store.repeat(table.event.id(), &person, at(now)).await.unwrap();
    }
    claim
}

async fn change_sign_up(
    table: &Table,
    store: &Store,
    model: &Model,
    who: usize,
    change: &Changing,
) -> Changed {
    let change = match change {
        Changing::Rename => {
            let form = form("x@voorbeeld.nl", "a").replace("Jan+Vos", "Jan+de+Vos");
            Change::Details(Submission::read(form.as_bytes()).unwrap().details().unwrap())
        }
        Changing::Move { to, may_wait } => {
            Change::Move { to: SESSIONS[*to].parse().unwrap(), may_wait: *may_wait }
        }
        Changing::Cancel => Change::Cancel,
        Changing::Confirm => Change::Confirm,
        Changing::Erase => Change::Erase,
    };
    let Some(participant) = table.participant(&email(who)).await else { return Changed::Gone };
    store.change(&table.event, &participant.key(), &change, at(moment(model.now))).await.unwrap()
}

fn who_is(table: &Table, key: &str) -> usize {
    let key_of = |who: usize| person(&table.event, &Email::new(&email(who)).unwrap()).key();
    (0..PEOPLE).find(|&who| key_of(who) == key).unwrap()
}

fn index(session: &str) -> usize {
    SESSIONS.iter().position(|id| *id == session).unwrap()
}

/// Checks that the table matches the model.
///
/// Nobody may be missing or stored twice. Seats, waiting lists, times, retention and mails must match.
async fn check(table: &Table, model: &Model, history: &History) {
    let event = table.event.id();
    let participants = table.store().participants(event, at(moment(model.now))).await.unwrap().readable;
    let stored: BTreeMap<usize, _> = participants
        .iter()
        .map(|p| {
            let told = p.told.as_ref().unwrap().starts_at;
            let name = p.signup.details.full_name.as_str();
            let session = index(p.signup.session.as_str());
            (who_is(table, &p.person.key()), (p.status, session, name, told, p.forget_at))
        })
        .collect();
    let expected: BTreeMap<usize, _> = model
        .people
        .iter()
        .map(|(&who, p)| (who, (p.status, p.session, p.name, moment(p.told), moment(p.forget_at))))
        .collect();
    assert_eq!(stored, expected, "{history:?}");
    let states = table.store().session_states(event, soon()).await.unwrap();
    for (at, session) in SESSIONS.iter().enumerate() {
        let state = states.get(&session.parse().unwrap()).cloned().unwrap_or_default();
        assert_eq!(state.taken, model.taken(at), "seats of {session} in {history:?}");
        let waiting: Vec<usize> = state.waiting.iter().map(|p| who_is(table, &p.key())).collect();
        assert_eq!(waiting, model.waiting[at], "waiting list of {session} in {history:?}");
    }
    let sorted = |mut mails: BTreeMap<usize, Vec<(MailKind, usize)>>| {
        mails.values_mut().for_each(|mails| mails.sort());
        mails
    };
    let mut mails: BTreeMap<usize, Vec<(MailKind, usize)>> = BTreeMap::new();
    for mail in table.store().mails(event, soon()).await.unwrap().readable {
        let who = who_is(table, &mail.key.person.key());
        mails.entry(who).or_default().push((mail.kind, index(mail.session.as_str())));
    }
    assert_eq!(sorted(mails), sorted(model.mails.clone()), "mails in {history:?}");
}

/// Checks what must hold in the end: no mail is left unsent, and nobody is shown once the retention period
/// is over.
async fn check_the_end(table: &Table, model: &Model, history: &History) {
    let folder = tempfile::tempdir().unwrap();
    let mailer = mailer(table, Transport::Folder(folder.path().to_owned()));
    mailer.sweep(SignedDuration::ZERO, at(moment(model.now))).await.unwrap();
    let mails = table.store().mails(table.event.id(), soon()).await.unwrap().readable;
    assert!(mails.iter().all(|mail| mail.is_sent), "unsent mail after {history:?}");
    // The rounds make the data follow what an editor changed last. From then on, the end is known.
    mailer.rounds(at(moment(model.now))).await.unwrap();
    let last = (0..2).map(|session| model.forget_at(session)).max().unwrap();
    let late = at(moment(last));
    mailer.rounds(late).await.unwrap();
    let shown = table.store().participants(table.event.id(), late).await.unwrap().readable;
    assert!(shown.is_empty(), "{} people after the end of {history:?}", shown.len());
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
