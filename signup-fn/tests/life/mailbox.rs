//! Several people who share one address.

use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::SignedDuration;
use signup_fn::people::participant::Participant;
use signup_fn::store::change::Change;
use signup_fn::store::claim::{Claim, Place};

use crate::support::{self, PATIENCE, Table, at, now, table};

const SCHOOL: &str = "secretariaat@voorbeeld.nl";

async fn sign_up(table: &Table, name: &str, session: &str) -> Claim {
    let form = support::form(SCHOOL, session).replace("Jan+Vos", &name.replace(' ', "+"));
    table.claim_form(&table.store(), &form, now(), PATIENCE).await.unwrap()
}

async fn named(table: &Table, name: &str) -> Participant {
    let all = table.store().participants(&table.event, at(now())).await.unwrap().readable;
    all.into_iter().find(|one| one.signup.details.full_name.as_str() == name).unwrap()
}

async fn kinds_of(table: &Table, participant: &Participant) -> Vec<MailKind> {
    let mut mails = table.store().mails(&table.event, support::soon()).await.unwrap().readable;
    mails.retain(|mail| mail.key.person == participant.person);
    let mut kinds: Vec<MailKind> = mails.iter().map(|mail| mail.kind).collect();
    kinds.sort_unstable();
    kinds
}

#[tokio::test]
async fn an_address_signs_up_several_people_each_with_a_sign_up_of_their_own() {
    let table = table().await;
    assert_eq!(sign_up(&table, "Zoë Vos", "a").await, Claim::Placed(Place::Seat));
    assert_eq!(sign_up(&table, "Els Bos", "b").await, Claim::Placed(Place::Seat));
    assert_eq!(sign_up(&table, "zoe vos", "b").await, Claim::Known(Place::Seat), "the same person");
    assert_eq!((table.taken("a").await, table.taken("b").await), (1, 1));
    let (zoe, els) = (named(&table, "Zoë Vos").await, named(&table, "Els Bos").await);
    assert_eq!(kinds_of(&table, &zoe).await, [MailKind::Confirmation, MailKind::Repeat]);
    assert_eq!(kinds_of(&table, &els).await, [MailKind::Confirmation]);
    assert_ne!(zoe.person.reference(), els.person.reference());
    // What one of them does leaves the others alone.
    table.store().change(&table.event, &zoe.key(), &Change::Erase, at(now())).await.unwrap();
    assert_eq!(named(&table, "Els Bos").await.status, Status::Confirmed);
    assert_eq!(sign_up(&table, "Els Bos", "a").await, Claim::Known(Place::Seat));
    assert_eq!(sign_up(&table, "Zoë Vos", "a").await, Claim::Placed(Place::Seat));
}

#[tokio::test]
async fn a_sixth_person_is_told_by_mail_only() {
    let table = table().await;
    for name in ["Een", "Twee", "Drie", "Vier", "Vijf"] {
        assert_eq!(sign_up(&table, name, "a").await, Claim::Placed(Place::Seat));
    }
    for _ in 0..2 {
        assert_eq!(sign_up(&table, "Zes", "b").await, Claim::Crowded(Place::Seat));
    }
    assert_eq!((table.people("a").await, table.people("b").await), (5, 0));
    let first = named(&table, "Een").await;
    assert_eq!(kinds_of(&table, &first).await, [MailKind::Confirmation, MailKind::Crowded], "once an hour");
    // Somebody who cancelled makes room.
    let second = named(&table, "Twee").await;
    table.store().change(&table.event, &second.key(), &Change::Cancel, at(now())).await.unwrap();
    assert_eq!(sign_up(&table, "Zes", "b").await, Claim::Placed(Place::Seat));
    assert_eq!(sign_up(&table, "Twee", "b").await, Claim::Crowded(Place::Seat));
}

#[tokio::test]
async fn a_name_that_was_changed_is_free_for_somebody_else() {
    let table = table().await;
    sign_up(&table, "Jan Vos", "a").await;
    let jan = named(&table, "Jan Vos").await;
    let form = support::form(SCHOOL, "a").replace("Jan+Vos", "Jan+Bos");
    let details = signup_fn::participant::form::Submission::read(form.as_bytes()).unwrap().details().unwrap();
    table.store().change(&table.event, &jan.key(), &Change::Details(details), at(now())).await.unwrap();
    assert_eq!(sign_up(&table, "Jan Bos", "a").await, Claim::Known(Place::Seat));
    assert_eq!(sign_up(&table, "Jan Vos", "a").await, Claim::Placed(Place::Seat));
    let again = named(&table, "Jan Vos").await;
    assert_ne!(again.person.reference(), jan.person.reference());
    assert_eq!((table.people("a").await, table.taken("a").await), (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_colleagues_at_once_with_one_address_are_at_most_five() {
    let table = table().await;
    let claims = (0..20).map(|number| {
        let table = table.clone();
        tokio::spawn(async move { sign_up(&table, &format!("Collega {}", number / 2), "a").await })
    });
    let mut placed = 0;
    for claim in claims.collect::<Vec<_>>() {
        placed += usize::from(claim.await.unwrap() == Claim::Placed(Place::Seat));
    }
    assert_eq!((placed, table.people("a").await, table.taken("a").await), (5, 5, 5));
}

#[tokio::test]
async fn an_address_is_remembered_as_long_as_anybody_who_uses_it() {
    let table = table().await;
    sign_up(&table, "Jan Vos", "a").await;
    let later = table.rescheduled(now() + SignedDuration::from_hours(24 * 365 * 80));
    let (mailer, _folder) = crate::into_folder(&later);
    mailer.rounds(at(now())).await.unwrap();
    let items = later.items().await;
    let forget_at = |prefix: &str| {
        let item = items.iter().find(|item| support::text(item, "sk").starts_with(prefix)).unwrap();
        item["forget_at"].as_n().unwrap().clone()
    };
    assert_eq!(forget_at("mailbox#"), forget_at("person#"));
    // Nothing is left of an address that nobody uses any more.
    let jan = named(&later, "Jan Vos").await;
    later.store().change(&later.event, &jan.key(), &Change::Erase, at(now())).await.unwrap();
    assert_eq!(later.items().await.len(), 1, "only the counter is left");
}

#[tokio::test]
async fn an_entry_stays_in_the_calendar_while_a_colleague_with_the_same_address_attends() {
    let table = table().await;
    for name in ["Zoë Vos", "Els Bos"] {
        sign_up(&table, name, "a").await;
    }
    let (mailer, folder) = crate::into_folder(&table);
    for (name, cancels) in [("Zoë Vos", false), ("Els Bos", true)] {
        let person = named(&table, name).await;
        table.store().change(&table.event, &person.key(), &Change::Cancel, at(now())).await.unwrap();
        mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
        let files = std::fs::read_dir(folder.path()).unwrap().flatten();
        let letters = files.map(|file| std::fs::read_to_string(file.path()).unwrap());
        let cancelling = letters.filter(|letter| letter.contains("METHOD:CANCEL")).count();
        assert_eq!(cancelling, usize::from(cancels), "{name}");
    }
}
