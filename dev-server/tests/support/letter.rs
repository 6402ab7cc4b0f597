//! Reads mail as it arrives.

use std::time::Duration;

use mail_parser::{MessageParser, MimeHeaders};

use super::Tried;

/// A mail as a mailbox shows it.
#[derive(Debug)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub calendar: Option<String>,
    pub raw: String,
}

impl Letter {
    /// Returns the path of the first link in the text that contains `part`.
    pub fn link(&self, part: &str) -> String {
        let word = self.text.split_whitespace().find(|word| word.contains(part)).unwrap();
        format!("/{}", word.splitn(4, '/').nth(3).unwrap())
    }

    pub fn calendar_line(&self, name: &str) -> &str {
        let calendar = self.calendar.as_deref().unwrap();
        calendar.lines().find_map(|line| line.strip_prefix(name)).unwrap()
    }
}

/// Waits for a mail to a participant with these words in its subject, and returns it.
pub async fn letter(site: &Tried, to: &str, words: &str) -> Letter {
    let folder = site.root.path().join(".data/mail");
    for _ in 0..200 {
        let files = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "eml")) {
            let bytes = std::fs::read(file).unwrap();
            let message = MessageParser::default().parse(&bytes).unwrap();
            let address = message.to().unwrap().first().unwrap().address().unwrap();
            let subject = message.subject().unwrap();
            if address == to && subject.contains(words) {
                let calendar = message.attachments().find(|part| part.attachment_name().is_some());
                let calendar = calendar.and_then(|part| part.text_contents()).map(str::to_owned);
                return Letter {
                    subject: subject.to_owned(),
                    text: message.body_text(0).unwrap().into_owned(),
                    calendar,
                    raw: String::from_utf8_lossy(&bytes).into_owned(),
                };
            }
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no mail to `{to}` about `{words}`")
}
