//! Events of the table's stream, which announce new mails in the outbox.
//!
//! The format is that of "Working with DynamoDB Streams events" in the Lambda Developer Guide. Of the
//! items, only the keys are read, so the stream's view type can be `KEYS_ONLY`.

use catalog::EventId;
use serde::Deserialize;

use super::item;
use super::mail::MailKey;

/// A batch of records.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// The records, oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
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
    /// Returns the event and the key of a mail, if the record announces a new one.
    pub fn mail(&self) -> Option<(EventId, MailKey)> {
        let Keys { pk, sk } = &self.dynamodb.keys;
        let event = item::event_of(&pk.text)?;
        let mail = item::mail_of(&sk.text)?;
        (self.kind == "INSERT").then_some((event, mail))
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
        assert_eq!(put.mail(), Some(("lnpo".parse().unwrap(), mail)));
        assert_eq!(put.sequence_number(), "4421584500000000017450439091");
        assert_eq!(record("MODIFY", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("REMOVE", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("INSERT", "event#lnpo", &format!("person#{}", person.key())).mail(), None);
        assert_eq!(record("INSERT", "source#x", "hour").mail(), None);
    }
}
