//! The daily digest: in the morning, each organiser who wants it gets one mail about what participants did since the
//! last one, if they did anything.
//!
//! It is sent at least once: if the mailer dies before it notes that it sent one, the next round of the same hour
//! sends it again, with the same `Message-ID`. It contains numbers and no names.

use std::collections::HashMap;

use anyhow::Result;
use catalog::mail::{DigestMailView, DigestRow, MailKind, MailPart, OrganiserMail};
use catalog::organiser::address::OrganiserAddress;
use catalog::{Event, Session, SessionId};
use jiff::civil::time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::mailer::Mailer;
use super::message::{Message, Messages, Sender};
use super::rounds::Failures;
use super::send_error::SendError;
use crate::people::organiser::Organiser;
use crate::people::participant::Participant;
use crate::people::timing::Timing;
use crate::store::error::StoreError;
use crate::store::mail::Mail;
use crate::store::session::SessionState;

/// The hour in which the digest is sent, in the time zone of the first event. Four rounds fall into it.
const HOUR: i8 = 7;

/// An event with what the digest tells about it.
struct News<'a> {
    event: &'a Event,
    participants: Vec<Participant>,
    mails: Vec<Mail>,
    states: HashMap<SessionId, SessionState>,
}

impl Mailer {
    /// Sends the digest to whoever is due to get it.
    pub(super) async fn digests(&self, events: &[Event], timing: Timing, failures: &mut Failures) {
        let Some((zone, morning)) = events.first().and_then(|event| morning(event, timing.now)) else {
            return;
        };
        let mut news = None;
        for organiser in self.organisers.all() {
            let id = self.identity.organiser(&organiser.email);
            let Some(digest) = failures.count_failed(self.store.digest_of(&id, timing.deadline).await) else {
                continue;
            };
            if !digest.is_wanted || digest.until.is_some_and(|until| until >= morning) {
                continue;
            }
            if news.is_none() {
                let Some(read) = failures.count_failed(self.news(events, timing).await) else { return };
                news = Some(read);
            }
            let since = digest.until.unwrap_or(timing.now - SignedDuration::from_hours(24));
            let rows: Vec<DigestRow> =
                news.iter().flatten().flat_map(|news| news.rows(since, timing.now)).collect();
            if rows.is_empty() {
                continue;
            }
            match self.send_digest(organiser, rows, &zone, timing).await {
                Ok(()) => {
                    let marked = self.store.mark_digest(&id, timing.now, timing.deadline).await;
                    failures.count_failed(marked);
                    tracing::info!(mail.kind = "digest", "mail sent");
                }
                Err(SendError::Later(reason) | SendError::Never(reason)) => {
                    tracing::error!(mail.kind = "digest", reason, "mail failed");
                }
            }
        }
    }

    async fn news<'a>(&self, events: &'a [Event], timing: Timing) -> Result<Vec<News<'a>>, StoreError> {
        let mut all = Vec::new();
        for event in events {
            let (store, deadline) = (&self.store, timing.deadline);
            all.push(News {
                event,
                participants: store.participants(event, timing).await?.logged(event.id()),
                mails: store.mails(event, deadline).await?.logged(event.id()),
                states: store.session_states(event.id(), deadline).await?,
            });
        }
        Ok(all)
    }

    async fn send_digest(
        &self,
        organiser: &Organiser,
        sessions: Vec<DigestRow>,
        zone: &TimeZone,
        timing: Timing,
    ) -> Result<(), SendError> {
        let id = self.identity.organiser(&organiser.email).key();
        let id = format!("{id}-{}", timing.now.to_zoned_datetime(zone.clone()).date());
        let message = self.messages.digest(organiser, sessions, &self.sender, &id, timing.now);
        let message = message.map_err(|error| SendError::Never(format!("{error:#}")))?;
        self.transport.send(&format!("{id}-digest"), &message, timing.deadline).await
    }
}

impl Messages {
    /// Builds the digest. `id` is the part of its `Message-ID` before `.digest` and the domain.
    ///
    /// # Errors
    /// Fails if a template cannot be filled in, or if the text has no line after its subject.
    pub fn digest(
        &self,
        to: &Organiser,
        sessions: Vec<DigestRow>,
        sender: &Sender,
        id: &str,
        now: Timestamp,
    ) -> Result<Message> {
        let at = |address: OrganiserAddress| format!("{}{address}", self.origin);
        let view = DigestMailView {
            full_name: to.name.clone(),
            sessions,
            overview_url: at(OrganiserAddress::Overview),
            settings_url: at(OrganiserAddress::LogIns),
        };
        let part = |part| self.pages.fill(&OrganiserMail::Digest.file(part), &view);
        let parts = (part(MailPart::Text)?, part(MailPart::Html)?);
        self.to_organiser(to, parts, sender, &format!("{id}.digest"), now)
    }
}

impl News<'_> {
    /// Returns the sessions in which participants did something since a moment.
    fn rows(&self, since: Timestamp, now: Timestamp) -> Vec<DigestRow> {
        let rows = self.event.sessions().iter().map(|session| self.row(session, since, now));
        rows.filter(|row| row.signed_up + row.cancelled + row.promoted > 0).collect()
    }

    fn row(&self, session: &Session, since: Timestamp, now: Timestamp) -> DigestRow {
        let is_new = |at: Timestamp| (since..now).contains(&at);
        let told = |kinds: &[MailKind]| {
            let of_session = self.mails.iter().filter(|mail| mail.session == *session.id());
            of_session.filter(|mail| kinds.contains(&mail.kind) && is_new(mail.created_at)).count()
        };
        let signed_up = self.participants.iter().filter(|one| one.signup.session == *session.id());
        let state = self.states.get(session.id());
        DigestRow {
            event: self.event.title().to_owned(),
            session: self.event.name_of(session),
            taken: state.map_or(0, |state| state.taken),
            capacity: session.capacity(),
            waiting: state.map_or(0, |state| state.waiting.len()),
            signed_up: signed_up.filter(|one| is_new(one.signed_up_at)).count(),
            cancelled: told(&[MailKind::Cancelled, MailKind::Withdrawn, MailKind::Left]),
            promoted: told(&[MailKind::Promoted]),
        }
    }
}

/// Returns the time zone of an event, and when the hour of the digest began there, if it is under way.
fn morning(event: &Event, now: Timestamp) -> Option<(TimeZone, Timestamp)> {
    let zone = TimeZone::get(event.time_zone()).ok()?;
    let local = now.to_zoned_datetime(zone.clone());
    if local.hour() != HOUR {
        return None;
    }
    let begun = local.with().time(time(HOUR, 0, 0, 0)).build().ok()?;
    Some((zone, begun.timestamp()))
}
