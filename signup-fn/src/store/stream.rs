//! Events of the table's stream, which announce new mails in the outbox.
//!
//! The format is that of "Working with DynamoDB Streams events" in the Lambda Developer Guide. Of the
//! items, only the keys are read, so the stream's view type can be `KEYS_ONLY`.

use catalog::EventId;
use serde::Deserialize;

use super::item;
use super::mail::MailKey;
use super::organiser::passes::announced;
use crate::people::pass::RequestId;

/// A batch of records.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// The records, oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// A new mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announced {
    /// To a participant of an event.
    Mail(EventId, MailKey),
    /// With the link and the code of a request to log in.
    Pass(RequestId),
}

/// A change of one item.
#[derive(Debug, Deserialize)]
pub struct Record {
    #[serde(rename = "eventName")]
    kind: String,
    dynamodb: Change,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    keys: Keys,
    sequence_number: String,
}

#[derive(Debug, Deserialize)]
struct Keys {
    pk: Text,
    sk: Text,
}

#[derive(Debug, Deserialize)]
struct Text {
    #[serde(rename = "S")]
    text: String,
}

impl Record {
    /// Returns the mail that the record announces, if it announces a new one.
    pub fn mail(&self) -> Option<Announced> {
        if self.kind != "INSERT" {
            return None;
        }
        let Keys { pk, sk } = &self.dynamodb.keys;
        if let Some(request) = announced(&pk.text, &sk.text) {
            return Some(Announced::Pass(request));
        }
        let (event, mail) = (item::event_of(&pk.text)?, item::mail_of(&sk.text)?);
        Some(Announced::Mail(event, mail))
    }

    /// Returns the sequence number, which identifies the record when its failure is reported.
    pub fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::people::identity::Person;

    fn record(kind: &str, pk: &str, sk: &str) -> Record {
        serde_json::from_value(serde_json::json!({
            "eventID": "1", "eventName": kind, "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1_795_521_600,
                "Keys": { "pk": { "S": pk }, "sk": { "S": sk } },
                "SequenceNumber": "4421584500000000017450439091", "SizeBytes": 26, "StreamViewType": "KEYS_ONLY"
            }
        }))
        .unwrap()
    }

    #[test]
    fn only_an_inserted_mail_is_announced() {
        let person = Person::from_bytes([7; 16]);
        let sort = format!("mail#{}#abc", person.key());
        let put = record("INSERT", "event#lnpo", &sort);
        let mail = MailKey { person, id: "abc".to_owned() };
        assert_eq!(put.mail(), Some(Announced::Mail("lnpo".parse().unwrap(), mail)));
        assert_eq!(put.sequence_number(), "4421584500000000017450439091");
        assert_eq!(record("MODIFY", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("REMOVE", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("INSERT", "event#lnpo", &format!("person#{}", person.key())).mail(), None);
        assert_eq!(record("INSERT", "source#x", "hour").mail(), None);
        let id = "0123456789abcdef0123456789abcdef";
        let pass = record("INSERT", "organisers", &format!("mail#{id}"));
        assert_eq!(pass.mail(), Some(Announced::Pass(id.parse().unwrap())));
        assert_eq!(record("INSERT", "organisers", &format!("act#{id}")).mail(), None);
    }
}
