//! A restore: the table as it was at a moment, with what happened since carried over, is the table as it is.

use std::collections::BTreeSet;

use catalog::answer::Status;

use crate::observed::{Observed, index, key, moment, observe};
use crate::support::{Table, at, soon};
use crate::world::World;

impl World {
    /// Restores the last backup into another table and carries over what has happened since. Returns what differs,
    /// apart from the people who have been erased since.
    pub(crate) async fn restored(&self) -> Result<(), String> {
        let (Some(backup), Some(event)) = (&self.backup, self.standing().await) else { return Ok(()) };
        let restored = Table { event, ..self.table.restored(backup).await };
        let (store, timing) = (restored.store(), at(moment(self.model.now)));
        let mut unknown = Vec::new();
        for repeated in [false, true] {
            for event in self.store.kept_events(soon()).await.unwrap().readable {
                let carried = store.carry_over(&self.store, &event, timing).await.unwrap().readable;
                if repeated && (carried.people, carried.mails) != (0, 0) {
                    return Err(format!("carried over twice: {carried:?}"));
                }
                unknown = carried.unknown;
            }
        }
        let mut here = observe(&restored, &store, self.model.now).await;
        for one in &unknown {
            let (who, session) = (key(&one.person.key()), index(one.signup.session.as_str()));
            here.people.remove(&who);
            here.mails.remove(&who);
            here.taken[session] -= u32::from(matches!(one.status, Status::Confirmed | Status::Held));
            for list in here.waiting.iter_mut().chain(&mut here.mailboxes) {
                list.retain(|other| *other != who);
            }
        }
        let there = self.observe().await;
        let lacks_mail = there.mails.iter().any(|(who, mails)| {
            let has = here.mails.get(who).map(Vec::as_slice).unwrap_or_default();
            mails.iter().any(|mail| !has.contains(mail))
        });
        let rest = |seen: &Observed| {
            let mailboxes = seen.mailboxes.clone().map(|people| people.into_iter().collect::<BTreeSet<_>>());
            (seen.people.clone(), seen.taken, seen.waiting.clone(), mailboxes)
        };
        match !lacks_mail && rest(&here) == rest(&there) {
            true => Ok(()),
            false => Err(format!("restored:\n  {here:?}\ninstead of\n  {there:?}\nunknown: {unknown:?}")),
        }
    }
}
