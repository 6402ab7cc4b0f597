//! The values that fill the pages of the organisers' area.

use serde::Serialize;

use super::act::ActKind;
use super::address::{PersonDone, Tab};
use crate::answer::{FormView, OtherSession, Status};
use crate::words::{EventWords, SessionWords};

/// What every page after log-in shows.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// The organiser's name.
    pub organiser: String,
    /// The key of the page's forms, which proves that a form comes from this page and is sent once.
    pub form_key: String,
}

/// The page that asks for the address to which the link and the code go.
#[derive(Debug, Clone, Serialize)]
pub struct LogInView {
    /// Whether the typed text is no email address.
    pub is_malformed: bool,
    /// The typed text.
    pub email: String,
    /// Whether the log-in that the browser had is over.
    pub is_over: bool,
    /// The address to open again, if the browser may hold back its cookie because it comes from another site;
    /// otherwise empty.
    pub again: String,
}

/// Why a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeError {
    /// It is another code.
    Wrong,
    /// It is valid no longer, was used, was replaced by a newer one, or was tried too often.
    Over,
    /// This browser asked for none, or it does not keep cookies.
    OtherBrowser,
}

/// The page that takes the code.
#[derive(Debug, Clone, Serialize)]
pub struct CodeView {
    /// Why the typed code is refused, if it is.
    pub error: Option<CodeError>,
}

/// The page that a link in a mail opens.
#[derive(Debug, Clone, Serialize)]
pub struct LinkView {
    /// The address to which its button posts.
    pub action: String,
}

/// The page that asks for a fresh code.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// Whether a mail with a code is on its way.
    pub is_sent: bool,
    /// Why the typed code is refused, if it is.
    pub error: Option<CodeError>,
    /// The address to return to.
    pub back: String,
}

/// A session, as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct SessionRow {
    /// The event.
    pub event: EventWords,
    /// The session.
    pub session: SessionWords,
    /// The address of its page.
    pub url: String,
    /// The number of taken seats.
    pub taken: u32,
    /// The number of seats.
    pub capacity: u32,
    /// The share of the seats that is taken, in per cent, at most 100.
    pub share: u32,
    /// The number of people who wait.
    pub waiting: usize,
    /// Whether the session has ended.
    pub is_over: bool,
    /// Whether the session is no longer on the site.
    pub is_removed: bool,
}

/// Something that an organiser should look at.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attention {
    /// Mails that could not be sent.
    Parked {
        /// How many.
        count: usize,
        /// The title of the event.
        event: String,
    },
    /// A session within a week without a link.
    NoLink {
        /// The title of the event.
        event: String,
        /// The session.
        session: String,
        /// The address of the page that sets the link.
        url: String,
    },
    /// People of a session that is no longer on the site.
    Removed {
        /// How many.
        count: usize,
        /// The title of the event.
        event: String,
        /// The session.
        session: String,
        /// The address of the session's page.
        url: String,
    },
    /// Items that this version cannot read.
    Unreadable {
        /// How many.
        count: usize,
    },
}

/// The sign-ups of one day.
#[derive(Debug, Clone, Serialize)]
pub struct Day {
    /// The day: `24-11-2026`.
    pub date: String,
    /// The number of sign-ups.
    pub count: usize,
    /// The position of its bar from the left, in units of the chart.
    pub left: usize,
    /// The height of its bar, at most 100.
    pub height: usize,
}

/// The sessions and what needs attention.
#[derive(Debug, Clone, Serialize)]
pub struct OverviewView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The sessions, the next one first and the past ones last.
    pub sessions: Vec<SessionRow>,
    /// What needs attention.
    pub attention: Vec<Attention>,
    /// The sign-ups of each of the last days.
    pub days: Vec<Day>,
    /// The width of the chart of these days.
    pub width: usize,
}

/// Somebody who signed up, in a list.
#[derive(Debug, Clone, Serialize)]
pub struct PersonRow {
    /// The address of the person's page.
    pub url: String,
    /// The name.
    pub full_name: String,
    /// The email address.
    pub email: String,
    /// The organisation.
    pub organisation: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The place on the waiting list, from 1; 0 for somebody who does not wait.
    pub position: usize,
    /// The day and time of the sign-up: `24-11-2026, 13.00`.
    pub signed_up_at: String,
}

