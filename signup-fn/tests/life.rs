//! The life of an event: what can happen after people have signed up.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use signup_fn::mail::mailer::{Delivery, Mailer};
use signup_fn::mail::transport::Transport;
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::claim::{Claim, Place};
use support::{Table, at, mailer, now, soon, table, text};

const JAN: &str = "jan@voorbeeld.nl";
const ELS: &str = "els@voorbeeld.nl";
const PIET: &str = "piet@voorbeeld.nl";

/// A table whose first session has one seat, which Jan has. Els and Piet wait.
async fn jan_before_els_and_piet() -> Table {
    let table = table().await.with_capacity(1);
    table.claim(&table.store(), JAN, "a").await.unwrap();
    for email in [ELS, PIET] {
        table.wait(&table.store(), email, "a").await.unwrap();
    }
    table
}

fn into_folder(table: &Table) -> (Mailer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (mailer(table, Transport::Folder(folder.path().to_owned())), folder)
}

/// The subjects of the mails in a folder, sorted.
fn subjects(folder: &tempfile::TempDir) -> Vec<String> {
    let files = std::fs::read_dir(folder.path()).into_iter().flatten().flatten();
    let subject =
        |text: String| text.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned));
    let mut all: Vec<String> =
        files.filter_map(|file| subject(std::fs::read_to_string(file.path()).unwrap())).collect();
    all.sort();
    all
}

async fn status(table: &Table, email: &str) -> Option<Status> {
    table.participant(email).await.map(|participant| participant.status)
}

async fn kinds(table: &Table, email: &str) -> Vec<MailKind> {
    table.mails(email).await.iter().map(|mail| mail.kind).collect()
}

async fn cancel(table: &Table, email: &str) {
    assert_eq!(table.change(&table.store(), email, &Change::Cancel).await.unwrap(), Changed::Done);
}

#[tokio::test]
async fn after_the_capacity_was_lowered_nobody_is_promoted_until_it_fits() {
    let large = table().await.with_capacity(3);
    for number in 0..3 {
        large.claim(&large.store(), &format!("p{number}@voorbeeld.nl"), "a").await.unwrap();
    }
    large.wait(&large.store(), ELS, "a").await.unwrap();
    let small = large.with_capacity(1);
    for (number, taken) in [(0, 2), (1, 1)] {
        cancel(&small, &format!("p{number}@voorbeeld.nl")).await;
        assert_eq!((small.taken("a").await, small.people("a").await), (taken, taken));
        assert_eq!(status(&small, ELS).await, Some(Status::Waiting));
    }
    let (mailer, _folder) = into_folder(&small);
    mailer.rounds(at(now())).await.unwrap();
    assert_eq!(status(&small, ELS).await, Some(Status::Waiting), "the only seat is taken");
    cancel(&small, "p2@voorbeeld.nl").await;
    assert_eq!(status(&small, ELS).await, Some(Status::Confirmed));
    assert_eq!((small.taken("a").await, small.people("a").await), (1, 1));
}

#[tokio::test]
async fn a_head_of_the_line_that_is_gone_stops_nobody() {
    let table = jan_before_els_and_piet().await;
    table.remove(&table.person_item(ELS).await).await;
    cancel(&table, JAN).await;
    assert_eq!(status(&table, PIET).await, Some(Status::Confirmed), "the next one moves up");
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (1, 0));
    // The same where the rounds find it.
    let table = jan_before_els_and_piet().await;
    table.remove(&table.person_item(ELS).await).await;
    let larger = table.with_capacity(2);
    let (mailer, _folder) = into_folder(&larger);
    mailer.rounds(at(now())).await.unwrap();
    assert_eq!(status(&table, PIET).await, Some(Status::Confirmed));
}

#[tokio::test]
async fn an_item_of_a_newer_version_is_left_alone_and_stops_nobody() {
    let table = jan_before_els_and_piet().await;
    let mut newer = table.person_item(ELS).await;
    newer.insert("status".into(), AttributeValue::S("a_status_of_the_future".into()));
    table.put(newer.clone()).await;
    // Els keeps her place: the seat stays free for her.
    cancel(&table, JAN).await;
    assert_eq!((table.taken("a").await, table.waiting("a").await.len()), (0, 2));
    assert_eq!(table.claim(&table.store(), "nieuw@voorbeeld.nl", "a").await.unwrap(), Claim::Full);
    // The rounds, the mails and the list go on for everybody else.
    let (mailer, folder) = into_folder(&table);
    let start = table.event.sessions()[1].starts_at();
    table.claim(&table.store(), JAN, "b").await.unwrap();
    let hour_before = start - SignedDuration::from_hours(1);
    mailer.rounds(at(hour_before)).await.unwrap();
    mailer.sweep(SignedDuration::ZERO, at(hour_before)).await.unwrap();
    assert!(subjects(&folder).contains(&"reminder b".to_owned()), "{:?}", subjects(&folder));
    let listing = table.store().participants(table.event.id(), at(now())).await.unwrap();
    assert_eq!((listing.readable.len(), listing.unreadable.len()), (2, 1));
    assert!(!listing.unreadable[0].to_string().contains("els@"), "{}", listing.unreadable[0]);
    let same = table.person_item(ELS).await;
    assert_eq!(same, newer, "left alone");
}

