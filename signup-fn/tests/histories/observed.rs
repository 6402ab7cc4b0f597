//! What can be seen of an event: the same for the model and for the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use catalog::EventId;
use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use signup_fn::people::field::Email;
use signup_fn::people::identity::{Mailbox, Person};
use signup_fn::people::participant::Participant;
use signup_fn::store::client::Store;
use signup_fn::store::mail::Mail;

use crate::act::{MAILBOXES, NAMES};
use crate::support::{Item, Table, at, identity, now, soon, text};

/// A person: the number of the mailbox, of the name at the sign-up, and of the people who had it before.
pub(crate) type Key = (usize, usize, u8);

/// The beginning of the sort key of a participant whom a newer version wrote.
pub(crate) const NEWER_PERSON: &str = "person#newer";

/// A participant, with everything on which it depends what happens to them later. Otherwise, two orders of the same
/// operations could look the same, and the model could go on with the wrong one. Times are in minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeenPerson {
    pub(crate) status: Status,
    pub(crate) session: usize,
    pub(crate) name: &'static str,
    pub(crate) mailbox: usize,
    pub(crate) told: i64,
    pub(crate) forget_at: i64,
    /// The address that was asked for, and until when it can be confirmed.
    pub(crate) new_address: Option<(usize, i64)>,
    pub(crate) held_until: Option<i64>,
    pub(crate) signed_up_at: i64,
    pub(crate) repeated_at: Option<i64>,
    pub(crate) rescheduled_at: Option<i64>,
    pub(crate) reminded_of: Option<usize>,
    pub(crate) told_no_seat_of: Option<usize>,
}

/// A mail, likewise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeenMail {
    pub(crate) kind: MailKind,
    pub(crate) session: usize,
    pub(crate) attempts: i64,
    pub(crate) is_sent: bool,
    pub(crate) is_parked: bool,
    pub(crate) created_at: i64,
    pub(crate) not_before: Option<i64>,
}

/// Everything that can be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observed {
    pub(crate) people: BTreeMap<Key, SeenPerson>,
    pub(crate) taken: [u32; 2],
    pub(crate) waiting: [Vec<Key>; 2],
    pub(crate) mailboxes: [Vec<Key>; 2],
    pub(crate) mails: BTreeMap<Key, Vec<SeenMail>>,
}

/// Returns the person with a key.
pub(crate) fn person((number_of_mailbox, name, number): Key) -> Person {
    identity().person(&mailbox(number_of_mailbox), NAMES[name], number)
}

/// Returns the mailbox with a number.
fn mailbox(number: usize) -> Mailbox {
    let event: EventId = "e".parse().unwrap();
    identity().mailbox(&event, &Email::new(MAILBOXES[number]).unwrap())
}

/// Returns the key of a person.
pub(crate) fn key(person_key: &str) -> Key {
    static KEYS: LazyLock<BTreeMap<String, Key>> = LazyLock::new(|| {
        let names = (0..2).flat_map(|mailbox| (0..6).map(move |name| (mailbox, name)));
        let keys = names.flat_map(|(mailbox, name)| (0..20).map(move |number| (mailbox, name, number)));
        keys.map(|key| (person(key).key(), key)).collect()
    });
    KEYS[person_key]
}

/// Returns the number of a session, whatever its current id is: `a`, `a1`, `a2` and so on are the first.
pub(crate) fn index(session: &str) -> usize {
    usize::from(session.starts_with('b'))
}

pub(crate) fn minutes(at: Timestamp) -> i64 {
    (at.as_second() - now().as_second()) / 60
}

