//! What the model expects when somebody changes the address.

use catalog::answer::Status;
use catalog::mail::MailKind;
use signup_fn::store::change::Changed;
use signup_fn::store::mailbox::MAX_PEOPLE;

use crate::model::{DAY, Model, NewAddress};
use crate::observed::Key;

impl Model {
    pub(crate) fn ask_address(&mut self, who: Key, mailbox: usize) -> Changed {
        let (now, request) = (self.now, self.count + 1);
        let person = self.people.get_mut(&who).unwrap();
        if person.status == Status::Cancelled {
            return Changed::Gone;
        }
        if person.new_address.is_some_and(|address| now - (address.until - DAY) < 5) {
            return Changed::TooSoon;
        }
        person.new_address = Some(NewAddress { mailbox, until: now + DAY, request });
        self.count = request;
        self.mail(who, MailKind::ConfirmAddress);
        Changed::Done
    }

    pub(crate) fn take_address(&mut self, who: Key, request: Option<usize>) -> Changed {
        let person = self.people[&who].clone();
        let asked = person.new_address.filter(|address| self.now < address.until);
        let Some(address) = asked.filter(|address| Some(address.request) == request) else {
            return Changed::Gone;
        };
        if person.status == Status::Cancelled {
            return Changed::Gone;
        }
        if address.mailbox != person.mailbox {
            let live = |key: &&Key| self.people[*key].status != Status::Cancelled && !self.must_go(key);
            let others: Vec<Key> = self.mailboxes[address.mailbox].iter().filter(live).copied().collect();
            let is_same = |key: &Key| self.people[key].name % 6 == person.name % 6;
            if others.iter().any(is_same) || others.len() >= MAX_PEOPLE {
                return Changed::AddressTaken;
            }
            self.mailboxes[person.mailbox].retain(|other| *other != who);
            self.mailboxes[address.mailbox].push(who);
        }
        self.count += 1;
        let id = self.count;
        let changed = self.people.get_mut(&who).unwrap();
        (changed.id, changed.mailbox, changed.new_address) = (id, address.mailbox, None);
        if changed.status == Status::Held {
            changed.status = Status::Confirmed;
        }
        let is_waiting = changed.status == Status::Waiting;
        self.mail(who, if is_waiting { MailKind::Waiting } else { MailKind::Confirmation });
        self.mail(who, MailKind::Readdressed);
        Changed::Done
    }
}
