//! What the model expects to happen by itself: moves, the rounds, and the delivery of mail.

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::claim::Place;

use crate::model::{DAY, HOUR, Mail, Model, Participant};
use crate::observed::{Key, SeenMail};

/// The minimum pauses in minutes after each failed delivery. After the last one, the mail is parked.
const PAUSES: [i64; 9] = [1, 5, 15, 30, 60, 120, 240, 480, 480];

impl Model {
    pub(crate) fn move_to(&mut self, who: Key, before: &Participant, to: usize, may_wait: bool) -> Changed {
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
            told: self.session(to).starts_at,
            forget_at: self.forget_at(to),
            rescheduled_at: None,
            ..before.clone()
        };
        self.people.insert(who, moved);
        if place == Place::WaitingList {
            self.waiting[to].push(who);
            self.mail(who, MailKind::Waiting);
        } else {
            self.mail(who, MailKind::Changed);
        }
        if before.status == Status::Confirmed {
            self.mail_about(who, MailKind::Left, before.session);
        }
        self.leave(who, before.status, before.session);
        Changed::Done
    }

    /// Sends a message to everybody with a seat in a session.
    pub(crate) fn broadcast(&mut self, session: usize, is_interrupted: bool) {
        let has_seat = |person: &Participant| {
            let is_seat = matches!(person.status, Status::Confirmed | Status::Held);
            person.session == session && is_seat && person.forget_at > self.now
        };
        let to: Vec<Key> =
            self.people.iter().filter(|(_, person)| has_seat(person)).map(|(who, _)| *who).collect();
        match is_interrupted {
            true => self.unfinished.push((session, to)),
            false => to.iter().for_each(|who| self.mail_about(*who, MailKind::Message, session)),
        }
    }

    /// Makes the rounds. `between` is called wherever somebody else could act.
    pub(crate) fn rounds(&mut self, mut between: impl FnMut(&mut Self)) {
        between(self);
        self.keep();
        between(self);
        let mut at_first: Vec<(Key, Participant)> = self.people.clone().into_iter().collect();
        at_first
            .sort_by_cached_key(|(key, person)| (person.signed_up_at, crate::observed::person(*key).key()));
        let (gone, stay): (Vec<_>, Vec<_>) = at_first.into_iter().partition(|(who, _)| self.must_go(who));
        for (who, seen) in &gone {
            between(self);
            if self.people.get(who).is_some_and(|person| person.id == seen.id && self.must_go(who)) {
                self.erase(*who);
            }
        }
        for (session, recipients) in std::mem::take(&mut self.unfinished) {
            between(self);
            // A message outlives nobody whom it is for.
            if self.forget_at(session) > self.now {
                let there = recipients.iter().filter(|who| self.people.contains_key(who));
                let there: Vec<Key> = there.copied().collect();
                there.iter().for_each(|who| self.mail_about(*who, MailKind::Message, session));
            }
        }
        let mut sessions: Vec<usize> = (0..2).filter(|session| self.knows(*session)).collect();
        // Those that are on the page come first.
        sessions.sort_by_key(|session| !self.offers(*session) && self.online);
        for session in sessions {
            let has_room = |model: &Self| model.taken(session) < model.session(session).capacity;
            loop {
                between(self);
                if !self.promotes(session) || !has_room(self) || self.waiting[session].is_empty() {
                    break;
                }
                self.promote(session);
            }
            for (who, seen) in stay.iter().filter(|(_, seen)| seen.session == session) {
                // Somebody who has moved to a session that is long over is no longer seen.
                let is_same = |model: &Self| {
                    let person = model.people.get(who);
                    person.is_some_and(|person| person.id == seen.id && person.forget_at > model.now)
                };
                between(self);
                if is_same(self) {
                    self.call_off(*who, seen);
                }
                between(self);
                if is_same(self) {
                    self.attend(*who, seen);
                }
            }
        }
        between(self);
    }

    /// Ends the sign-up of a participant whose session was called off. The rounds saw them as `seen` when they
    /// began.
    fn call_off(&mut self, who: Key, seen: &Participant) {
        if self.is_called_off(seen) && self.is_called_off(&self.people[&who]) {
            self.end(who, MailKind::CalledOff, MailKind::CalledOffUnseated);
        }
    }

    /// Returns whether a participant's session was called off and the sign-up has not ended yet.
    fn is_called_off(&self, person: &Participant) -> bool {
        self.session(person.session).called_off && person.status != Status::Cancelled
    }

    /// Makes a participant follow the event, or reminds them.
    fn attend(&mut self, who: Key, seen: &Participant) {
        if self.is_called_off(seen) || self.has_former_ids || self.following(seen) != *seen {
            self.follow(who);
        } else {
            self.tell(who, seen);
        }
    }

    /// Returns a participant as the event now describes their session.
    fn following(&self, person: &Participant) -> Participant {
        let mut following = person.clone();
        following.new_address = person.new_address.filter(|address| self.now < address.until);
        let starts_at = self.session(person.session).starts_at;
        following.forget_at = self.forget_at(person.session);
        if person.status == Status::Cancelled || person.told == starts_at {
            following.told = starts_at;
        } else if person.rescheduled_at.is_none_or(|at| self.now - at >= HOUR) {
            following.told = starts_at;
            following.rescheduled_at = Some(self.now);
            (following.reminded_of, following.told_no_seat_of) = (None, None);
        }
        following
    }

    fn follow(&mut self, who: Key) {
        let person = self.people[&who].clone();
        let following = self.following(&person);
        let is_told = following.rescheduled_at != person.rescheduled_at;
        self.people.insert(who, following);
        if is_told {
            self.mail(who, MailKind::Rescheduled);
        }
    }

    fn tell(&mut self, who: Key, seen: &Participant) {
        let (now, session) = (self.now, seen.session);
        let starts_at = self.session(session).starts_at;
        let remind_from = starts_at - DAY;
        let knows_since = seen.rescheduled_at.unwrap_or(seen.signed_up_at);
        let is_soon = (remind_from..starts_at).contains(&now) && knows_since < remind_from;
        let has_just_begun = (starts_at..starts_at + DAY).contains(&now);
        let person = self.people.get_mut(&who).unwrap();
        let still = person.session == session && person.status == seen.status;
        if seen.status == Status::Confirmed
            && is_soon
            && still
            && person.reminded_of.replace(session) != Some(session)
        {
            self.mail(who, MailKind::Reminder);
        } else if seen.status == Status::Waiting
            && has_just_begun
            && still
            && person.told_no_seat_of.replace(session) != Some(session)
        {
            self.mail(who, MailKind::NoSeat);
        }
    }

    /// Delivers the outbox, or fails to.
    pub(crate) fn sweep(&mut self, works: bool) {
        self.keep();
        let now = self.now;
        for (who, mails) in &mut self.mails {
            let person = self.people.get(who).filter(|person| person.forget_at > now);
            let is_due = |mail: &Mail| !mail.is_sent && !mail.is_parked && mail.not_before <= now;
            mails.retain(|mail| !is_due(mail) || person.is_some_and(|person| mail.is_current(person, now)));
            for mail in mails.iter_mut().filter(|mail| is_due(mail)) {
                mail.attempts += 1;
                mail.is_sent = works;
                match PAUSES.get(usize::try_from(mail.attempts - 1).unwrap()) {
                    Some(pause) => mail.not_before = now + pause,
                    None => mail.is_parked = !works,
                }
            }
        }
    }
}