/// A tab of a list, and how many it lists.
#[derive(Debug, Clone, Serialize)]
pub struct TabLink {
    /// Who is listed.
    pub tab: Tab,
    /// How many.
    pub count: usize,
    /// The address.
    pub url: String,
    /// Whether it is the one that is shown.
    pub is_current: bool,
}

/// What every page about a session shows.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// The event.
    pub event: EventWords,
    /// The session.
    pub session: SessionWords,
    /// The address of the session's page.
    pub list: String,
}

/// Who signed up for a session.
#[derive(Debug, Clone, Serialize)]
pub struct SessionView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The seats.
    pub row: SessionRow,
    /// The tabs.
    pub tabs: Vec<TabLink>,
    /// The people on this page.
    pub people: Vec<PersonRow>,
    /// What was searched for; empty if the page is no result of a search.
    pub query: String,
    /// The number of this page, from 1.
    pub page: u32,
    /// The number of pages.
    pub pages: u32,
    /// The address of the page before this one; empty if there is none.
    pub previous: String,
    /// The address of the page after this one; empty if there is none.
    pub next: String,
    /// Whether the session has a link with which participants join.
    pub has_link: bool,
    /// The number of items that this version cannot read.
    pub unreadable: usize,
}

/// What one participant asked.
#[derive(Debug, Clone, Serialize)]
pub struct Asked {
    /// The name.
    pub full_name: String,
    /// The organisation.
    pub organisation: String,
    /// The question or contribution.
    pub question: String,
}

/// What participants of a session asked, together.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionsView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The questions, in the order of the sign-ups.
    pub questions: Vec<Asked>,
}

/// Why a link is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinError {
    /// It does not begin with `https://` and a host.
    Malformed,
    /// It is too long.
    TooLong,
}

/// The link with which participants join a session.
#[derive(Debug, Clone, Serialize)]
pub struct JoinView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The link, as stored or as just typed.
    pub join_url: String,
    /// Why the typed link is refused, if it is.
    pub error: Option<JoinError>,
    /// Whether the link was just changed.
    pub is_done: bool,
    /// The number of people who have a seat but were not told this link.
    pub untold: usize,
    /// Whether mails with the link are on their way.
    pub sending: usize,
}

/// Why a message is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageError {
    /// Nothing was typed.
    Empty,
    /// It is too long.
    TooLong,
    /// It has a placeholder that does not exist.
    UnknownPlaceholder,
    /// It has the placeholder of the link, which the session does not have.
    NoLink,
}

/// A message that was sent, and what became of it.
#[derive(Debug, Clone, Serialize)]
pub struct SentRow {
    /// The id, which a form sends to have it sent again to those it did not reach.
    pub id: String,
    /// When.
    pub at: String,
    /// The subject; empty for the session's link.
    pub subject: String,
    /// The number of recipients.
    pub total: usize,
    /// How many were sent.
    pub sent: usize,
    /// How many could not be sent.
    pub failed: usize,
    /// How many are on their way.
    pub under_way: usize,
}

/// What a message looks like for one of its recipients.
#[derive(Debug, Clone, Serialize)]
pub struct Preview {
    /// The recipient's name.
    pub full_name: String,
    /// The subject.
    pub subject: String,
    /// The text as safe HTML.
    pub html: String,
}

/// A message to participants of a session.
#[derive(Debug, Clone, Serialize)]
pub struct MessageView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The address to which the form posts.
    pub action: String,
    /// Who can get it.
    pub tabs: Vec<TabLink>,
    /// The typed subject.
    pub subject: String,
    /// The typed text.
    pub text: String,
    /// Why the subject is refused, if it is.
    pub subject_error: Option<MessageError>,
    /// Why the text is refused, if it is.
    pub text_error: Option<MessageError>,
    /// The placeholders that do not exist.
    pub unknown: String,
    /// What it looks like, once the form is valid.
    pub preview: Option<Preview>,
    /// The number of recipients.
    pub count: usize,
    /// Whether the number of recipients has changed since the page was shown.
    pub has_changed: bool,
    /// Whether a fresh code is needed to send it.
    pub needs_code: bool,
    /// Whether a mail with a code is on its way.
    pub is_code_sent: bool,
    /// Why the typed code is refused, if it is.
    pub code_error: Option<CodeError>,
    /// Whether a message was just sent.
    pub is_done: bool,
    /// Whether a proof was just sent.
    pub is_proof_sent: bool,
    /// The messages that were sent, the newest first.
    pub sent: Vec<SentRow>,
}