#[tokio::test]
async fn a_mail_that_a_newer_one_has_overtaken_is_dropped() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let (mailer, folder) = into_folder(&table);
    let early = table.mails(JAN).await.remove(0);
    cancel(&table, JAN).await;
    let late = table.mails(JAN).await.pop().unwrap();
    let deliver = async |key| mailer.deliver(table.event.id(), key, at(now())).await.unwrap();
    assert_eq!(deliver(&late.key).await, Delivery::Sent);
    assert_eq!(deliver(&early.key).await, Delivery::Nothing);
    assert_eq!(subjects(&folder), ["cancelled a"], "not: signed up, after the cancellation");
    // A mail that still tells the truth is sent, whatever else has changed.
    table.claim(&table.store(), ELS, "a").await.unwrap();
    let mail = table.mails(ELS).await.remove(0);
    let other = support::form(ELS, "a").replace("Jan+Vos", "Els+Vos");
    let other = signup_fn::participant::form::Submission::read(other.as_bytes()).unwrap();
    table.change(&table.store(), ELS, &Change::Details(other.details().unwrap())).await.unwrap();
    assert_eq!(deliver(&mail.key).await, Delivery::Sent);
}

#[tokio::test]
async fn a_participant_without_a_calendar_entry_gets_no_cancellation_of_one() {
    let table = jan_before_els_and_piet().await;
    cancel(&table, ELS).await;
    assert_eq!(kinds(&table, ELS).await, [MailKind::Waiting, MailKind::Withdrawn]);
    cancel(&table, JAN).await;
    assert_eq!(kinds(&table, JAN).await, [MailKind::Confirmation, MailKind::Cancelled]);
    let table = jan_before_els_and_piet().await.with_confirmation();
    table.claim(&table.store(), "nieuw@voorbeeld.nl", "b").await.unwrap();
    let (mailer, folder) = into_folder(&table);
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    cancel(&table, "nieuw@voorbeeld.nl").await;
    assert_eq!(kinds(&table, "nieuw@voorbeeld.nl").await, [MailKind::Confirm, MailKind::Withdrawn]);
    // Promoted, but not confirmed yet: a link to confirm, and no appointment.
    cancel(&table, JAN).await;
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let promoted = std::fs::read_dir(folder.path()).unwrap().flatten().map(|file| file.path());
    let promoted = promoted.filter(|file| file.to_string_lossy().ends_with("promoted.eml"));
    let letters: Vec<String> = promoted.map(|file| std::fs::read_to_string(file).unwrap()).collect();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("/bevestigen/") && !letters[0].contains("BEGIN:VCALENDAR"), "{}", letters[0]);
}

#[tokio::test]
async fn whoever_still_waits_when_the_session_begins_is_told_once() {
    let table = jan_before_els_and_piet().await;
    let start = table.event.sessions()[0].starts_at();
    let (mailer, _folder) = into_folder(&table);
    for hours in [-1, 0, 1, 23, 24, 48] {
        mailer.rounds(at(start + SignedDuration::from_hours(hours))).await.unwrap();
        let told = if hours < 0 { &[MailKind::Waiting][..] } else { &[MailKind::Waiting, MailKind::NoSeat] };
        for email in [ELS, PIET] {
            let mut kinds = kinds(&table, email).await;
            kinds.sort();
            assert_eq!(kinds, told, "{email} after {hours} hours");
        }
    }
}

#[tokio::test]
async fn a_participant_who_has_just_confirmed_is_not_erased() {
    let table = table().await.with_confirmation();
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let held = table.participant(JAN).await.unwrap();
    let late = now() + SignedDuration::from_hours(25);
    assert!(held.is_expired(late));
    table.change(&table.store(), JAN, &Change::Confirm).await.unwrap();
    // The rounds decided on what they had read before.
    table.store().change(&table.event, &held.key(), &Change::Expire, at(late)).await.unwrap();
    assert_eq!(status(&table, JAN).await, Some(Status::Confirmed));
}