impl Mail {
    pub(crate) fn seen(&self) -> SeenMail {
        SeenMail {
            kind: self.kind,
            session: self.session,
            attempts: self.attempts,
            is_sent: self.is_sent,
            is_parked: self.is_parked,
            created_at: self.created_at,
            not_before: Some(self.not_before).filter(|at| *at != 0 && !self.is_sent && !self.is_parked),
        }
    }

    /// Returns whether the mail still tells its recipient the truth.
    fn is_current(&self, person: &Participant, now: i64) -> bool {
        let is_same = person.session == self.session;
        let has = |statuses: &[Status]| is_same && statuses.contains(&person.status);
        match self.kind {
            MailKind::Confirmation | MailKind::Promoted | MailKind::Changed => {
                has(&[Status::Confirmed, Status::Held])
            }
            MailKind::Confirm => has(&[Status::Held]),
            MailKind::Waiting | MailKind::NoSeat => has(&[Status::Waiting]),
            MailKind::Reminder | MailKind::JoinLink => has(&[Status::Confirmed]),
            MailKind::Message => has(&[Status::Confirmed, Status::Held]),
            MailKind::Left => !is_same,
            MailKind::Cancelled | MailKind::Withdrawn | MailKind::CalledOff | MailKind::CalledOffUnseated => {
                !is_same || has(&[Status::Cancelled])
            }
            MailKind::Rescheduled => {
                has(&[Status::Confirmed, Status::Held, Status::Waiting])
                    && person.rescheduled_at == Some(self.created_at)
            }
            MailKind::ConfirmAddress => {
                let pending = person.new_address.filter(|address| now < address.until);
                pending.is_some_and(|address| Some(address.mailbox) == self.to)
            }
            MailKind::Repeat | MailKind::Crowded | MailKind::Readdressed | MailKind::Again => true,
        }
    }
}
