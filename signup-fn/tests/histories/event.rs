//! The expected event: as the editor describes it, as organisers change it, and as the store keeps it.

use crate::act::{Amending, Edit};
use crate::model::{HOUR, Model};

/// A session as the editor describes it. Times are in minutes since the history began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) starts_at: i64,
    pub(crate) capacity: u32,
    pub(crate) called_off: bool,
}

/// An event as the editor describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) retention: i64,
    pub(crate) sessions: [Session; 2],
}

/// An event as the store keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) retention: i64,
    /// The sessions that were ever on the page.
    pub(crate) sessions: [Option<Session>; 2],
}

/// What organisers changed about a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Amended {
    pub(crate) capacity: Option<u32>,
    /// The new start, and the editor's start that it replaces.
    pub(crate) moved: Option<(i64, i64)>,
    pub(crate) called_off: bool,
}

/// Returns the start of a session. Two sessions never have the same start, because one that replaces another
/// at the same time would count as renamed.
pub(crate) fn start(about: i64, session: usize) -> i64 {
    about + [0, 1][session]
}

impl Model {
    /// Returns whether visitors can choose a session.
    pub(crate) fn offers(&self, session: usize) -> bool {
        self.online && self.removed != Some(session)
    }

    /// Returns whether the store or the page knows a session.
    pub(crate) fn knows(&self, session: usize) -> bool {
        self.offers(session) || self.kept.is_some_and(|kept| kept.sessions[session].is_some())
    }

    pub(crate) fn session(&self, session: usize) -> Session {
        let kept = self.kept.filter(|_| !self.offers(session)).and_then(|kept| kept.sessions[session]);
        let mut standing = kept.unwrap_or(self.described.sessions[session]);
        let amended = self.amended[session];
        standing.capacity = amended.capacity.unwrap_or(standing.capacity);
        standing.called_off |= amended.called_off;
        if let Some((to, _)) = amended.moved.filter(|moved| self.counts(session, *moved)) {
            standing.starts_at = to;
        }
        standing
    }

    /// Returns whether the organiser's times count: as long as the editor has not moved the session since.
    fn counts(&self, session: usize, (_, from): (i64, i64)) -> bool {
        !self.offers(session) || self.described.sessions[session].starts_at == from
    }

    /// Changes a session as an organiser does, unless that leaves fewer seats than are taken.
    pub(crate) fn amend(&mut self, session: usize, amending: Amending) {
        self.keep();
        let mut amended = self.clone();
        amended.amended[session] = self.amendment(session, amending);
        let (before, after) = (self.session(session).capacity, amended.session(session).capacity);
        if before == after || self.taken(session) <= after {
            amended.keep();
            *self = amended;
        }
    }

    /// Returns what is then changed about a session.
    pub(crate) fn amendment(&self, session: usize, amending: Amending) -> Amended {
        let before = self.amended[session];
        match amending {
            Amending::Resize(capacity) => Amended { capacity: Some(capacity), ..before },
            Amending::CallOff(called_off) => Amended { called_off, ..before },
            Amending::Undo => Amended::default(),
            Amending::Move(hours) => {
                let from = self.described.sessions[session].starts_at;
                Amended { moved: Some((start(self.now + hours * HOUR, session), from)), ..before }
            }
        }
    }

    pub(crate) fn retention(&self) -> i64 {
        self.kept.filter(|_| !self.online).map_or(self.described.retention, |kept| kept.retention)
    }

    /// Remembers the event as it stands.
    pub(crate) fn keep(&mut self) {
        if self.online || self.kept.is_some() {
            let sessions = [0, 1].map(|session| self.knows(session).then(|| self.session(session)));
            for session in 0..2 {
                let moved = self.amended[session].moved;
                self.amended[session].moved = moved.filter(|moved| self.counts(session, *moved));
            }
            self.kept = Some(Kept { retention: self.retention(), sessions });
        }
    }

    pub(crate) fn edit(&mut self, edit: &Edit) {
        match *edit {
            Edit::Resize { session, capacity } => self.described.sessions[session].capacity = capacity,
            Edit::Reschedule { session, hours } => {
                self.described.sessions[session].starts_at = start(self.now + hours * HOUR, session);
            }
            Edit::CallOff { session, is_off } => self.described.sessions[session].called_off = is_off,
            Edit::Retain { days } => self.described.retention = days,
            Edit::Remove { session } => self.removed = session,
            Edit::RenameSession { session } => {
                self.renamed[session] += usize::from(self.offers(session));
            }
            Edit::Publish { online } => self.online = online,
        }
    }
}
