//! Renders the pages of the organisers' area, and fills each with views of every state.

mod people;
mod sessions;

use catalog::answer::{ErrorView, Status};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::Tab;
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::enter::{
    CodeError, CodeView, ConfirmView, LinkView, LogInRow, LogInView, LogInsView,
};
use catalog::organiser::views::frame::{About, Frame, PersonRow, SessionRow, TabLink};
use catalog::organiser::views::overview::{Attention, Day, OverviewView, PersonLink};
use catalog::organiser::views::records::{ActRow, HeldRow, HeldView, LogView};

use super::output::{Output, Outputs};
use super::participants::{event_words, session_words};
use super::views::PageView;
use super::{Renderer, page_context};
use crate::source::problem::Problem;

/// Both states of something that is or is not.
const BOTH: [bool; 2] = [true, false];

impl Renderer<'_> {
    /// Renders the pages of the organisers' area.
    pub(super) fn organiser_pages(&self) -> Outputs {
        OrganiserPage::ALL.iter().map(|page| self.organiser_page(*page)).collect()
    }

    fn organiser_page(&self, page: OrganiserPage) -> Result<Output, Problem> {
        let file = page.file();
        let context = page_context(&PageView::default());
        let template = (file.as_str(), &context);
        match page {
            OrganiserPage::LogIn => self.answer(&file, template, &BOTH.map(log_in)),
            OrganiserPage::Code => self.answer(&file, template, &codes()),
            OrganiserPage::Link => self.answer(&file, template, &[LinkView { action: "0".into() }]),
            OrganiserPage::Confirm => self.answer(&file, template, &confirm()),
            OrganiserPage::Overview => self.answer(&file, template, &BOTH.map(overview)),
            OrganiserPage::Session => self.answer(&file, template, &BOTH.map(sessions::session)),
            OrganiserPage::Chosen => self.answer(&file, template, &sessions::chosen()),
            OrganiserPage::Questions => self.answer(&file, template, &BOTH.map(sessions::questions)),
            OrganiserPage::Join => self.answer(&file, template, &sessions::joins()),
            OrganiserPage::Message => self.answer(&file, template, &sessions::messages()),
            OrganiserPage::Amend => self.answer(&file, template, &sessions::amendments()),
            OrganiserPage::Attendance | OrganiserPage::SignIn => {
                self.answer(&file, template, &BOTH.map(sessions::attendance))
            }
            OrganiserPage::Certificate => self.answer(&file, template, &BOTH.map(sessions::certificate)),
            OrganiserPage::Add => self.answer(&file, template, &people::adds()),
            OrganiserPage::Person => self.answer(&file, template, &people::people()),
            OrganiserPage::LogIns => self.answer(&file, template, &BOTH.map(log_ins)),
            OrganiserPage::Log => self.answer(&file, template, &BOTH.map(log)),
            OrganiserPage::Held => self.answer(&file, template, &BOTH.map(held)),
            OrganiserPage::Error => self.answer(&file, template, &ErrorView::examples()),
        }
    }
}

fn text(is_there: bool) -> String {
    if is_there { "0".to_owned() } else { String::new() }
}

fn list<T>(is_there: bool, item: impl Fn() -> T) -> Vec<T> {
    if is_there { vec![item(), item()] } else { Vec::new() }
}

fn frame() -> Frame {
    Frame { organiser: "0".into(), form_key: "0".into() }
}

fn about(state: bool) -> About {
    About { event: event_words(state), session: session_words(state), list: "0".into() }
}

/// Returns nothing, and each of these.
fn optional<T: Copy>(all: &[T]) -> Vec<Option<T>> {
    all.iter().map(|&one| Some(one)).chain([None]).collect()
}

fn codes() -> Vec<CodeView> {
    optional(CodeError::ALL).into_iter().map(|error| CodeView { error }).collect()
}

fn log_in(state: bool) -> LogInView {
    LogInView { is_malformed: state, email: text(state), is_over: !state, again: text(state) }
}

fn confirm() -> Vec<ConfirmView> {
    let view = |error| BOTH.map(|is_sent| ConfirmView { frame: frame(), is_sent, error, back: "0".into() });
    optional(CodeError::ALL).into_iter().flat_map(view).collect()
}

fn row(state: bool) -> SessionRow {
    SessionRow {
        event: event_words(state),
        session: session_words(state),
        url: "0".into(),
        taken: 1,
        capacity: 2,
        share: 50,
        waiting: usize::from(state),
        is_over: state,
        is_removed: !state,
    }
}

fn overview(state: bool) -> OverviewView {
    let words = || ("0".to_owned(), "0".to_owned(), "0".to_owned());
    let attention = || {
        let (event, session, url) = words();
        let count = 1 + usize::from(state);
        vec![
            Attention::Parked { count, event: event.clone() },
            Attention::Bounced {
                event: event.clone(),
                people: list(true, || PersonLink { full_name: "0".into(), url: "0".into() }),
                more: usize::from(state),
            },
            Attention::NoLink { event: event.clone(), session: session.clone(), url: url.clone() },
            Attention::Moved {
                event: event.clone(),
                session: session.clone(),
                on_site: "0".into(),
                url: url.clone(),
            },
            Attention::Removed { count, event, session, url },
            Attention::Unreadable { count },
        ]
    };
    let days = list(state, || Day { date: "0".into(), count: 1, left: 0, height: 1 });
    OverviewView {
        frame: frame(),
        sessions: list(state, || row(state)),
        attention: if state { attention() } else { Vec::new() },
        width: days.len(),
        days,
    }
}

fn person_row(status: Status) -> PersonRow {
    PersonRow {
        url: "0".into(),
        reference: "0".into(),
        full_name: "0".into(),
        email: "0".into(),
        organisation: "0".into(),
        status,
        position: usize::from(status == Status::Waiting),
        signed_up_at: "0".into(),
    }
}

fn rows(is_there: bool) -> Vec<PersonRow> {
    if is_there { Status::ALL.iter().map(|&status| person_row(status)).collect() } else { Vec::new() }
}

fn tabs() -> Vec<TabLink> {
    let tab = |tab| TabLink { tab, count: 1, url: "0".into(), is_current: tab == Tab::Coming };
    Tab::ALL.iter().map(|&of| tab(of)).collect()
}

fn log_ins(state: bool) -> LogInsView {
    let row = || LogInRow { since: "0".into(), used: "0".into(), is_current: state };
    LogInsView { frame: frame(), log_ins: list(true, row), has_digest: state }
}

fn log(state: bool) -> LogView {
    LogView { frame: frame(), session: text(state), list: text(state), acts: acts(state) }
}

fn acts(state: bool) -> Vec<ActRow> {
    let row = |&what: &ActKind| ActRow {
        at: "0".into(),
        who: text(state),
        what,
        about: text(state),
        reference: text(state),
        count: usize::from(state),
    };
    ActKind::ALL.iter().map(row).collect()
}

fn held(state: bool) -> HeldView {
    let row = || HeldRow { event: "0".into(), session: "0".into(), people: 1, mails: 1, until: "0".into() };
    HeldView {
        frame: frame(),
        held: list(state, row),
        email: text(!state),
        is_malformed: state,
        people: rows(!state),
    }
}
