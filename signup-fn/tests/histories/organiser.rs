//! What an organiser does to a session, and to many participants at once.

use catalog::amendment::{Amendment, Moved};
use catalog::organiser::act::ActKind;
use catalog::organiser::address::Tab;
use catalog::period::Period;
use catalog::{Event, SessionId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use signup_fn::people::act::{Act, ActId};
use signup_fn::people::broadcast::{Broadcast, Message};
use signup_fn::people::field::{Email, Line, Lines};
use signup_fn::store::client::Store;

use crate::act::Amending;
use crate::observed::moment;
use crate::support::{at, identity};
use crate::world::{World, id};

impl World {
    /// Sends a message to everybody with a seat in a session. An interrupted one is accepted, and no more.
    pub(crate) async fn broadcast(
        &self,
        store: &Store,
        event: &Event,
        session: SessionId,
        is_interrupted: bool,
    ) {
        let now = moment(self.model.now);
        let people = store.participants(event, at(now)).await.unwrap().readable;
        let mut recipients: Vec<_> = people.iter().filter(|one| one.signup.session == session).collect();
        recipients.retain(|one| one.is_among(Tab::Coming));
        let act = act(now, ActKind::MessageSent);
        let message = Message { subject: Line::new("x").unwrap(), text: Lines::new("y").unwrap() };
        let broadcast = Broadcast {
            id: act.id,
            session,
            to: Some(Tab::Coming),
            message: Some(message),
            created_at: now,
            total: recipients.len(),
            recipients: recipients.iter().map(|one| one.person).collect(),
        };
        store.broadcast((&act, event), &broadcast, at(now)).await.unwrap();
        if !is_interrupted {
            store.spread(event, &broadcast.id, at(now)).await.unwrap();
        }
    }

    /// Changes a session of a kept event. The rounds do what follows from it.
    pub(crate) async fn amend(&self, store: &Store, event: &Event, session: usize, amending: Amending) {
        let now = moment(self.model.now);
        let amended = self.model.amendment(session, amending);
        let session: SessionId = id(&self.model, session).parse().unwrap();
        let before = event.amendment(&session);
        let moved = amended.moved.map(|(to, from)| {
            let period = |at| (moment(at), moment(at) + HOUR);
            let local = |at: Timestamp| (TimeZone::UTC.to_datetime(at), at);
            let (start, end) = period(to);
            Moved { to: Period::new(&TimeZone::UTC, local(start), local(end)), from: period(from) }
        });
        let called_off = amended.called_off.then(String::new);
        let amendment = Amendment { capacity: amended.capacity, moved, called_off, closed_at: None };
        let session = event.session(&session).unwrap();
        let act = act(now, ActKind::SessionChanged);
        let which = (&act, self.catalogue());
        let amendments = (&before, &amendment);
        store.amend((which.0, which.1.as_ref()), (event, session), amendments, at(now)).await.unwrap();
    }
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn act(now: Timestamp, what: ActKind) -> Act {
    Act {
        id: ActId::random(now).unwrap(),
        who: identity().organiser(&Email::new("ria@pos.example").unwrap()),
        what,
        event: None,
        session: None,
        reference: None,
        count: 0,
        at: now,
    }
}
