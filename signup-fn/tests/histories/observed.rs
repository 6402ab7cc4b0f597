//! What can be seen of an event: the same for the model and for the table.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use catalog::EventId;
use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use signup_fn::people::field::Email;
use signup_fn::people::identity::Person;
use signup_fn::store::client::Store;
use signup_fn::store::mail::Mail;

use crate::act::{MAILBOXES, NAMES};
use crate::support::{Item, Table, at, identity, now, soon, text};

/// A person: the number of the mailbox, of the name at the sign-up, and of the people who had it before.
pub(crate) type Key = (usize, usize, u8);

/// The beginning of the sort key of a participant whom a newer version wrote.
pub(crate) const NEWER_PERSON: &str = "person#newer";

/// A participant: status, session, name, the start that was told, and the end of retention.
type SeenPerson = (Status, usize, String, i64, i64);

/// A mail: kind, session, attempts, and whether it was sent or parked.
pub(crate) type SeenMail = (MailKind, usize, i64, bool, bool);

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
pub(crate) fn person((mailbox, name, number): Key) -> Person {
    let event: EventId = "e".parse().unwrap();
    let mailbox = identity().mailbox(&event, &Email::new(MAILBOXES[mailbox]).unwrap());
    identity().person(&mailbox, NAMES[name], number)
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
    let people = participants.readable.iter().map(|p| {
        let told = minutes(p.told.as_ref().unwrap().starts_at);
        let name = p.signup.details.full_name.as_str().to_owned();
        let session = index(p.signup.session.as_str());
        (key(&p.person.key()), (p.status, session, name, told, minutes(p.forget_at)))
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
        mails.entry(key(&mail.key.person.key())).or_default().push(seen(&mail));
    }
    observed.mails = mails.into_iter().map(|(key, mails)| (key, sorted(mails.into_iter()))).collect();
    observed
}

fn seen(mail: &Mail) -> SeenMail {
    (mail.kind, index(mail.session.as_str()), mail.attempts, mail.is_sent, mail.parked.is_some())
}

/// Returns the people in each mailbox. Checks that a mailbox is remembered as long as they are.
fn mailboxes(items: &[Item]) -> [Vec<Key>; 2] {
    let find = |sort: &str| items.iter().find(|item| text(item, "sk") == sort);
    let forget_at = |item: &Item| item["forget_at"].as_n().unwrap().parse::<i64>().unwrap();
    let event: EventId = "e".parse().unwrap();
    MAILBOXES.map(|address| {
        let mailbox = identity().mailbox(&event, &Email::new(address).unwrap());
        let Some(item) = find(&format!("mailbox#{}", mailbox.key())) else { return Vec::new() };
        let people = item["people"].as_l().unwrap().iter().map(|person| person.as_s().unwrap());
        for person in people.clone().filter_map(|person| find(&format!("person#{person}"))) {
            assert_eq!(text(person, "mailbox"), mailbox.key());
            assert!(forget_at(person) <= forget_at(item), "a mailbox is forgotten before {person:?}");
        }
        people.map(|person| key(person)).collect()
    })
}
