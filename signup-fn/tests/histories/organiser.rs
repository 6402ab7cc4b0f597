//! What an organiser does to many participants at once.

use catalog::organiser::act::ActKind;
use catalog::organiser::address::Tab;
use catalog::{Event, SessionId};
use signup_fn::people::act::{Act, ActId};
use signup_fn::people::broadcast::{Broadcast, Message};
use signup_fn::people::field::{Email, Line, Lines};
use signup_fn::store::client::Store;

use crate::observed::moment;
use crate::support::{at, identity};
use crate::world::World;

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
        let act = Act {
            id: ActId::random(now).unwrap(),
            who: identity().organiser(&Email::new("ria@pos.example").unwrap()),
            what: ActKind::MessageSent,
            event: Some(event.id().clone()),
            session: Some(session.clone()),
            reference: None,
            count: recipients.len(),
            at: now,
        };
        let message = Message { subject: Line::new("x").unwrap(), text: Lines::new("y").unwrap() };
        let broadcast = Broadcast {
            id: act.id,
            session,
            to: Tab::Coming,
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
}
