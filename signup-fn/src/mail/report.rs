//! What SES reports about mails that it had accepted: bounces and complaints.
//!
//! EventBridge passes the events on. Their format is that of "Contents of event data" in the SES Developer Guide.
//! Only the tags and the kind are read: the addresses in an event stay unread.

use catalog::EventId;
use catalog::mail::Report;
use serde::Deserialize;

use super::mailer::Mailer;
use super::message::Tags;
use crate::people::timing::Timing;
use crate::store::error::StoreError;
use crate::store::mail::MailKey;

/// An event of SES about one mail.
#[derive(Debug, Deserialize)]
pub struct ReportEvent {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: MailDetail,
    #[serde(default)]
    bounce: Option<Bounce>,
}

#[derive(Debug, Deserialize)]
struct MailDetail {
    /// Empty for mails with which organisers log in.
    #[serde(default)]
    tags: TagLists,
}

/// The tags of the mail. SES gives each of them as a list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TagLists {
    event: Vec<String>,
    person: Vec<String>,
    mail: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
}

impl ReportEvent {
    /// Returns the mail that the event is about, if it went to a participant.
    fn about(&self) -> Option<(EventId, MailKey)> {
        let TagLists { event, person, mail } = &self.detail.mail.tags;
        let key = MailKey { person: person.first()?.parse().ok()?, id: mail.first()?.clone() };
        Some((event.first()?.parse().ok()?, key))
    }

    fn report(&self) -> Option<Report> {
        match (self.detail.event_type.as_str(), &self.detail.bounce) {
            ("Complaint", _) => Some(Report::Complaint),
            ("Bounce", Some(bounce)) if bounce.bounce_type == "Permanent" => Some(Report::Bounce),
            ("Bounce", _) => Some(Report::SoftBounce),
            _ => None,
        }
    }

    /// Notes with the mail what SES reports. Does nothing if the mail has been erased since.
    ///
    /// # Errors
    /// Fails if the deadline passes, if the table refuses the request, or if the event is unreadable.
    pub async fn note(&self, mailer: &Mailer, timing: Timing) -> Result<(), StoreError> {
        let (Some((event, key)), Some(report)) = (self.about(), self.report()) else {
            tracing::warn!(ses.event = self.detail.event_type, "a report about no participant's mail");
            return Ok(());
        };
        let store = &mailer.store;
        if let Some(event) = store.standing(&event, mailer.catalog.event(&event), timing).await? {
            store.note_report(&event, &key, report, timing.deadline).await?;
        }
        tracing::warn!(event.id = %event, ses.event = self.detail.event_type, "a mail did not arrive as meant");
        Ok(())
    }
}

impl Tags {
    /// Returns the tags by which [`ReportEvent`] recognises the mail. None of them names a person.
    pub(super) fn pairs(&self) -> [(&'static str, String); 3] {
        let Self { event, key } = self;
        [("event", event.to_string()), ("person", key.person.key()), ("mail", key.id.clone())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::identity::Person;

    fn read(kind: &str, extra: &serde_json::Value) -> ReportEvent {
        let mut detail = serde_json::json!({
            "eventType": kind,
            "mail": {
                "timestamp": "2026-11-25T12:00:00Z", "source": "POS <post@pos.example>",
                "destination": ["renee@voorbeeld.nl"], "messageId": "0101",
                "tags": {
                    "ses:configuration-set": ["pos-mail"], "event": ["lnpo"],
                    "person": [Person::from_bytes([7; 16]).key()], "mail": ["abc-3"],
                },
            },
        });
        detail.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        serde_json::from_value(serde_json::json!({ "source": "aws.ses", "detail": detail })).unwrap()
    }

    #[test]
    fn an_event_tells_which_mail_and_what_became_of_it() {
        let permanent =
            serde_json::json!({ "bounce": { "bounceType": "Permanent", "bouncedRecipients": [] } });
        let transient = serde_json::json!({ "bounce": { "bounceType": "Transient" } });
        let nothing = serde_json::json!({});
        let event = read("Bounce", &permanent);
        let key = MailKey { person: Person::from_bytes([7; 16]), id: "abc-3".to_owned() };
        assert_eq!(event.about(), Some(("lnpo".parse().unwrap(), key)));
        assert_eq!(event.report(), Some(Report::Bounce));
        assert_eq!(read("Bounce", &transient).report(), Some(Report::SoftBounce));
        let complaint = serde_json::json!({ "complaint": { "complaintFeedbackType": "abuse" } });
        assert_eq!(read("Complaint", &complaint).report(), Some(Report::Complaint));
        assert_eq!(read("Delivery", &nothing).report(), None);
        assert!(!format!("{event:?}").contains("renee"));
    }

    #[test]
    fn a_mail_without_tags_is_about_nobody() {
        let event: ReportEvent = serde_json::from_value(serde_json::json!({
            "detail": { "eventType": "Bounce", "mail": { "tags": { "ses:configuration-set": ["pos-mail"] } } }
        }))
        .unwrap();
        assert_eq!(event.about(), None);
    }
}
