//! Renders the pages of the organisers' area, and fills each with views of every state.

use catalog::SessionId;
use catalog::answer::{ErrorView, FieldError, Status};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::{PersonDone, Tab};
use catalog::organiser::page::OrganiserPage;
use catalog::organiser::views::amend::{AmendError, AmendView, Effects};
use catalog::organiser::views::enter::{
    CodeError, CodeView, ConfirmView, LinkView, LogInRow, LogInView, LogInsView,
};
use catalog::organiser::views::frame::{About, Frame, PersonRow, SessionRow, TabLink};
use catalog::organiser::views::message::{MessageError, MessageView, Preview, SentRow};
use catalog::organiser::views::overview::{Attention, Day, OverviewView};
use catalog::organiser::views::person::{AddView, MailRow, PersonView, Refused};
use catalog::organiser::views::records::{ActRow, HeldRow, HeldView, LogView};
use catalog::organiser::views::session::{
    Asked, AttendanceView, Attended, CertificateView, JoinError, JoinView, QuestionsView, SessionView,
};
use catalog::own::OtherSession;

use super::output::{self, Output, Outputs};
use super::participants::{event_words, form, session_words};
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
        let text = self.common.templates.render(&file, &page_context(&PageView::default()))?;
        match page {
            OrganiserPage::LogIn => output::answer(&file, text, &BOTH.map(log_in)),
            OrganiserPage::Code => {
                output::answer(&file, text, &code_errors().map(|error| CodeView { error }))
            }
            OrganiserPage::Link => output::answer(&file, text, &[LinkView { action: "0".into() }]),
            OrganiserPage::Confirm => output::answer(&file, text, &confirm()),
            OrganiserPage::Overview => output::answer(&file, text, &BOTH.map(overview)),
            OrganiserPage::Session => output::answer(&file, text, &BOTH.map(session)),
            OrganiserPage::Questions => output::answer(&file, text, &BOTH.map(questions)),
            OrganiserPage::Join => output::answer(&file, text, &joins()),
            OrganiserPage::Message => output::answer(&file, text, &messages()),
            OrganiserPage::Amend => output::answer(&file, text, &amendments()),
            OrganiserPage::Attendance | OrganiserPage::SignIn => {
                output::answer(&file, text, &BOTH.map(attendance))
            }
            OrganiserPage::Certificate => output::answer(&file, text, &BOTH.map(certificate)),
            OrganiserPage::Add => output::answer(&file, text, &adds()),
            OrganiserPage::Person => output::answer(&file, text, &people()),
            OrganiserPage::LogIns => output::answer(&file, text, &BOTH.map(log_ins)),
            OrganiserPage::Log => output::answer(&file, text, &BOTH.map(log)),
            OrganiserPage::Held => output::answer(&file, text, &BOTH.map(held)),
            OrganiserPage::Error => output::answer(&file, text, &ErrorView::examples()),
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

fn code_errors() -> [Option<CodeError>; 4] {
    [None, Some(CodeError::Wrong), Some(CodeError::Over), Some(CodeError::OtherBrowser)]
}

fn log_in(state: bool) -> LogInView {
    LogInView { is_malformed: state, email: text(state), is_over: !state, again: text(state) }
}

fn confirm() -> Vec<ConfirmView> {
    let views = code_errors()
        .map(|error| BOTH.map(|is_sent| ConfirmView { frame: frame(), is_sent, error, back: "0".into() }));
    views.into_iter().flatten().collect()
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
            Attention::NoLink { event: event.clone(), session: session.clone(), url: url.clone() },
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
    [Tab::Coming, Tab::Waiting, Tab::Cancelled, Tab::WasThere, Tab::WasNotThere].map(tab).into()
}

fn session(state: bool) -> SessionView {
    SessionView {
        frame: frame(),
        about: about(state),
        row: row(state),
        tabs: tabs(),
        people: rows(state),
        query: text(!state),
        page: 1,
        pages: 1 + u32::from(state),
        previous: text(state),
        next: text(state),
        has_link: state,
        has_begun: state,
        unreadable: usize::from(state),
    }
}

fn questions(state: bool) -> QuestionsView {
    let asked = || Asked { full_name: "0".into(), organisation: "0".into(), question: "0".into() };
    QuestionsView { frame: frame(), about: about(state), questions: list(state, asked) }
}

fn joins() -> Vec<JoinView> {
    let errors = [None, Some(JoinError::Malformed), Some(JoinError::TooLong)];
    let view = |error| {
        BOTH.map(|state| JoinView {
            frame: frame(),
            about: about(state),
            join_url: text(state),
            error,
            is_done: state,
            untold: usize::from(state),
            sending: usize::from(!state),
        })
    };
    errors.into_iter().flat_map(view).collect()
}

fn messages() -> Vec<MessageView> {
    let errors = [
        None,
        Some(MessageError::Empty),
        Some(MessageError::TooLong),
        Some(MessageError::UnknownPlaceholder),
        Some(MessageError::NoLink),
    ];
    let preview = || Preview { full_name: "0".into(), subject: "0".into(), html: "0".into() };
    let sent = |state| SentRow {
        id: "0".into(),
        at: "0".into(),
        subject: text(state),
        total: 1,
        sent: 1,
        failed: usize::from(state),
        under_way: usize::from(state),
    };
    let view = |(error, code_error): (Option<MessageError>, Option<CodeError>)| {
        BOTH.map(|state| MessageView {
            frame: frame(),
            about: about(state),
            action: "0".into(),
            tabs: tabs(),
            subject: text(state),
            text: text(state),
            subject_error: error,
            text_error: error,
            unknown: "0".into(),
            preview: error.is_none().then(preview),
            count: 1 + usize::from(state),
            has_changed: state,
            needs_code: state,
            is_code_sent: state,
            is_code_refused: !state,
            code_error,
            is_done: state,
            is_proof_sent: !state,
            sent: list(state, || sent(state)),
        })
    };
    let codes = code_errors().map(|error| (None, error));
    errors.map(|error| (error, None)).into_iter().chain(codes).flat_map(view).collect()
}

fn field_errors() -> impl Iterator<Item = Option<FieldError>> {
    FieldError::ALL.iter().map(|&error| Some(error)).chain([None])
}

fn adds() -> Vec<AddView> {
    let refused = [None, Some(Refused::Full), Some(Refused::Known), Some(Refused::Crowded)];
    let view = |error| {
        refused.map(|refused| AddView {
            frame: frame(),
            about: about(false),
            form: form(error),
            action: "0".into(),
            refused,
        })
    };
    field_errors().flat_map(view).collect()
}

fn people() -> Vec<PersonView> {
    let done = [
        None,
        Some(PersonDone::Saved),
        Some(PersonDone::Moved),
        Some(PersonDone::Cancelled),
        Some(PersonDone::Resent),
        Some(PersonDone::Added),
        Some(PersonDone::LetIn),
        Some(PersonDone::Noted),
    ];
    // Any id will do: the template only prints it.
    let Ok(id) = "0".parse::<SessionId>() else { return Vec::new() };
    let other = |is_open, is_full| OtherSession { id: id.clone(), date: "0".into(), is_open, is_full };
    let others = [other(false, false), other(true, false), other(true, true)];
    let mail = |state| MailRow { kind: "confirmation", at: "0".into(), is_sent: state, is_parked: !state };
    let mut views = Vec::new();
    for (error, &status) in
        field_errors().flat_map(|error| Status::ALL.iter().map(move |status| (error, status)))
    {
        for (at, done) in done.into_iter().enumerate() {
            let state = at % 2 == 0;
            views.push(PersonView {
                frame: frame(),
                about: about(state),
                form: form(error),
                full_name: "0".into(),
                email: "0".into(),
                new_email: text(state),
                status,
                position: usize::from(status == Status::Waiting),
                reference: "0".into(),
                signed_up_at: "0".into(),
                privacy_notice_version: "0".into(),
                stored_until: "0".into(),
                note: text(state),
                note_error: if state { None } else { Some(MessageError::Empty) },
                is_attendance_noted: state,
                certificate: text(state),
                acts: if state { acts(at % 4 == 0) } else { Vec::new() },
                mails: list(state, || mail(at % 4 == 0)),
                others: if state { others.to_vec() } else { Vec::new() },
                action: "0".into(),
                done,
                full_session: text(state),
            });
        }
    }
    views
}

fn amendments() -> Vec<AmendView> {
    let errors =
        [None, Some(AmendError::NoNumber), Some(AmendError::TooSmall), Some(AmendError::ReasonTooLong)];
    let effects = |state| Effects {
        capacity_before: 1,
        capacity_after: 1 + u32::from(state),
        promoted: 1 + u32::from(state),
        closes: state,
        opens: state,
        called_off: 1 + u32::from(state),
        is_called_off: state,
        takes_place: state,
        only_reason: state,
        is_nothing: !state,
    };
    let view = |error: Option<AmendError>| {
        BOTH.map(|state| AmendView {
            frame: frame(),
            about: about(state),
            action: "0".into(),
            capacity: "1".into(),
            is_closed: state,
            is_called_off: state,
            reason: text(state),
            taken: 1 + u32::from(state),
            on_site: u32::from(state),
            before: "0".into(),
            is_off_on_site: state,
            differs: state,
            error,
            is_done: state,
            effects: error.is_none().then(|| effects(state)),
        })
    };
    errors.into_iter().flat_map(view).collect()
}

fn attendance(state: bool) -> AttendanceView {
    let person = |was_there| Attended {
        reference: "0".into(),
        full_name: "0".into(),
        organisation: "0".into(),
        was_there,
    };
    let people = [None, Some(true), Some(false)].map(person);
    AttendanceView {
        frame: frame(),
        about: about(state),
        people: if state { people.into() } else { Vec::new() },
        is_noted: state,
        is_done: state,
    }
}

fn certificate(state: bool) -> CertificateView {
    CertificateView {
        event: event_words(state),
        session: session_words(state),
        full_name: "0".into(),
        organisation: "0".into(),
    }
}

fn log_ins(state: bool) -> LogInsView {
    let row = || LogInRow { since: "0".into(), used: "0".into(), is_current: state };
    LogInsView { frame: frame(), log_ins: list(true, row) }
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
