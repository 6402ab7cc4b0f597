//! The expected state of an event, kept without a table.

use std::collections::BTreeMap;

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::claim::{Claim, Place};
use signup_fn::store::mailbox::MAX_PEOPLE;

use crate::act::{Changing, NAMES};
use crate::event::{Amended, Described, Kept, Session, start};
use crate::observed::{Key, Observed, SeenPerson};

pub(crate) const HOUR: i64 = 60;
pub(crate) const DAY: i64 = 24 * HOUR;

/// A participant. Times are in minutes since the beginning of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Participant {
    pub(crate) status: Status,
    pub(crate) session: usize,
    pub(crate) name: usize,
    /// The start of the session that the participant was told last.
    pub(crate) told: i64,
    pub(crate) forget_at: i64,
    /// A number that differs for each sign-up, and changes with the address.
    pub(crate) id: usize,
    pub(crate) mailbox: usize,
    pub(crate) new_address: Option<NewAddress>,
    pub(crate) held_until: i64,
    pub(crate) signed_up_at: i64,
    pub(crate) repeated_at: Option<i64>,
    pub(crate) rescheduled_at: Option<i64>,
    pub(crate) reminded_of: Option<usize>,
    pub(crate) told_no_seat_of: Option<usize>,
}

/// A new address that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewAddress {
    pub(crate) mailbox: usize,
    pub(crate) until: i64,
    /// A number that differs for each request.
    pub(crate) request: usize,
}

/// A mail in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mail {
    pub(crate) kind: MailKind,
    pub(crate) session: usize,
    pub(crate) attempts: i64,
    pub(crate) is_sent: bool,
    pub(crate) is_parked: bool,
    /// The new address to which it goes, if any.
    pub(crate) to: Option<usize>,
    pub(crate) created_at: i64,
    pub(crate) not_before: i64,
}

impl Participant {
    fn seen(&self) -> SeenPerson {
        SeenPerson {
            status: self.status,
            session: self.session,
            name: NAMES[self.name],
            mailbox: self.mailbox,
            told: self.told,
            forget_at: self.forget_at,
            new_address: self.new_address.map(|asked| (asked.mailbox, asked.until)),
            held_until: (self.status == Status::Held).then_some(self.held_until),
            signed_up_at: self.signed_up_at,
            repeated_at: self.repeated_at,
            rescheduled_at: self.rescheduled_at,
            reminded_of: self.reminded_of,
            told_no_seat_of: self.told_no_seat_of,
        }
    }
}

/// The expected state of an event.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) now: i64,
    pub(crate) confirms: bool,
    /// The event in the editor's files.
    pub(crate) described: Described,
    /// The event as the store keeps it, once it does.
    pub(crate) kept: Option<Kept>,
    /// The session that is not on the page, if any.
    pub(crate) removed: Option<usize>,
    pub(crate) online: bool,
    /// What organisers changed about each session.
    pub(crate) amended: [Amended; 2],
    /// How often the id of each session was changed.
    pub(crate) renamed: [usize; 2],
    /// Whether the rounds find people stored with a former id of their session. They then follow the event as
    /// they are by then, even if the rounds at first saw nothing to follow.
    pub(crate) has_former_ids: bool,
    pub(crate) people: BTreeMap<Key, Participant>,
    /// The people who share each address, in the order of their sign-ups.
    pub(crate) mailboxes: [Vec<Key>; 2],
    /// The waiting list, in order, by session.
    pub(crate) waiting: [Vec<Key>; 2],
    pub(crate) mails: BTreeMap<Key, Vec<Mail>>,
    /// The messages that were interrupted: the session, and who is still to get one.
    pub(crate) unfinished: Vec<(usize, Vec<Key>)>,
    /// The number of sign-ups and requests so far.
    pub(crate) count: usize,
}

