//! Renders the mails and pages for participants, which serve all events.
//!
//! They leave every word about an event to be filled in, so that they work for an event that is no longer
//! online.

use std::collections::BTreeMap;

use catalog::SessionId;
use catalog::answer::{Answer, Field, FieldError, FormView, Status};
use catalog::mail::{
    DigestMailView, DigestRow, LogInMailView, MailKind, MailPart, MailView, OrganiserMail, mail_file,
};
use catalog::own::{AgainView, ErasedView, ManageView, Notice, OtherSession};
use catalog::words::{EventWords, SessionWords};

use super::output::Outputs;
use super::views::PageView;
use super::{Renderer, page_context};
use crate::render::templates::inert_view;

impl Renderer<'_> {
    /// Renders the pages on which participants manage their own sign-ups.
    pub(super) fn own_pages(&self) -> Outputs {
        let context = page_context(&PageView::default());
        let managed = managed();
        let again = [true, false].map(|state| AgainView {
            event: event_words(state),
            action: "0".into(),
            email: "0".into(),
            is_malformed: state,
            is_sent: !state,
        });
        let erased = [true, false].map(|is_online| ErasedView { event: event_words(is_online) });
        Ok(vec![
            self.answer(&Answer::Manage.file(), ("answers/manage.html", &context), &managed)?,
            self.answer(&Answer::Confirm.file(), ("answers/confirm.html", &context), &managed)?,
            self.answer(&Answer::NewAddress.file(), ("answers/new-address.html", &context), &managed)?,
            self.answer(&Answer::Again.file(), ("answers/again.html", &context), &again)?,
            self.answer(&Answer::Erased.file(), ("answers/erased.html", &context), &erased)?,
        ])
    }

    /// Renders the mails.
    pub(super) fn mails(&self) -> Outputs {
        let views: Vec<MailView> = Status::ALL.iter().flat_map(|&status| mail_views(status)).collect();
        let html = page_context(&PageView::default());
        // Plain text is not escaped, so no value in it may look like an expression.
        let mut plain = html.clone();
        plain.insert("site", &inert_view(&self.common.templates.site));
        let mut outputs = Vec::new();
        for &kind in MailKind::ALL {
            for (part, context) in [(MailPart::Text, &plain), (MailPart::Html, &html)] {
                let template = format!("mails/{}.{}", kind.name(), part.ending());
                outputs.push(self.answer(&mail_file(kind, part), (&template, context), &views)?);
            }
        }
        let log_in = [true, false].map(|has_link| LogInMailView {
            full_name: "0".into(),
            code: "0".into(),
            link_url: if has_link { "0".into() } else { String::new() },
        });
        let digest = [0, 1, 2].map(digest);
        for (part, context) in [(MailPart::Text, &plain), (MailPart::Html, &html)] {
            for &mail in OrganiserMail::ALL {
                let file = mail.file(part);
                outputs.push(match mail {
                    OrganiserMail::LogIn => self.answer(&file, (&file, context), &log_in)?,
                    OrganiserMail::Digest => self.answer(&file, (&file, context), &digest)?,
                });
            }
        }
        Ok(outputs)
    }
}

/// Returns a view of the digest with this number of everything.
fn digest(number: usize) -> DigestMailView {
    let row = DigestRow {
        event: "0".into(),
        session: "0".into(),
        taken: 1,
        capacity: 1,
        waiting: number,
        signed_up: number,
        cancelled: number,
        promoted: number,
    };
    DigestMailView {
        full_name: "0".into(),
        sessions: vec![row.clone(), row],
        overview_url: "0".into(),
        settings_url: "0".into(),
    }
}

/// Returns views of a mail about an event that is online, and about one that is not.
fn mail_views(status: Status) -> [MailView; 2] {
    [true, false].map(|is_online| MailView {
        event: event_words(is_online),
        session: session_words(is_online),
        full_name: "0".into(),
        reference: "0".into(),
        status,
        previous: "0".into(),
        day: if is_online { "0".into() } else { String::new() },
        manage_url: "0".into(),
        keeps_entry: is_online,
        join_url: if is_online { "0".into() } else { String::new() },
        subject: "0".into(),
        message: "0".into(),
        confirm_url: if status == Status::Held { "0".into() } else { String::new() },
    })
}

pub(super) fn event_words(is_online: bool) -> EventWords {
    let url = if is_online { "0".to_owned() } else { String::new() };
    EventWords { title: "0".into(), url, retention_days: 30, costs: "0".into() }
}

pub(super) fn session_words(called_off: bool) -> SessionWords {
    SessionWords {
        id: "0".into(),
        name: "0".into(),
        date: "0".into(),
        place: "0".into(),
        is_online: !called_off,
        time: "0".into(),
        place_of_time: "0".into(),
        start: "0".into(),
        calendar: if called_off { String::new() } else { "0".into() },
        called_off,
        called_off_because: if called_off { "0".into() } else { String::new() },
    }
}

/// Returns views of a participant's sign-up in every state.
fn managed() -> Vec<ManageView> {
    // Any id will do: the templates only print it.
    let Ok(id) = "0".parse::<SessionId>() else { return Vec::new() };
    let other = |is_open, is_full| OtherSession { id: id.clone(), date: "0".into(), is_open, is_full };
    let others = [vec![], vec![other(false, false), other(true, false), other(true, true)]];
    let notices = [
        None,
        Some(Notice::Saved),
        Some(Notice::Moved),
        Some(Notice::Cancelled),
        Some(Notice::Confirmed),
        Some(Notice::Asked),
        Some(Notice::Readdressed),
        Some(Notice::TooSoon),
        Some(Notice::AddressTaken),
        Some(Notice::Full(id.clone())),
        Some(Notice::TooLate),
    ];
    let errors = FieldError::ALL.iter().map(|&error| Some(error)).chain([None]);
    let mut views = Vec::new();
    for (error, &status) in errors.flat_map(|error| Status::ALL.iter().map(move |status| (error, status))) {
        views.extend(notices.iter().enumerate().map(|(at, notice)| ManageView {
            form: form(error),
            event: event_words(at % 2 == 0),
            session: session_words(at % 2 == 1),
            others: others[at % 2].clone(),
            email: "0".into(),
            new_email: if at % 2 == 0 { String::new() } else { "0".into() },
            status,
            reference: "0".into(),
            has_begun: at % 3 == 1,
            position: at,
            join_url: if at % 2 == 0 { "0".into() } else { String::new() },
            action: "0".into(),
            confirm_action: "0".into(),
            notice: notice.clone(),
        }));
    }
    views
}

/// Returns a form of which every field has the same error.
pub(super) fn form(error: Option<FieldError>) -> FormView {
    FormView {
        values: Field::ALL.iter().map(|&field| (field, field.name().to_owned())).collect(),
        errors: Field::ALL.iter().map(|&field| (field, error)).collect(),
        has_errors: error.is_some(),
        phases: BTreeMap::new(),
        full: BTreeMap::new(),
        first_open: String::new(),
        opens_later: false,
        is_open: false,
        has_other_open: false,
        is_trapped: false,
    }
}
