//! What a participant does, step by step, as the model expects it.

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::claim::{Claim, Place};

use crate::act::Doing;
use crate::model::Model;
use crate::observed::Key;

/// An operation of a participant, which may consist of several steps.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    doing: Doing,
    /// The person whom a change is about.
    person: Option<(Key, usize)>,
    /// The request for a new address to which a link belongs.
    request: Option<usize>,
    /// The rest of a sign-up: to tell this person that the form was submitted again.
    tell: Option<(MailKind, Key)>,
    /// The number of the sign-up that this operation has added.
    added: Option<usize>,
    pub(crate) answer: Option<Answer>,
    /// Another answer that is as good: whoever reads back what a desk or an earlier attempt has done may find that a
    /// place on the waiting list has become a seat.
    pub(crate) read_back: Option<Answer>,
    pub(crate) is_over: bool,
}

/// The answer to a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Claim(Claim),
    Changed(Changed),
}

impl Operation {
    pub(crate) fn new(doing: &Doing, person: Option<(Key, usize)>, model: &Model) -> Self {
        let asked = person.and_then(|(who, _)| model.people[&who].new_address);
        let request = asked.filter(|address| model.now < address.until).map(|address| address.request);
        let doing = doing.clone();
        Self {
            doing,
            person,
            request,
            tell: None,
            added: None,
            answer: None,
            read_back: None,
            is_over: false,
        }
    }

    /// Returns the answers that are as good as each other.
    pub(crate) fn answers(&self) -> impl Iterator<Item = Option<Answer>> {
        let read_back = self.read_back.clone().map(Some);
        std::iter::once(self.answer.clone()).chain(read_back)
    }

    /// Performs the next step.
    pub(crate) fn step(&mut self, model: &mut Model) {
        match self.doing {
            Doing::Change { ref change, .. } => {
                model.keep();
                let changed =
                    self.person.map_or(Changed::Gone, |person| model.change(person, change, self.request));
                self.answer = Some(Answer::Changed(changed));
                self.is_over = true;
            }
            Doing::SignUp { session, .. } if self.answer.is_some() => {
                if let Some((kind, person)) = self.tell {
                    model.tell_again(kind, person, session);
                }
                let added = model.people.values().find(|person| Some(person.id) == self.added);
                if added.is_some_and(|person| person.status != Status::Waiting) {
                    let seat = Answer::Claim(Claim::Placed(Place::Seat));
                    self.read_back = Some(seat).filter(|seat| Some(seat) != self.answer.as_ref());
                }
                self.is_over = true;
            }
            Doing::SignUp { mailbox, name, session, may_wait } => {
                model.keep();
                if let Some(gone) = model.mailboxes[mailbox].iter().copied().find(|who| model.must_go(who)) {
                    model.erase(gone);
                } else {
                    let (claim, tell) = model.sign_up((mailbox, name), session, may_wait);
                    self.added = matches!(claim, Claim::Placed(_)).then_some(model.count);
                    (self.answer, self.tell) = (Some(Answer::Claim(claim)), tell);
                }
            }
        }
    }
}
