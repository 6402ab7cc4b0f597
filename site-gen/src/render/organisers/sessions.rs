//! What the pages about a session are filled in with.

use catalog::SessionId;
use catalog::answer::Status;
use catalog::organiser::address::{JoinDone, Order};
use catalog::organiser::views::amend::{AmendError, AmendView, Effects};
use catalog::organiser::views::chosen::{ChosenRow, ChosenView, Outcome};
use catalog::organiser::views::enter::CodeError;
use catalog::organiser::views::message::{MessageError, MessageView, Preview, SentRow};
use catalog::organiser::views::session::{
    Asked, AttendanceView, Attended, CertificateView, JoinError, JoinView, OrderLink, QuestionsView,
    SessionView,
};
use catalog::own::OtherSession;

use super::{BOTH, about, frame, list, optional, row, rows, tabs, text};
use crate::render::participants::{event_words, session_words};

pub(super) fn session(state: bool) -> SessionView {
    SessionView {
        frame: frame(),
        about: about(state),
        row: row(state),
        tabs: tabs(),
        orders: if state { orders() } else { Vec::new() },
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

fn orders() -> Vec<OrderLink> {
    let link = |order| OrderLink { order, url: "0".into(), is_current: order == Order::SignedUp };
    Order::ALL.iter().map(|&order| link(order)).collect()
}

fn chosen_rows() -> Vec<ChosenRow> {
    let row = |outcome| ChosenRow {
        reference: "0".into(),
        full_name: "0".into(),
        status: Status::Confirmed,
        outcome,
    };
    optional(Outcome::ALL).into_iter().map(row).collect()
}

pub(super) fn chosen() -> Vec<ChosenView> {
    // Any id will do: the template only prints it.
    let Ok(id) = "0".parse::<SessionId>() else { return Vec::new() };
    let other = |is_open, is_full| OtherSession { id: id.clone(), date: "0".into(), is_open, is_full };
    let others = [other(true, false), other(true, true), other(false, false)];
    let view = |people| ChosenView {
        frame: frame(),
        about: about(false),
        action: "0".into(),
        message_url: "0".into(),
        people,
        others: others.to_vec(),
    };
    let of_one = chosen_rows().into_iter().map(|row| view(vec![row]));
    of_one.chain([view(chosen_rows()), view(Vec::new())]).collect()
}

pub(super) fn questions(state: bool) -> QuestionsView {
    let asked = || Asked { full_name: "0".into(), organisation: "0".into(), question: "0".into() };
    QuestionsView { frame: frame(), about: about(state), questions: list(state, asked) }
}

pub(super) fn joins() -> Vec<JoinView> {
    let errors = optional(JoinError::ALL);
    let view = |(error, done)| {
        BOTH.map(|state| JoinView {
            frame: frame(),
            about: about(state),
            join_url: text(state),
            error,
            done,
            untold: usize::from(state),
            sending: usize::from(!state),
        })
    };
    let errors = errors.into_iter().map(|error| (error, None));
    errors.chain(JoinDone::ALL.iter().map(|&done| (None, Some(done)))).flat_map(view).collect()
}

pub(super) fn messages() -> Vec<MessageView> {
    let errors = optional(MessageError::ALL);
    let preview = || Preview { full_name: "0".into(), subject: "0".into(), html: "0".into() };
    let sent = |state| SentRow {
        id: "0".into(),
        at: "0".into(),
        subject: text(state),
        total: 1,
        sent: 1,
        failed: usize::from(state),
        bounced: usize::from(state),
        under_way: usize::from(state),
    };
    let view = |(error, code_error): (Option<MessageError>, Option<CodeError>)| {
        BOTH.map(|state| MessageView {
            frame: frame(),
            about: about(state),
            action: "0".into(),
            tabs: tabs(),
            chosen: if state { chosen_rows() } else { Vec::new() },
            is_for_chosen: state,
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
    let codes = optional(CodeError::ALL).into_iter().map(|error| (None, error));
    errors.into_iter().map(|error| (error, None)).chain(codes).flat_map(view).collect()
}

pub(super) fn amendments() -> Vec<AmendView> {
    let errors = optional(AmendError::ALL);
    let effects = |state| Effects {
        moved_from: text(state),
        moved_to: "0".into(),
        told: 1 + u32::from(state),
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
            date: "0".into(),
            start: "0".into(),
            end: "0".into(),
            capacity: "1".into(),
            is_closed: state,
            is_called_off: state,
            reason: text(state),
            taken: 1 + u32::from(state),
            when_on_site: text(state),
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

pub(super) fn attendance(state: bool) -> AttendanceView {
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

pub(super) fn certificate(state: bool) -> CertificateView {
    CertificateView {
        event: event_words(state),
        session: session_words(state),
        full_name: "0".into(),
        organisation: "0".into(),
    }
}