pub(crate) fn moment(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

pub(crate) fn sorted(mails: impl Iterator<Item = SeenMail>) -> Vec<SeenMail> {
    let mut mails: Vec<SeenMail> = mails.collect();
    mails.sort_unstable();
    mails
}

/// Returns what can be seen in the table at a moment.
pub(crate) async fn observe(table: &Table, store: &Store, at_minutes: i64) -> Observed {
    let event = &table.event;
    let participants = store.participants(event, at(moment(at_minutes))).await.unwrap();
    let items = table.items().await;
    let newer = items.iter().filter(|item| text(item, "sk").starts_with(NEWER_PERSON)).count();
    assert_eq!(participants.unreadable.len(), newer, "{:?}", participants.unreadable);
    let people = participants.readable.iter().map(|person| {
        let sort = format!("person#{}", person.person.key());
        let item = items.iter().find(|item| text(item, "sk") == sort).unwrap();
        (key(&person.person.key()), seen_person(person, item))
    });
    let mut observed = Observed {
        people: people.collect(),
        taken: [0; 2],
        waiting: Default::default(),
        mailboxes: mailboxes(&items),
        mails: BTreeMap::new(),
    };
    for (id, state) in store.session_states(event.id(), soon()).await.unwrap() {
        let session = index(id.as_str());
        assert!(observed.taken[session] == 0 && observed.waiting[session].is_empty(), "{id} is there twice");
        observed.taken[session] = state.taken;
        observed.waiting[session] = state.waiting.iter().map(|person| key(&person.key())).collect();
    }
    let mut mails: BTreeMap<Key, Vec<SeenMail>> = BTreeMap::new();
    for mail in store.mails(event, soon()).await.unwrap().readable {
        mails.entry(key(&mail.key.person.key())).or_default().push(seen_mail(&mail));
    }
    observed.mails = mails.into_iter().map(|(key, mails)| (key, sorted(mails.into_iter()))).collect();
    observed
}

fn seen_person(participant: &Participant, item: &Item) -> SeenPerson {
    let mark = |attribute: &str| item.get(attribute).map(|session| index(session.as_s().unwrap()));
    let new_address = participant.new_address.as_ref().map(|asked| {
        let mailbox = MAILBOXES.iter().position(|address| *address == asked.email.as_str());
        (mailbox.unwrap(), minutes(asked.until))
    });
    let mailbox = (0..MAILBOXES.len()).find(|number| mailbox(*number) == participant.mailbox);
    let name = NAMES.into_iter().find(|name| *name == participant.signup.details.full_name.as_str());
    SeenPerson {
        status: participant.status,
        session: index(participant.signup.session.as_str()),
        name: name.unwrap(),
        mailbox: mailbox.unwrap(),
        told: minutes(participant.told.as_ref().unwrap().starts_at),
        forget_at: minutes(participant.forget_at),
        new_address,
        held_until: participant.held_until.map(minutes),
        signed_up_at: minutes(participant.signed_up_at),
        repeated_at: participant.repeated_at.map(minutes),
        rescheduled_at: participant.rescheduled_at.map(minutes),
        reminded_of: mark("reminded_of"),
        told_no_seat_of: mark("told_no_seat_of"),
    }
}

fn seen_mail(mail: &Mail) -> SeenMail {
    SeenMail {
        kind: mail.kind,
        session: index(mail.session.as_str()),
        attempts: mail.attempts,
        is_sent: mail.is_sent,
        is_parked: mail.parked.is_some(),
        created_at: minutes(mail.created_at),
        not_before: mail.not_before.map(minutes).filter(|_| !mail.is_sent && mail.parked.is_none()),
    }
}

/// Returns the people in each mailbox. Checks that a mailbox is remembered as long as they are.
fn mailboxes(items: &[Item]) -> [Vec<Key>; 2] {
    let find = |sort: &str| items.iter().find(|item| text(item, "sk") == sort);
    let forget_at = |item: &Item| item["forget_at"].as_n().unwrap().parse::<i64>().unwrap();
    [0, 1].map(|number| {
        let mailbox = mailbox(number);
        let Some(item) = find(&format!("mailbox#{}", mailbox.key())) else { return Vec::new() };
        let people = item["people"].as_l().unwrap().iter().map(|person| person.as_s().unwrap());
        for person in people.clone().filter_map(|person| find(&format!("person#{person}"))) {
            assert_eq!(text(person, "mailbox"), mailbox.key());
            assert!(forget_at(person) <= forget_at(item), "a mailbox is forgotten before {person:?}");
        }
        people.map(|person| key(person)).collect()
    })
}
