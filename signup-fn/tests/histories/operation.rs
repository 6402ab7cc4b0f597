//! What a participant does, step by step, as the model expects it.

use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::claim::Claim;

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
    pub(crate) answer: Option<Answer>,
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
        Self { doing: doing.clone(), person, request, tell: None, answer: None, is_over: false }
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
                self.is_over = true;
            }
            Doing::SignUp { mailbox, name, session, may_wait } => {
                model.keep();
                if let Some(gone) = model.mailboxes[mailbox].iter().copied().find(|who| model.must_go(who)) {
                    model.erase(gone);
                } else {
                    let (claim, tell) = model.sign_up((mailbox, name), session, may_wait);
                    (self.answer, self.tell) = (Some(Answer::Claim(claim)), tell);
                }
            }
        }
    }
}
