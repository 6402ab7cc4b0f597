//! The expected state of an event, kept without a table.

use std::collections::BTreeMap;

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::claim::{Claim, Place};

use crate::act::Changing;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// A session as the editor describes it. Times are in minutes since the beginning of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) starts_at: i64,
    pub(crate) capacity: u32,
    pub(crate) called_off: bool,
}

/// A participant. Times are in minutes since the beginning of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) status: Status,
    pub(crate) session: usize,
    pub(crate) name: &'static str,
    /// The start of the session that the participant was told last.
    pub(crate) told: i64,
    pub(crate) forget_at: i64,
    held_until: i64,
    signed_up_at: i64,
    mailed_at: i64,
    rescheduled_at: Option<i64>,
    reminded_of: Option<usize>,
    told_no_seat_of: Option<usize>,
}

/// The expected state of an event.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) confirms: bool,
    pub(crate) retention: i64,
    pub(crate) sessions: [Session; 2],
    pub(crate) people: BTreeMap<usize, Participant>,
    /// The waiting list, in order, by session.
    pub(crate) waiting: [Vec<usize>; 2],
    /// The mails that were put into the outbox for each participant, and the sessions that they are about.
    pub(crate) mails: BTreeMap<usize, Vec<(MailKind, usize)>>,
}

impl Model {
    pub(crate) fn taken(&self, session: usize) -> u32 {
        let has_seat =
            |p: &&Participant| p.session == session && matches!(p.status, Status::Confirmed | Status::Held);
        u32::try_from(self.people.values().filter(has_seat).count()).unwrap()
    }

    /// Returns the end of the retention period of a session's participants.
    pub(crate) fn forget_at(&self, session: usize) -> i64 {
        self.sessions[session].starts_at + HOUR + self.retention * DAY
    }

    fn promotes(&self, session: usize) -> bool {
        let session = self.sessions[session];
        session.starts_at > self.now && !session.called_off
    }

    fn place(&self, session: usize, may_wait: bool) -> Option<Place> {
        let is_free =
            self.taken(session) < self.sessions[session].capacity && self.waiting[session].is_empty();
        if is_free { Some(Place::Seat) } else { may_wait.then_some(Place::WaitingList) }
    }

    fn mail(&mut self, who: usize, kind: MailKind) {
        let session = self.people[&who].session;
        self.mails.entry(who).or_default().push((kind, session));
    }

    pub(crate) fn sign_up(&mut self, who: usize, session: usize, may_wait: bool) -> Claim {
        let Some(place) = self.place(session, may_wait) else { return Claim::Full };
        if let Some(known) = self.people.get_mut(&who).filter(|p| p.status != Status::Cancelled) {
            if self.now - known.mailed_at >= HOUR {
                known.mailed_at = self.now;
                self.mail(who, MailKind::Repeat);
            }
            return Claim::Known(place);
        }
        let (status, kind) = match place {
            Place::WaitingList => (Status::Waiting, MailKind::Waiting),
            Place::Seat if self.confirms => (Status::Held, MailKind::Confirm),
            Place::Seat => (Status::Confirmed, MailKind::Confirmation),
        };
        if place == Place::WaitingList {
            self.waiting[session].push(who);
        }
        let participant = Participant {
            status,
            session,
            name: "Jan Vos",
            told: self.sessions[session].starts_at,
            forget_at: self.forget_at(session),
            held_until: self.now + DAY,
            signed_up_at: self.now,
            mailed_at: self.now,
            rescheduled_at: None,
            reminded_of: None,
            told_no_seat_of: None,
        };
        self.people.insert(who, participant);
        self.mail(who, kind);
        Claim::Placed(place)
    }

    /// Gives up a place that a participant had. The participant's own state is changed already.
    fn leave(&mut self, who: usize, status: Status, session: usize) {
        let is_seat = matches!(status, Status::Confirmed | Status::Held);
        if status == Status::Waiting {
            self.waiting[session].retain(|&other| other != who);
        } else if is_seat
            && self.promotes(session)
            // A seat above a capacity that was lowered is given to nobody.
            && self.taken(session) < self.sessions[session].capacity
        {
            self.promote(session);
        }
    }

    fn promote(&mut self, session: usize) {
        if self.waiting[session].is_empty() {
            return;
        }
        let head = self.waiting[session].remove(0);
        let (now, confirms) = (self.now, self.confirms);
        let participant = self.people.get_mut(&head).unwrap();
        participant.status = if confirms { Status::Held } else { Status::Confirmed };
        participant.held_until = now + DAY;
        self.mail(head, MailKind::Promoted);
    }

    fn erase(&mut self, who: usize) {
        if let Some(gone) = self.people.remove(&who) {
            self.mails.remove(&who);
            self.leave(who, gone.status, gone.session);
        }
    }

