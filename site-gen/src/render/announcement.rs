//! Renders a page with a sign-up form, and the answers to those who fill it in.

use std::collections::BTreeMap;

use catalog::answer::{Answer, FailedView, Field, FieldError, FieldErrors, FormView, ReceivedView};
use jiff::Timestamp;
use tera::Context;

use super::Renderer;
use super::output::{self, Outputs};
use crate::page::event::Announcement;
use crate::render::templates::Unfilled;
use crate::render::views::EventView;
use crate::site::Page;

impl Renderer<'_> {
    /// Renders a page with a form, and the answers that belong to it.
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
        let id = event.id();
        let render_failed = render("answers/failed.html", &context)?;
        outputs.push(output::answer(&Answer::Failed(id).file(), render_failed, &failed)?);
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
        }
        Ok(outputs)
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
        let all_full = event.sessions().iter().map(|session| (session.id().clone(), true)).collect();
        refused.extend(refused.first().cloned().map(|form| FormView {
            is_trapped: true,
            full: all_full,
            ..form
        }));
        refused
    }
}
