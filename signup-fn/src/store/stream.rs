//! What the table's stream tells: which mails were put into the outbox.
//!
//! The shape is that of "Working with DynamoDB Streams events" in the Lambda
//! Developer Guide; of each record only the keys are read.

use catalog::EventId;
use serde::Deserialize;

use super::item;
use crate::identity::Person;

/// A batch of the stream.
#[derive(Debug, Deserialize)]
pub struct StreamEvent {
    /// Its records, oldest first.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One change of an item.
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
    /// The mail that was put, if it was one: its event, whose it is, and its id.
    pub fn mail(&self) -> Option<(EventId, Person, &str)> {
        let Keys { pk, sk } = &self.dynamodb.keys;
        let event = item::event_of(&pk.text)?;
        let (person, id) = item::mail_key(&sk.text)?;
        (self.kind == "INSERT").then_some((event, person, id))
    }

    /// By which the stream is told from where to go on.
    pub fn sequence_number(&self) -> &str {
        &self.dynamodb.sequence_number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn only_a_mail_that_was_put_is_one_to_send() {
        let person = Person::from_bytes([7; 16]);
        let sort = format!("mail#{}#abc", person.key());
        let put = record("INSERT", "event#lnpo", &sort);
        assert_eq!(put.mail(), Some(("lnpo".parse().unwrap(), person, "abc")));
        assert_eq!(put.sequence_number(), "4421584500000000017450439091");
        assert_eq!(record("MODIFY", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("REMOVE", "event#lnpo", &sort).mail(), None);
        assert_eq!(record("INSERT", "event#lnpo", &format!("person#{}", person.key())).mail(), None);
        assert_eq!(record("INSERT", "source#x", "hour").mail(), None);
    }
}
