//! Renders a page with a sign-up form, and the answers and mails of its event.

use std::collections::BTreeMap;

use catalog::answer::{
    Answer, FailedView, Field, FieldError, FieldErrors, FormView, ManageView, Notice, ReceivedView, Status,
};
use catalog::mail::{CalendarView, MailKind, MailPart, MailView, calendar_file, mail_file};
use jiff::Timestamp;
use tera::Context;

use super::Renderer;
use super::ics::{self, Entry};
use super::output::{self, NO_VALUES, Outputs};
use crate::page::event::Announcement;
use crate::render::templates::{Unfilled, inert_view};
use crate::render::views::EventView;
use crate::site::Page;
use crate::source::problem::Problem;

impl Renderer<'_> {
    /// Renders a page with a form, and the answers and mails that belong to it.
    pub(super) fn announcement(
        &self,
        page: &Page,
        announcement: &Announcement,
        mut context: Context,
    ) -> Outputs {
        let event = &announcement.event;
        context.insert("event", &EventView::new(announcement, page, self.moment.now));
        let render = |template: &str, context: &Context| self.common.templates.render(template, context);
        let form = render(page.place.kind.template(), &context)?;
        let empty = FormView::empty(event, self.moment.now);
        let filled = Unfilled::new(&Answer::Form(event.id()).file(), &form)?.fill(&empty)?;
        let mut outputs = vec![output::page(&page.place.url, filled)];
        let refused = self.refused(announcement);
        outputs.push(output::answer(&Answer::Form(event.id()).file(), form, &refused)?);
        let failed_view = |form: &FormView| FailedView { form: form.clone(), incident: "0".into() };
        let failed: Vec<FailedView> = refused.iter().map(failed_view).collect();
        let managed = managed(announcement, &refused);
        let id = event.id();
        outputs.extend([
            output::answer(&Answer::Failed(id).file(), render("answers/failed.html", &context)?, &failed)?,
            output::answer(&Answer::Manage(id).file(), render("answers/manage.html", &context)?, &managed)?,
            output::answer(&Answer::Confirm(id).file(), render("answers/confirm.html", &context)?, &managed)?,
            output::answer(&Answer::Erased(id).file(), render("answers/erased.html", &context)?, &NO_VALUES)?,
        ]);
        let received = [ReceivedView { reference: "0".into() }];
        for (session, words) in event.sessions().iter().zip(&announcement.sessions) {
            context.insert("session", words);
            let of = |answer: Answer<'_>| answer.file();
            let session_id = session.id();
            outputs.extend([
                output::answer(
                    &of(Answer::Received(id, session_id)),
                    render("answers/received.html", &context)?,
                    &received,
                )?,
                output::answer(
                    &of(Answer::Waiting(id, session_id)),
                    render("answers/waiting.html", &context)?,
                    &received,
                )?,
                output::answer(
                    &of(Answer::Full(id, session_id)),
                    render("answers/full.html", &context)?,
                    &refused,
                )?,
                output::answer(
                    &of(Answer::NotOpen(id, session_id)),
                    render("answers/not-open.html", &context)?,
                    &refused,
                )?,
            ]);
            outputs.extend(self.mails(Entry { page, announcement, session, words }, &context)?);
        }
        Ok(outputs)
    }

    /// Renders the mails about a session, and its entry for a participant's calendar.
    fn mails(&self, entry: Entry<'_>, context: &Context) -> Outputs {
        let Entry { page, announcement, session, words } = entry;
        let event = announcement.event.id();
        let view = |&status: &Status| MailView {
            full_name: "0".into(),
            reference: "0".into(),
            status,
            previous: "0".into(),
            manage_url: "0".into(),
            confirm_url: if status == Status::Held { "0".into() } else { String::new() },
        };
        let views: Vec<MailView> = Status::ALL.iter().map(view).collect();
        // Plain text is not escaped, so no value in it may look like an expression.
        let mut plain = context.clone();
        plain.insert("event", &inert_view(&EventView::new(announcement, page, self.moment.now)));
        plain.insert("session", &inert_view(words));
        plain.insert("site", &inert_view(&self.common.templates.site));
        let mut outputs = Vec::new();
        for &kind in MailKind::ALL {
            for (part, context) in [(MailPart::Text, &plain), (MailPart::Html, context)] {
                let template = format!("mails/{}.{}", kind.name(), part.ending());
                let text = self.common.templates.render(&template, context)?;
                outputs.push(output::answer(&mail_file(event, session.id(), kind, part), text, &views)?);
            }
        }
        let view = CalendarView {
            method: "0",
            status: "0",
            reference: "0".into(),
            sequence: 0,
            stamp: "0".into(),
            organizer: "0".into(),
            attendee: "0".into(),
        };
        let entry = ics::personal_entry(self.common.site, entry);
        outputs.push(output::answer(&calendar_file(event, session.id()), entry, &[view])?);
        Ok::<_, Problem>(outputs)
    }

    /// Returns one form for each combination of error and sign-up phase.
    ///
    /// Together they use every value that a template can ask for at request time.
    fn refused(&self, announcement: &Announcement) -> Vec<FormView> {
        let event = &announcement.event;
        let typed: BTreeMap<Field, String> =
            Field::ALL.iter().map(|&field| (field, field.name().to_owned())).collect();
        let open = event.sessions().iter().map(|session| session.opens_at());
        let moments = open.chain([Timestamp::MIN, Timestamp::MAX]);
        let mut refused: Vec<FormView> = moments
            .flat_map(|now| FieldError::ALL.iter().map(move |&error| (now, error)))
            .map(|(now, error)| {
                let errors: FieldErrors = Field::ALL.iter().map(|&field| (field, error)).collect();
                FormView::new(event, now, typed.clone(), &errors)
            })
            .collect();
        refused.extend(refused.first().cloned().map(|form| FormView { is_trapped: true, ..form }));
        refused
    }
}

/// Returns views of a participant's sign-up in every state.
fn managed(announcement: &Announcement, forms: &[FormView]) -> Vec<ManageView> {
    let sessions = announcement.event.sessions();
    let mut views = Vec::new();
    for form in forms {
        for &status in Status::ALL {
            for session in sessions {
                let full = Notice::Full(session.id().clone());
                let notices = [
                    None,
                    Some(Notice::Saved),
                    Some(Notice::Moved),
                    Some(Notice::Cancelled),
                    Some(Notice::Confirmed),
                    Some(full),
                    Some(Notice::TooLate),
                ];
                views.extend(notices.into_iter().enumerate().map(|(at, notice)| ManageView {
                    form: form.clone(),
                    email: "0".into(),
                    status,
                    session: session.id().clone(),
                    reference: "0".into(),
                    has_begun: at % 2 == 1,
                    position: at,
                    is_full: sessions.iter().map(|session| (session.id().clone(), at % 2 == 0)).collect(),
                    action: "0".into(),
                    confirm_action: "0".into(),
                    notice,
                }));
            }
        }
    }
    views
}
