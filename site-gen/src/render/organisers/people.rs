//! What the pages about one person are filled in with.

use catalog::SessionId;
use catalog::answer::{FieldError, Status};
use catalog::mail::Report;
use catalog::organiser::address::PersonDone;
use catalog::organiser::views::message::MessageError;
use catalog::organiser::views::person::{AddView, MailRow, PersonView, Refused};
use catalog::own::OtherSession;

use super::{about, acts, frame, optional, text};
use crate::render::participants::form;

pub(super) fn adds() -> Vec<AddView> {
    let refused = optional(Refused::ALL);
    let view = |error| {
        refused.clone().into_iter().map(move |refused| AddView {
            frame: frame(),
            about: about(false),
            form: form(error),
            action: "0".into(),
            refused,
        })
    };
    optional(FieldError::ALL).into_iter().flat_map(view).collect()
}

pub(super) fn people() -> Vec<PersonView> {
    let done = optional(PersonDone::ALL);
    // Any id will do: the template only prints it.
    let Ok(id) = "0".parse::<SessionId>() else { return Vec::new() };
    let other = |is_open, is_full| OtherSession { id: id.clone(), date: "0".into(), is_open, is_full };
    let others = [other(false, false), other(true, false), other(true, true)];
    let mail = |report: Option<Report>| MailRow {
        kind: "confirmation",
        at: "0".into(),
        is_sent: report.is_some(),
        is_parked: report.is_none(),
        report,
    };
    let mails: Vec<MailRow> = optional(Report::ALL).into_iter().map(mail).collect();
    let mut views = Vec::new();
    for (error, &status) in optional(FieldError::ALL)
        .into_iter()
        .flat_map(|error| Status::ALL.iter().map(move |status| (error, status)))
    {
        for (at, done) in done.iter().copied().enumerate() {
            let state = at % 2 == 0;
            views.push(PersonView {
                frame: frame(),
                about: about(state),
                form: form(error),
                full_name: "0".into(),
                email: "0".into(),
                new_email: text(state),
                status,
                position: usize::from(status == Status::Waiting),
                reference: "0".into(),
                signed_up_at: "0".into(),
                privacy_notice_version: "0".into(),
                stored_until: "0".into(),
                note: text(state),
                note_error: if state { None } else { Some(MessageError::Empty) },
                is_attendance_noted: state,
                certificate: text(state),
                acts: if state { acts(at % 4 == 0) } else { Vec::new() },
                mails: if state { mails.clone() } else { Vec::new() },
                others: if state { others.to_vec() } else { Vec::new() },
                action: "0".into(),
                done,
                full_session: text(state),
                is_too_soon: state,
            });
        }
    }
    views
}