#[tokio::test]
async fn unconfirmed_data_is_erased_after_a_day_even_if_the_event_has_begun() {
    let table = table().await.with_confirmation();
    let start = table.event.sessions()[1].starts_at();
    let shortly_before = start - SignedDuration::from_hours(1);
    let form = support::form(JAN, "b");
    let time = std::time::Duration::from_secs(30);
    table.claim_form(&table.store(), &form, shortly_before, time).await.unwrap();
    let (mailer, _folder) = into_folder(&table);
    mailer.rounds(at(shortly_before + SignedDuration::from_hours(24))).await.unwrap();
    assert_eq!(status(&table, JAN).await, None);
    assert_eq!(table.taken("b").await, 0);
}

#[tokio::test]
async fn a_change_after_the_reminder_brings_no_second_one_but_another_session_does() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let sessions = table.event.sessions();
    let (first, second) = (sessions[0].starts_at(), sessions[1].starts_at());
    let (mailer, _folder) = into_folder(&table);
    let reminders = async |when: Timestamp| {
        mailer.rounds(at(when)).await.unwrap();
        kinds(&table, JAN).await.into_iter().filter(|kind| *kind == MailKind::Reminder).count()
    };
    let hour = SignedDuration::from_hours(1);
    assert_eq!(reminders(first - hour * 2).await, 1);
    let other = support::form(JAN, "a").replace("Jan+Vos", "Jan+de+Vos");
    let other = signup_fn::participant::form::Submission::read(other.as_bytes()).unwrap();
    table.change(&table.store(), JAN, &Change::Details(other.details().unwrap())).await.unwrap();
    assert_eq!(reminders(first - hour).await, 1);
    let to = Change::Move { to: "b".parse().unwrap(), may_wait: false };
    table.change(&table.store(), JAN, &to).await.unwrap();
    // The rounds still hold an old list: the reminder of the session that Jan left goes to nobody.
    let person = table.participant(JAN).await.unwrap().person;
    table.store().remind(table.event.id(), &"a".parse().unwrap(), &person, at(first - hour)).await.unwrap();
    assert_eq!(reminders(second - hour * 2).await, 2);
    cancel(&table, JAN).await;
    table.store().remind(table.event.id(), &"b".parse().unwrap(), &person, at(second - hour)).await.unwrap();
    assert_eq!(reminders(second - hour).await, 2);
}

#[tokio::test]
async fn one_event_that_cannot_be_read_does_not_stop_the_mails_of_another() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    table.claim(&table.store(), ELS, "b").await.unwrap();
    let broken = table.mails(JAN).await.remove(0);
    let items = table.items().await;
    let mut item = items
        .iter()
        .find(|item| {
            text(item, "sk").ends_with(&format!("#{}", broken.key.id))
                && text(item, "sk").starts_with("mail#")
        })
        .unwrap()
        .clone();
    item.insert("kind".into(), AttributeValue::S("a_kind_of_the_future".into()));
    table.put(item).await;
    let (mailer, folder) = into_folder(&table);
    let deliveries = mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    assert_eq!(deliveries, [Delivery::Sent]);
    assert_eq!(subjects(&folder), ["confirmation b"]);
    assert_eq!(table.store().mails(table.event.id(), soon()).await.unwrap().unreadable.len(), 1);
    assert_eq!(table.claim(&table.store(), PIET, "a").await.unwrap(), Claim::Placed(Place::Seat));
}