    pub(crate) fn change(&mut self, who: usize, change: &Changing) -> Changed {
        let Some(before) = self.people.get(&who).cloned() else { return Changed::Gone };
        match change {
            Changing::Erase => self.erase(who),
            Changing::Rename => self.people.get_mut(&who).unwrap().name = "Jan de Vos",
            Changing::Confirm if before.status == Status::Held => {
                self.people.get_mut(&who).unwrap().status = Status::Confirmed;
                self.mail(who, MailKind::Confirmation);
            }
            Changing::Cancel if before.status != Status::Cancelled => {
                self.end(who, MailKind::Cancelled, MailKind::Withdrawn);
            }
            Changing::Move { to, may_wait } if *to != before.session => {
                return self.move_to(who, &before, *to, *may_wait);
            }
            _ => {}
        }
        Changed::Done
    }

    /// Cancels a sign-up, with one kind of mail for a confirmed seat and another for anything less.
    fn end(&mut self, who: usize, seated: MailKind, unseated: MailKind) {
        let participant = self.people.get_mut(&who).unwrap();
        let (before, session) = (participant.status, participant.session);
        participant.status = Status::Cancelled;
        self.mail(who, if before == Status::Confirmed { seated } else { unseated });
        self.leave(who, before, session);
    }

    fn move_to(&mut self, who: usize, before: &Participant, to: usize, may_wait: bool) -> Changed {
        if before.status == Status::Cancelled {
            return Changed::Gone;
        }
        let Some(place) = self.place(to, may_wait) else { return Changed::Full };
        let status = match (place, before.status) {
            (Place::WaitingList, _) => Status::Waiting,
            (Place::Seat, Status::Held) => Status::Held,
            (Place::Seat, _) => Status::Confirmed,
        };
        let moved = Participant {
            status,
            session: to,
            told: self.sessions[to].starts_at,
            forget_at: self.forget_at(to),
            rescheduled_at: None,
            ..before.clone()
        };
        self.people.insert(who, moved);
        if place == Place::WaitingList {
            self.waiting[to].push(who);
            self.mail(who, MailKind::Waiting);
            if before.status == Status::Confirmed {
                self.mails.entry(who).or_default().push((MailKind::Cancelled, before.session));
            }
        } else {
            self.mail(who, MailKind::Changed);
        }
        self.leave(who, before.status, before.session);
        Changed::Done
    }

    pub(crate) fn rounds(&mut self) {
        let at_first = self.people.clone();
        for (who, participant) in &at_first {
            if participant.status == Status::Held && participant.held_until <= self.now {
                self.erase(*who);
            }
        }
        for session in 0..2 {
            let has_room = |model: &Self| model.taken(session) < model.sessions[session].capacity;
            while self.promotes(session) && has_room(self) && !self.waiting[session].is_empty() {
                self.promote(session);
            }
            for (who, participant) in at_first.iter().filter(|(_, p)| p.session == session) {
                if self.people.contains_key(who) {
                    self.attend(*who, participant);
                }
            }
        }
    }

    /// What the rounds do for one participant, whom they saw as `seen` when they began.
    fn attend(&mut self, who: usize, seen: &Participant) {
        let (now, session) = (self.now, seen.session);
        if self.sessions[session].called_off && seen.status != Status::Cancelled {
            self.end(who, MailKind::CalledOff, MailKind::CalledOffUnseated);
            return;
        }
        let starts_at = self.sessions[session].starts_at;
        let forget_at = self.forget_at(session);
        let is_due = seen.rescheduled_at.is_none_or(|at| now - at >= HOUR);
        let is_new = seen.told != starts_at;
        let participant = self.people.get_mut(&who).unwrap();
        let retains = participant.forget_at == forget_at;
        participant.forget_at = forget_at;
        if is_new && participant.status == Status::Cancelled {
            participant.told = starts_at;
        } else if is_new && is_due {
            participant.told = starts_at;
            participant.rescheduled_at = Some(now);
            participant.reminded_of = None;
            participant.told_no_seat_of = None;
            self.mail(who, MailKind::Rescheduled);
        } else if retains {
            let remind_from = starts_at - DAY;
            let knows_since = seen.rescheduled_at.unwrap_or(seen.signed_up_at);
            let is_soon = (remind_from..starts_at).contains(&now) && knows_since < remind_from;
            let has_just_begun = (starts_at..starts_at + DAY).contains(&now);
            let were = (seen.status, participant.status);
            if were == (Status::Confirmed, Status::Confirmed)
                && is_soon
                && participant.reminded_of.replace(session) != Some(session)
            {
                self.mail(who, MailKind::Reminder);
            } else if were == (Status::Waiting, Status::Waiting)
                && has_just_begun
                && participant.told_no_seat_of.replace(session) != Some(session)
            {
                self.mail(who, MailKind::NoSeat);
            }
        }
    }
}
