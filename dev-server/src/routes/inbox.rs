//! Shows the mails that were sent on this machine, newest first.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use mail_parser::{Message, MessageParser, MimeHeaders};

use super::served::Shared;

/// Responds with a page of all mails in the folder.
pub(super) async fn inbox(State(served): Shared) -> Response {
    let mut mails = String::new();
    for bytes in newest_first(&served.mail) {
        if let Some(message) = MessageParser::default().parse(&bytes) {
            // Writing to a string cannot fail.
            let _ = mail(&mut mails, &message);
        }
    }
    if mails.is_empty() {
        mails.push_str("<p>Er is nog geen mail. Meld je aan, en ververs deze pagina.</p>");
    }
    let html = include_str!("inbox.html").replace("MAILS", &mails);
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], html).into_response()
}

fn newest_first(folder: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| {
            (fs::metadata(&path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH), path)
        })
        .collect();
    files.sort();
    files.into_iter().rev().filter_map(|(_, path)| fs::read(path).ok()).collect()
}

fn mail(out: &mut String, message: &Message<'_>) -> std::fmt::Result {
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
    writeln!(out, "<article>\n<h2>{}</h2>", escaped(message.subject().unwrap_or_default()))?;
    writeln!(out, "<p>Aan {}</p>", escaped(to))?;
    writeln!(out, "<pre>{}</pre>", linked(&message.body_text(0).unwrap_or_default()))?;
    for attachment in message.attachments() {
        // A mail contains the calendar entry twice: inline, and as an attachment with a name.
        // Only the named one is shown.
        let Some(name) = attachment.attachment_name().map(escaped) else { continue };
        let text = escaped(attachment.text_contents().unwrap_or_default());
        writeln!(out, "<details><summary>{name}</summary><pre>{text}</pre></details>")?;
    }
    out.write_str("</article>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// Returns the text escaped for HTML, with its web addresses as links.
fn linked(text: &str) -> String {
    let word = |word: &str| match word.trim_end() {
        address if address.starts_with("http://") || address.starts_with("https://") => {
            let (address, blank) = (escaped(address), &word[address.len()..]);
            format!("<a href=\"{address}\">{address}</a>{blank}")
        }
        _ => escaped(word),
    };
    text.split_inclusive(char::is_whitespace).map(word).collect()
}