impl Model {
    pub(crate) fn new(confirms: bool) -> Self {
        let session =
            |session| Session { starts_at: start(100 * DAY, session), capacity: 2, called_off: false };
        Self {
            now: 0,
            confirms,
            described: Described { retention: 30, sessions: [0, 1].map(session) },
            kept: None,
            removed: None,
            online: true,
            amended: [Amended::default(); 2],
            renamed: [0; 2],
            has_former_ids: false,
            people: BTreeMap::new(),
            mailboxes: Default::default(),
            waiting: Default::default(),
            mails: BTreeMap::new(),
            unfinished: Vec::new(),
            count: 0,
        }
    }

    pub(crate) fn observed(&self) -> Observed {
        let visible = self.people.iter().filter(|(_, person)| person.forget_at > self.now);
        let mails = self.mails.iter().filter(|(_, mails)| !mails.is_empty());
        Observed {
            people: visible.map(|(key, person)| (*key, person.seen())).collect(),
            taken: [0, 1].map(|session| self.taken(session)),
            waiting: self.waiting.clone(),
            mailboxes: self.mailboxes.clone(),
            mails: mails
                .map(|(key, mails)| (*key, crate::observed::sorted(mails.iter().map(Mail::seen))))
                .collect(),
        }
    }

    pub(crate) fn taken(&self, session: usize) -> u32 {
        let has_seat =
            |p: &&Participant| p.session == session && matches!(p.status, Status::Confirmed | Status::Held);
        u32::try_from(self.people.values().filter(has_seat).count()).unwrap()
    }

    /// Returns the end of the retention period of a session's participants.
    pub(crate) fn forget_at(&self, session: usize) -> i64 {
        self.session(session).starts_at + HOUR + self.retention() * DAY
    }

    pub(crate) fn must_go(&self, who: &Key) -> bool {
        let person = &self.people[who];
        let is_expired = person.status == Status::Held && person.held_until <= self.now;
        is_expired || person.forget_at <= self.now
    }

    pub(crate) fn promotes(&self, session: usize) -> bool {
        let session = self.session(session);
        session.starts_at > self.now && !session.called_off
    }

    pub(crate) fn place(&self, session: usize, may_wait: bool) -> Option<Place> {
        let is_free =
            self.taken(session) < self.session(session).capacity && self.waiting[session].is_empty();
        if is_free { Some(Place::Seat) } else { may_wait.then_some(Place::WaitingList) }
    }

    pub(crate) fn mail(&mut self, who: Key, kind: MailKind) {
        self.mail_about(who, kind, self.people[&who].session);
    }

    pub(crate) fn mail_about(&mut self, who: Key, kind: MailKind, session: usize) {
        let created_at = self.now;
        let asked = self.people.get(&who).and_then(|person| person.new_address);
        let to = asked.filter(|_| kind == MailKind::ConfirmAddress).map(|address| address.mailbox);
        let mail = Mail {
            kind,
            session,
            attempts: 0,
            is_sent: false,
            is_parked: false,
            to,
            created_at,
            not_before: 0,
        };
        self.mails.entry(who).or_default().push(mail);
    }

    /// Returns the outcome of a sign-up, and the person to tell that the form was submitted again.
    pub(crate) fn sign_up(
        &mut self,
        (mailbox, name): (usize, usize),
        session: usize,
        may_wait: bool,
    ) -> (Claim, Option<(MailKind, Key)>) {
        let is_same = |key: &&Key| self.people[*key].name % 6 == name % 6;
        let is_live = |key: &&Key| self.people[*key].status != Status::Cancelled;
        let sharing = &self.mailboxes[mailbox];
        let live = sharing.iter().filter(is_same).rfind(is_live).copied();
        let cancelled = sharing.iter().find(is_same).copied();
        let others = sharing.iter().filter(is_live).filter(|key| !is_same(key)).count();
        let Some(place) = self.place(session, may_wait) else { return (Claim::Full, None) };
        if let Some(known) = live {
            return (Claim::Known(place), Some((MailKind::Repeat, known)));
        }
        if others >= MAX_PEOPLE {
            return (Claim::Crowded(place), Some((MailKind::Crowded, sharing[0])));
        }
        let mut keys = (0..=u8::MAX).map(|number| (mailbox, name % 6, number));
        let is_free = |key: &Key| !sharing.contains(key) && !self.people.contains_key(key);
        let who = cancelled.unwrap_or_else(|| keys.find(is_free).unwrap());
        let (status, kind) = match place {
            Place::WaitingList => (Status::Waiting, MailKind::Waiting),
            Place::Seat if self.confirms => (Status::Held, MailKind::Confirm),
            Place::Seat => (Status::Confirmed, MailKind::Confirmation),
        };
        if place == Place::WaitingList {
            self.waiting[session].push(who);
        }
        if !self.mailboxes[mailbox].contains(&who) {
            self.mailboxes[mailbox].push(who);
        }
        self.count += 1;
        let participant = Participant {
            status,
            session,
            name,
            id: self.count,
            mailbox,
            new_address: None,
            told: self.session(session).starts_at,
            forget_at: self.forget_at(session),
            held_until: self.now + DAY,
            signed_up_at: self.now,
            repeated_at: None,
            rescheduled_at: None,
            reminded_of: None,
            told_no_seat_of: None,
        };
        self.people.insert(who, participant);
        self.mail(who, kind);
        (Claim::Placed(place), None)
    }

