//! What an editor changes after people have signed up.

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use catalog::mail::MailKind;
use jiff::SignedDuration;

use crate::support::{at, now, table};
use crate::{ELS, JAN, PIET, cancel, into_folder, jan_before_els_and_piet, kinds, status, subjects};

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
async fn everybody_concerned_is_told_that_a_session_is_somewhere_else() {
    let table = table().await;
    table.claim(&table.store(), JAN, "a").await.unwrap();
    let place = serde_json::json!({ "address": "De Werf, Plein 1, Utrecht", "is_online": false });
    let elsewhere = table.edited(|event| event["sessions"][0]["place"] = place);
    let (mailer, folder) = into_folder(&elsewhere);
    for _ in 0..2 {
        mailer.rounds(at(now())).await.unwrap();
        mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    }
    let about = subjects(&folder).into_iter().filter(|subject| subject == "rescheduled a").count();
    assert_eq!(about, 1, "{:?}", subjects(&folder));
    // An older version did not store the place. That is no reason for a mail.
    let mut older = table.person_item(JAN).await;
    let told = older.get_mut("told").and_then(|told| told.as_m().ok().cloned()).unwrap();
    let told = told.into_iter().filter(|(name, _)| name != "place").collect();
    older.insert("told".into(), AttributeValue::M(told));
    table.put(older).await;
    mailer.rounds(at(now() + SignedDuration::from_hours(2))).await.unwrap();
    let kinds = kinds(&table, JAN).await;
    assert_eq!(kinds.iter().filter(|kind| **kind == MailKind::Rescheduled).count(), 1, "{kinds:?}");
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
async fn everybody_concerned_is_told_once_that_a_session_was_called_off() {
    let table = jan_before_els_and_piet().await;
    cancel(&table, PIET).await;
    let off = table.called_off();
    let (mailer, folder) = into_folder(&off);
    for minute in [0, 15] {
        mailer.rounds(at(now() + SignedDuration::from_mins(minute))).await.unwrap();
    }
    // Nobody is promoted to the seat that Jan leaves behind.
    assert_eq!(kinds(&off, JAN).await, [MailKind::Confirmation, MailKind::CalledOff]);
    assert_eq!(kinds(&off, ELS).await, [MailKind::Waiting, MailKind::CalledOffUnseated]);
    assert_eq!(kinds(&off, PIET).await, [MailKind::Waiting, MailKind::Withdrawn]);
    assert_eq!((off.taken("a").await, off.waiting("a").await.len()), (0, 0));
    // Only Jan has an entry to remove from a calendar.
    mailer.sweep(SignedDuration::ZERO, at(now())).await.unwrap();
    let letters = std::fs::read_dir(folder.path()).unwrap().flatten();
    let letters: Vec<String> = letters.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect();
    let cancelling: Vec<&String> = letters.iter().filter(|letter| letter.contains("METHOD:CANCEL")).collect();
    assert_eq!((letters.len(), cancelling.len()), (3, 1));
    assert!(cancelling[0].contains(JAN));
    // No reminder follows, and no mail that no seat came free.
    let start = off.event.sessions()[0].starts_at();
    for hours in [-2, 1] {
        mailer.rounds(at(start + SignedDuration::from_hours(hours))).await.unwrap();
    }
    for email in [JAN, ELS] {
        let kinds = kinds(&off, email).await;
        assert!(!kinds.iter().any(|kind| matches!(kind, MailKind::Reminder | MailKind::NoSeat)), "{kinds:?}");
    }
}

#[tokio::test]
async fn between_calling_off_and_the_rounds_nobody_is_promoted() {
    let off = jan_before_els_and_piet().await.called_off();
    cancel(&off, JAN).await;
    assert_eq!(status(&off, ELS).await, Some(Status::Waiting));
    assert_eq!((off.taken("a").await, off.people("a").await), (0, 0));
}