/// Adds somebody by hand.
#[derive(Debug, Clone, Serialize)]
pub struct AddView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The typed values and their problems.
    #[serde(flatten)]
    pub form: FormView,
    /// The address to which the form posts.
    pub action: String,
    /// Why the person was not added, although the form is valid.
    pub refused: Option<Refused>,
}

/// Why somebody was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Refused {
    /// The session is full.
    Full,
    /// Somebody with this name and address has signed up already.
    Known,
    /// Five people have signed up with this address already.
    Crowded,
}

/// A mail to somebody.
#[derive(Debug, Clone, Serialize)]
pub struct MailRow {
    /// The name of its kind.
    pub kind: &'static str,
    /// When it was put into the outbox: `24-11-2026, 13.00`.
    pub at: String,
    /// Whether it was sent.
    pub is_sent: bool,
    /// Whether it could not be sent.
    pub is_parked: bool,
}

/// Somebody who signed up.
#[derive(Debug, Clone, Serialize)]
pub struct PersonView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The session.
    #[serde(flatten)]
    pub about: About,
    /// The details, as stored or as just typed.
    #[serde(flatten)]
    pub form: FormView,
    /// The name, as stored.
    pub full_name: String,
    /// The email address.
    pub email: String,
    /// A new address that is not confirmed yet; empty if there is none.
    pub new_email: String,
    /// The status of the sign-up.
    pub status: Status,
    /// The place on the waiting list, from 1; 0 for somebody who does not wait.
    pub position: usize,
    /// The person's reference.
    pub reference: String,
    /// The day and time of the sign-up.
    pub signed_up_at: String,
    /// The version of the privacy notice that was shown with the form.
    pub privacy_notice_version: String,
    /// The last day on which any of it is stored.
    pub stored_until: String,
    /// The mails, the newest first.
    pub mails: Vec<MailRow>,
    /// The sessions to which the person can be moved.
    pub others: Vec<OtherSession>,
    /// The address to which the page's forms post.
    pub action: String,
    /// The change that was just made, if any.
    pub done: Option<PersonDone>,
    /// The session that has no seat, if the person could not be moved there; otherwise empty.
    pub full_session: String,
}

/// One of the organiser's own log-ins.
#[derive(Debug, Clone, Serialize)]
pub struct LogInRow {
    /// When it began.
    pub since: String,
    /// When it was last used.
    pub used: String,
    /// Whether it is the one of this browser.
    pub is_current: bool,
}

/// The organiser's own log-ins.
#[derive(Debug, Clone, Serialize)]
pub struct LogInsView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The log-ins, the newest first.
    pub log_ins: Vec<LogInRow>,
}

/// An act of an organiser.
#[derive(Debug, Clone, Serialize)]
pub struct ActRow {
    /// When: `24-11-2026, 13.00`.
    pub at: String,
    /// The organiser's name; empty if the organiser is no longer on the list.
    pub who: String,
    /// What was done.
    pub what: ActKind,
    /// The event and the session; empty if the act is about none.
    pub about: String,
    /// The reference of the person; empty if the act is not about one.
    pub reference: String,
    /// How many people it concerned; 0 if that does not apply.
    pub count: usize,
}

/// What organisers did.
#[derive(Debug, Clone, Serialize)]
pub struct LogView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The acts, the newest first.
    pub acts: Vec<ActRow>,
}

/// What is stored about the people of a session.
#[derive(Debug, Clone, Serialize)]
pub struct HeldRow {
    /// The title of the event.
    pub event: String,
    /// The session.
    pub session: String,
    /// The number of people.
    pub people: usize,
    /// The number of mails.
    pub mails: usize,
    /// The last day on which any of it is stored.
    pub until: String,
}

/// What is stored about whom, and until when.
#[derive(Debug, Clone, Serialize)]
pub struct HeldView {
    /// What every page shows.
    #[serde(flatten)]
    pub frame: Frame,
    /// The sessions about whose people anything is stored.
    pub held: Vec<HeldRow>,
    /// The address that was searched for; empty if none was.
    pub email: String,
    /// Whether the typed text is no email address.
    pub is_malformed: bool,
    /// Who signed up with that address.
    pub people: Vec<PersonRow>,
}