    pub(crate) fn tell_again(&mut self, kind: MailKind, who: Key, session: usize) {
        let now = self.now;
        let Some(person) = self.people.get_mut(&who) else { return };
        let is_due = match person.repeated_at {
            Some(at) => now - at >= HOUR,
            None => person.session != session || now - person.signed_up_at >= HOUR,
        };
        if is_due {
            person.repeated_at = Some(now);
            self.mail(who, kind);
        }
    }

    /// Gives up a place that a participant had. The participant's own state is changed already.
    pub(crate) fn leave(&mut self, who: Key, status: Status, session: usize) {
        let is_seat = matches!(status, Status::Confirmed | Status::Held);
        if status == Status::Waiting {
            self.waiting[session].retain(|&other| other != who);
        } else if is_seat
            && self.promotes(session)
            // A seat above a capacity that was lowered is given to nobody.
            && self.taken(session) < self.session(session).capacity
        {
            self.promote(session);
        }
    }

    pub(crate) fn promote(&mut self, session: usize) {
        let is_gone = |model: &Self, head: &Key| model.people[head].forget_at <= model.now;
        while self.waiting[session].first().is_some_and(|head| is_gone(self, head)) {
            self.waiting[session].remove(0);
        }
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

    pub(crate) fn erase(&mut self, who: Key) {
        if let Some(gone) = self.people.remove(&who) {
            self.mails.remove(&who);
            self.mailboxes[gone.mailbox].retain(|other| *other != who);
            self.leave(who, gone.status, gone.session);
        }
    }

    pub(crate) fn change(
        &mut self,
        (who, id): (Key, usize),
        change: &Changing,
        request: Option<usize>,
    ) -> Changed {
        let Some(before) = self.people.get(&who).cloned() else {
            return if matches!(change, Changing::Erase) { Changed::Done } else { Changed::Gone };
        };
        if before.id != id || before.forget_at <= self.now {
            return Changed::Gone;
        }
        match change {
            Changing::Erase => self.erase(who),
            Changing::Rename { name } => self.people.get_mut(&who).unwrap().name = *name,
            Changing::AskAddress { mailbox } => return self.ask_address(who, *mailbox),
            Changing::TakeAddress => return self.take_address(who, request),
            Changing::LetIn if before.status == Status::Waiting => {
                self.waiting[before.session].retain(|other| *other != who);
                self.people.get_mut(&who).unwrap().status = Status::Confirmed;
                self.mail(who, MailKind::Promoted);
            }
            Changing::LetIn if before.status != Status::Confirmed => return Changed::Gone,
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
    pub(crate) fn end(&mut self, who: Key, seated: MailKind, unseated: MailKind) {
        let participant = self.people.get_mut(&who).unwrap();
        let (before, session) = (participant.status, participant.session);
        participant.status = Status::Cancelled;
        participant.new_address = None;
        self.mail(who, if before == Status::Confirmed { seated } else { unseated });
        self.leave(who, before, session);
    }
}
