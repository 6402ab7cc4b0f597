//! The mails that were sent on this machine, as a mail program shows them: a list, and each mail as HTML, as text,
//! with its calendar entry in words, and as it was sent.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use axum::extract::{self, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use mail_parser::{Message, MessageParser, MimeHeaders};

use super::served::Shared;

/// The path below which each mail is shown as HTML.
pub(super) const MAIL: &str = "/_dev/mail/";

/// What a mail may do in a browser: no more than in a mail program. Its styles are its own.
const LIKE_A_MAIL_PROGRAM: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups";

/// Responds with a page of all mails in the folder.
pub(super) async fn inbox(State(served): Shared) -> Response {
    let mut mails = String::new();
    for (name, bytes) in newest_first(&served.mail) {
        if let Some(message) = MessageParser::default().parse(&bytes) {
            let is_newest = mails.is_empty();
            // Writing to a string cannot fail.
            let _ = mail(&mut mails, &name, &message, is_newest);
        }
    }
    if mails.is_empty() {
        mails.push_str("<p>Er is nog geen mail. Meld je aan, en ververs deze pagina.</p>");
    }
    let html = include_str!("inbox.html").replace("MAILS", &mails);
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-store")], html).into_response()
}

/// Responds with the HTML of a mail.
pub(super) async fn html(State(served): Shared, extract::Path(name): extract::Path<String>) -> Response {
    let mails = newest_first(&served.mail);
    let found = mails.iter().find(|(known, _)| *known == name);
    let message = found.and_then(|(_, bytes)| MessageParser::default().parse(bytes));
    let Some(html) = message.as_ref().and_then(|message| message.body_html(0)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, LIKE_A_MAIL_PROGRAM),
    ];
    (headers, html.into_owned()).into_response()
}

/// Returns the mails in a folder, each with the name of its file.
fn newest_first(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| {
            (fs::metadata(&path).and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH), path)
        })
        .collect();
    files.sort();
    let mail = |(_, path): (_, std::path::PathBuf)| {
        Some((path.file_stem()?.to_string_lossy().into_owned(), fs::read(&path).ok()?))
    };
    files.into_iter().rev().filter_map(mail).collect()
}

fn mail(out: &mut String, name: &str, message: &Message<'_>, is_open: bool) -> std::fmt::Result {
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address()).unwrap_or_default();
    let (open, subject) = (if is_open { " open" } else { "" }, message.subject().unwrap_or_default());
    writeln!(out, "<details{open}>\n<summary>{} – Aan {}</summary>", escaped(subject), escaped(to))?;
    let address = format!("{MAIL}{}", escaped(name));
    writeln!(out, "<p><a href=\"{address}\">Bekijk de mail met opmaak</a></p>")?;
    writeln!(out, "<pre>{}</pre>", linked(&message.body_text(0).unwrap_or_default()))?;
    for attachment in message.attachments() {
        // A mail contains the calendar entry twice: inline, and as an attachment with a name.
        // Only the named one is shown.
        let Some(name) = attachment.attachment_name().map(escaped) else { continue };
        let text = attachment.text_contents().unwrap_or_default();
        writeln!(out, "<p>{name}: {}</p>", escaped(&entry_in_words(text)))?;
        writeln!(out, "<details><summary>{name}</summary><pre>{}</pre></details>", escaped(text))?;
    }
    let source = String::from_utf8_lossy(message.raw_message());
    writeln!(out, "<details><summary>Zoals verstuurd</summary><pre>{}</pre></details>", escaped(&source))?;
    out.write_str("</details>\n")
}

/// Says what a calendar entry does: `komt in de agenda: Lerend Netwerk, 20281128T160000, Digitaal`.
fn entry_in_words(calendar: &str) -> String {
    let unfolded = calendar.replace("\r\n ", "");
    let value = |name: &str| {
        let event = unfolded.split("BEGIN:VEVENT").nth(1).unwrap_or_default();
        let line = event.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map_or("", |(_, value)| value).replace("\\,", ",")
    };
    let what = if unfolded.contains("METHOD:CANCEL") { "gaat uit de agenda" } else { "komt in de agenda" };
    format!("{what}: {}, {}, {}", value("SUMMARY"), value("DTSTART"), value("LOCATION"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_entry_is_put_in_words() {
        let calendar = "METHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:x\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
                        DTSTART;TZID=Europe/Amsterdam:20281128T160000\r\nSUMMARY:Lerend\r\n  Netwerk\r\nLOCATION:De Werf\\, Plein 1\r\n";
        let words = "komt in de agenda: Lerend Netwerk, 20281128T160000, De Werf, Plein 1";
        assert_eq!(entry_in_words(calendar), words);
        assert!(entry_in_words(&calendar.replace("REQUEST", "CANCEL")).starts_with("gaat uit de agenda"));
    }
}
