//! Somebody who is about to do something.

use std::time::Duration;

use catalog::Event;
use signup_fn::participant::form::Submission;
use signup_fn::people::field::{Email, Lines};
use signup_fn::people::identity::Mailbox;
use signup_fn::people::participant::{NewAddress, TO_CONFIRM};
use signup_fn::people::token::{SignupId, SignupKey};
use signup_fn::store::change::{Change, Changed};
use signup_fn::store::client::Store;

use crate::act::{Changing, Doing, MAILBOXES, NAMES};
use crate::observed::moment;
use crate::operation::Answer;
use crate::support::stub::dies_at_the_desk;
use crate::support::{self, Table, at};

/// Somebody who is about to do something.
pub(crate) struct Actor {
    pub(crate) doing: Doing,
    pub(crate) sessions: [String; 2],
    pub(crate) table: Table,
    pub(crate) catalogue: Option<Event>,
    pub(crate) key: Option<SignupKey>,
    /// The request for a new address to which the link in a mail belongs.
    pub(crate) asked: Option<SignupId>,
    /// The mailbox of the new address.
    pub(crate) mailbox: Mailbox,
    pub(crate) now: i64,
}

impl Actor {
    pub(crate) async fn act(&self, store: Store) -> Answer {
        let now = moment(self.now);
        match self.doing {
            Doing::SignUp { mailbox, name, session, may_wait } => {
                let wait = if may_wait { "&wait=yes" } else { "" };
                let form = form(MAILBOXES[mailbox], NAMES[name], &self.sessions[session]) + wait;
                let time = Duration::from_secs(30);
                Answer::Claim(self.table.claim_form(&store, &form, now, time).await.unwrap())
            }
            Doing::Change { ref change, .. } => {
                // The function keeps the event before it does anything else.
                let id = self.table.event.id();
                let kept = store.keep(id, self.catalogue.as_ref(), at(now)).await.unwrap();
                let Some(key) = self.key else { return Answer::Changed(Changed::Gone) };
                let event = kept.as_ref().unwrap_or(&self.table.event);
                Answer::Changed(store.change(event, &key, &self.change(change), at(now)).await.unwrap())
            }
        }
    }

    /// Submits the form in a rush. The process dies while the sign-up waits at the desk.
    pub(crate) async fn abandon(&self, table: &Table) {
        let Doing::SignUp { mailbox, name, session, may_wait } = self.doing else { return };
        let wait = if may_wait { "&wait=yes" } else { "" };
        let form = form(MAILBOXES[mailbox], NAMES[name], &self.sessions[session]) + wait;
        let store = table.store_by(dies_at_the_desk(table.way()));
        // It may get an answer before it comes to the desk, if it changes nothing.
        let _ = self.table.claim_form(&store, &form, moment(self.now), Duration::from_secs(10)).await;
    }

    fn change(&self, change: &Changing) -> Change {
        match *change {
            Changing::Rename { name } => {
                let form = form("x@voorbeeld.nl", NAMES[name], "a");
                Change::Details(Submission::read(form.as_bytes()).unwrap().details().unwrap())
            }
            Changing::Move { to, may_wait } => {
                Change::Move { to: self.sessions[to].parse().unwrap(), may_wait }
            }
            Changing::Cancel => Change::Cancel,
            Changing::Confirm => Change::Confirm,
            Changing::AskAddress { mailbox } => Change::AskAddress(NewAddress {
                email: address(mailbox),
                id: SignupId::random().unwrap(),
                until: moment(self.now) + TO_CONFIRM,
            }),
            Changing::TakeAddress => {
                // Without a request there is no link. Somebody makes one up.
                let id = self.asked.unwrap_or_else(|| SignupId::random().unwrap());
                Change::TakeAddress { id, mailbox: self.mailbox }
            }
            Changing::LetIn => Change::LetIn(Lines::new("Spreekt zelf").unwrap()),
            Changing::Erase => Change::Erase,
        }
    }
}

pub(crate) fn address(mailbox: usize) -> Email {
    Email::new(MAILBOXES[mailbox]).unwrap()
}

fn form(email: &str, name: &str, session: &str) -> String {
    support::form(email, session).replace("Jan+Vos", &name.replace(' ', "+"))
}