#[tokio::test]
async fn everybody_concerned_is_told_once_that_a_session_was_rescheduled() {
    let table = jan_before_els_and_piet().await;
    cancel(&table, PIET).await;
    let old = table.event.sessions()[0].starts_at();
    let later = table.rescheduled(old + SignedDuration::from_hours(24 * 60));
    let session = &later.event.sessions()[0];
    let (mailer, folder) = into_folder(&later);
    for minute in [0, 15, 30] {
        mailer.rounds(at(now() + SignedDuration::from_mins(minute))).await.unwrap();
    }
    assert_eq!(kinds(&later, JAN).await, [MailKind::Confirmation, MailKind::Rescheduled]);
    assert_eq!(kinds(&later, ELS).await, [MailKind::Waiting, MailKind::Rescheduled]);
    assert_eq!(kinds(&later, PIET).await, [MailKind::Waiting, MailKind::Withdrawn]);
    for email in [JAN, ELS, PIET] {
        assert_eq!(
            later.participant(email).await.unwrap().forget_at,
            later.event.forget_at(session),
            "{email}"
        );
    }
    // The mail names the former date. Only a seat has an entry in a calendar.
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let letter = |status: &str| {
        let all = std::fs::read_dir(folder.path()).unwrap().flatten();
        let texts = all.map(|file| std::fs::read_to_string(file.path()).unwrap());
        let mut about = texts.filter(|text| text.contains(&format!("{status} 28 november 2098")));
        about.next().unwrap()
    };
    assert!(letter("confirmed").contains("METHOD:REQUEST"), "{}", letter("confirmed"));
    assert!(!letter("waiting").contains("VCALENDAR"), "{}", letter("waiting"));
    // The seat, its reminder and the data follow the new date.
    mailer.rounds(at(old + SignedDuration::from_hours(24 * 40))).await.unwrap();
    assert_eq!((later.taken("a").await, later.people("a").await), (1, 1));
    mailer.rounds(at(session.starts_at() - SignedDuration::from_hours(2))).await.unwrap();
    assert!(kinds(&later, JAN).await.contains(&MailKind::Reminder));
}

#[tokio::test]
async fn a_session_that_moves_after_its_reminder_gets_a_second_one() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let (start, hour) = (table.event.sessions()[0].starts_at(), SignedDuration::from_hours(1));
    let (mailer, _folder) = into_folder(&table);
    mailer.rounds(at(start - hour * 2)).await.unwrap();
    let later = table.rescheduled(start + hour * 72);
    let (mailer, _folder) = into_folder(&later);
    for hours in [-1, 71] {
        mailer.rounds(at(start + hour * hours)).await.unwrap();
    }
    let mut kinds = kinds(&later, JAN).await;
    kinds.sort();
    use MailKind::{Confirmation, Reminder, Rescheduled};
    assert_eq!(kinds, [Confirmation, Rescheduled, Reminder, Reminder]);
}

#[tokio::test]
async fn an_editor_who_corrects_a_date_causes_one_mail_an_hour_with_the_last_state() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let start = table.event.sessions()[0].starts_at();
    let days = |days: i64| SignedDuration::from_hours(24 * days);
    // (minutes, days by which the session has moved, mails so far)
    for (minutes, moved, mails) in [(0, 1, 1), (15, 2, 1), (30, 3, 1), (60, 3, 2), (75, 3, 2)] {
        let moved = table.rescheduled(start + days(moved));
        let (mailer, folder) = into_folder(&moved);
        let moment = at(now() + SignedDuration::from_mins(minutes));
        mailer.rounds(moment).await.unwrap();
        let told = kinds(&moved, JAN).await.into_iter().filter(|kind| *kind == MailKind::Rescheduled);
        assert_eq!(told.count(), mails, "after {minutes} minutes");
        let forget_at = moved.event.forget_at(&moved.event.sessions()[0]);
        assert_eq!(moved.participant(JAN).await.unwrap().forget_at, forget_at, "not delayed");
        if minutes == 75 {
            // During an outage both mails stayed in the outbox; the newer one has overtaken the other.
            mailer.sweep(SignedDuration::ZERO, moment).await.unwrap();
            let about = subjects(&folder).into_iter().filter(|subject| subject == "rescheduled a");
            assert_eq!(about.count(), 1);
        }
    }
}

#[tokio::test]
async fn another_retention_period_applies_to_those_who_have_signed_up() {
    let table = jan_before_els_and_piet().await;
    cancel(&table, PIET).await;
    for days in [1, 90] {
        let table = table.with_retention(days);
        let (mailer, _folder) = into_folder(&table);
        mailer.rounds(at(now())).await.unwrap();
        for email in [JAN, ELS, PIET] {
            let forget_at = table.participant(email).await.unwrap().forget_at;
            assert_eq!(forget_at, table.event.forget_at(&table.event.sessions()[0]), "{email}, {days} days");
        }
        assert_eq!(kinds(&table, JAN).await, [MailKind::Confirmation], "no reason for a mail");
    }
}

#[tokio::test]
async fn an_item_of_an_older_version_follows_without_a_mail() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let mut older = table.person_item(JAN).await;
    older.remove("told");
    table.put(older).await;
    let (mailer, _folder) = into_folder(&table);
    mailer.rounds(at(now())).await.unwrap();
    assert_eq!(kinds(&table, JAN).await, [MailKind::Confirmation]);
    assert_eq!(table.participant(JAN).await.unwrap().told, Some(table.event.sessions()[0].times()));
}
