//! What participants do, and what they are told.

use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::{SignedDuration, Timestamp};
use signup_fn::mail::mailer::Delivery;
use signup_fn::store::change::Change;

use crate::support::{self, at, now, table};
use crate::{ELS, JAN, PIET, cancel, into_folder, jan_before_els_and_piet, kinds, status, subjects};

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
    let signup = table.participant(JAN).await.unwrap().key();
    table.store().remind(&table.event, &"a".parse().unwrap(), &signup, at(first - hour)).await.unwrap();
    assert_eq!(reminders(second - hour * 2).await, 2);
    cancel(&table, JAN).await;
    let remind = async || {
        table.store().remind(&table.event, &"b".parse().unwrap(), &signup, at(second - hour)).await.unwrap();
        reminders(second - hour).await
    };
    assert_eq!(remind().await, 2);
    // Nor does somebody who has signed up again in the meantime, and so knows.
    let again = support::form(JAN, "b").replace("Jan+Vos", "Jan+de+Vos");
    table.claim_form(&table.store(), &again, now(), support::PATIENCE).await.unwrap();
    assert_ne!(table.participant(JAN).await.unwrap().key(), signup);
    table.store().remind(&table.event, &"b".parse().unwrap(), &signup, at(second - hour)).await.unwrap();
    let sent = kinds(&table, JAN).await.into_iter().filter(|kind| *kind == MailKind::Reminder);
    assert_eq!(sent.count(), 2);
}
