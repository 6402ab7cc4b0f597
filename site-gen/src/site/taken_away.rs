//! What the editor took away since the last build while people may have signed up for it.

use catalog::{Catalog, Event, Session};
use jiff::Timestamp;

use super::Site;
use crate::source::problem::{Problem, Problems, Severity};

/// Warns about events and sessions of the last build that are not on the site any more, and about sessions
/// whose id was changed. Nobody who has signed up loses anything, but nobody new can sign up.
///
/// `before` is the catalogue of the last build.
pub fn warn(site: &Site, before: &Catalog, now: Timestamp, problems: &mut Problems) {
    for event in before.events() {
        let may_have_people = |session: &&Session| now < event.forget_at(session);
        if event.sessions().iter().any(|session| may_have_people(&session)) {
            match site.announcements().find(|(_, one)| one.event.id() == event.id()) {
                None => problems.push(without_page(event)),
                Some((page, announcement)) => {
                    let Some(standing) = Event::standing(Some(&announcement.event), Some(event), now) else {
                        continue;
                    };
                    let at = |message| {
                        let span = announcement.id_span.clone();
                        Problem::at(&page.source, span, message).severity(Severity::Warning)
                    };
                    for session in
                        standing.sessions().iter().filter(|one| one.is_removed()).filter(may_have_people)
                    {
                        let message = format!(
                            "de sessie `{}` staat niet meer op de site; wie zich ervoor aanmeldde, houdt zijn plek",
                            session.id()
                        );
                        problems.push(at(message).help(CALL_OFF));
                    }
                    for (old, new) in standing.renamed() {
                        let message = format!("de sessie `{old}` heet nu `{new}`; de aanmeldingen gaan mee");
                        problems.push(at(message).help(
                            "klopt dat niet, zet de oude sessie dan terug en geef de nieuwe een andere tijd",
                        ));
                    }
                }
            }
        }
    }
}

const CALL_OFF: &str =
    "gaat die niet door, zet die dan terug met `called_off = true`: dan krijgt iedereen een mail";

fn without_page(event: &Event) -> Problem {
    let file = format!("content{}.md", event.page().trim_end_matches('/'));
    let message = format!(
        "de bijeenkomst `{}` staat niet meer op de site; wie zich aanmeldde, houdt zijn plek, en niemand kan zich nog aanmelden",
        event.id()
    );
    Problem::in_file(&file, message).severity(Severity::Warning).help(CALL_OFF)
}
