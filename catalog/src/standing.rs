//! An event as it stands: what the catalogue says now, and what people were told earlier.
//!
//! Editors can remove or rename a session, or take an event offline, after people have signed up. The store
//! therefore keeps the last description of each event. This module combines it with the catalogue.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::amendment::Amendment;
use crate::event::{Event, EventRecord};
use crate::id::SessionId;
use crate::session::{Session, SessionRecord};

/// The number of seats from which the table spreads an event's people over several partitions. One partition takes some
/// 100 sign-ups a second.
const LARGE: u32 = 128;

impl Event {
    /// Returns the event as it stands at an instant.
    ///
    /// `catalogue` is the event in the current catalogue, and `kept` is the event as it stood before. The
    /// catalogue decides. A session that only `kept` has counts as removed: it stays until a year after its
    /// participants are forgotten. If instead exactly one new session has the same start and end, the session
    /// was renamed. An event that only `kept` has is offline, and all its sessions are removed.
    ///
    /// An event with many seats is spread over several partitions of the table from the beginning, or never: people who
    /// signed up earlier must be found.
    ///
    /// Returns `None` if there is no such event, or if its last session has gone.
    pub fn standing(catalogue: Option<&Self>, kept: Option<&Self>, now: Timestamp) -> Option<Self> {
        let (mut standing, kept) = match (catalogue, kept) {
            (Some(catalogue), None) => return Some(catalogue.first_standing()),
            (Some(catalogue), Some(kept)) => (EventRecord::from(catalogue.clone()), kept),
            (None, kept) => {
                let kept = kept?;
                (EventRecord { sessions: Vec::new(), is_offline: true, ..kept.clone().into() }, kept)
            }
        };
        standing.is_spread = kept.is_spread();
        standing.renamed = kept.renames(catalogue, now);
        let is_known = |id: &SessionId| {
            standing.renamed.contains_key(id) || standing.sessions.iter().any(|session| session.id() == id)
        };
        let removed = kept.sessions().iter().filter(|session| !is_known(session.id()));
        let removed: Vec<Session> =
            removed.filter(|session| now < kept.remembered_until(session)).filter_map(removed_from).collect();
        standing.sessions.extend(removed);
        let current = |id: &SessionId| standing.renamed.get(id).unwrap_or(id).clone();
        let amended = kept.amended().iter().map(|(id, amendment)| (current(id), amendment.clone()));
        standing.amended = amended.collect();
        for session in &mut standing.sessions {
            if let Some(amendment) = standing.amended.get_mut(session.id()) {
                *amendment = amendment.counting_for(session);
                *session = amendment.apply(session);
            }
        }
        standing.amended.retain(|_, amendment| !amendment.is_nothing());
        Self::try_from(standing).ok()
    }

    /// Returns the event of a catalogue as it stands when it was never kept.
    pub fn first_standing(&self) -> Self {
        let seats = self.sessions().iter().fold(0, |seats: u32, one| seats.saturating_add(one.capacity()));
        let is_spread = self.is_spread() || seats >= LARGE;
        self.spread(is_spread)
    }

    /// Returns the event with another amendment of a session. `catalogue` is the event in the current catalogue.
    pub fn with_amendment(
        &self,
        catalogue: Option<&Self>,
        id: &SessionId,
        amendment: &Amendment,
        now: Timestamp,
    ) -> Option<Self> {
        let mut record = EventRecord::from(self.clone());
        record.amended.remove(id);
        if !amendment.is_nothing() {
            record.amended.insert(id.clone(), amendment.clone());
        }
        Self::standing(catalogue, Self::try_from(record).ok().as_ref(), now)
    }

    /// Returns the sessions that were renamed until now, each with its current id.
    fn renames(&self, catalogue: Option<&Self>, now: Timestamp) -> BTreeMap<SessionId, SessionId> {
        let mut renamed = self.renamed().clone();
        let Some(catalogue) = catalogue else { return renamed };
        let is_new = |session: &&Session| self.sessions().iter().all(|kept| kept.id() != session.id());
        let is_gone = |kept: &&Session| {
            // A session that was removed earlier is not the one that is renamed now.
            (self.is_offline() || !kept.is_removed())
                && now < self.remembered_until(kept)
                && catalogue.sessions().iter().all(|session| session.id() != kept.id())
        };
        let times = |session: &Session| (session.starts_at(), session.ends_at());
        // In the catalogue, if an organiser has moved it since.
        let former = |kept: &Session| self.amendment(kept.id()).moved.map_or(times(kept), |moved| moved.from);
        for kept in self.sessions().iter().filter(is_gone) {
            let is_same_time = |session: &&Session| [times(kept), former(kept)].contains(&times(session));
            let mut new = catalogue.sessions().iter().filter(is_new).filter(is_same_time);
            let is_twin = |other: &&Session| times(other) == times(kept) || former(other) == former(kept);
            let is_only = self.sessions().iter().filter(is_gone).filter(is_twin).count() == 1;
            if let (Some(session), None, true) = (new.next(), new.next(), is_only) {
                for current in renamed.values_mut().filter(|current| *current == kept.id()) {
                    *current = session.id().clone();
                }
                renamed.insert(kept.id().clone(), session.id().clone());
            }
        }
        // A session can get its old id back.
        renamed
            .retain(|old, current| old != current && catalogue.sessions().iter().all(|one| one.id() != old));
        renamed
    }
}

fn removed_from(session: &Session) -> Option<Session> {
    Session::try_from(SessionRecord { is_removed: true, ..session.clone().into() }).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::amendment::Moved;

    fn event(sessions: &[(&str, &str)]) -> Event {
        let sessions: Vec<_> = sessions
            .iter()
            .map(|(id, day)| {
                json!({
                    "id": id, "capacity": 1, "date": day, "time": "16.00 uur",
                    "calendar": { "zone": [], "start": "DTSTART", "end": "DTEND" },
                    "starts_at": format!("{day}T15:00:00Z"), "ends_at": format!("{day}T16:00:00Z"),
                    "opens_at": "2026-11-01T08:00:00Z", "closes_at": format!("{day}T15:00:00Z"),
                })
            })
            .collect();
        let event = json!({
            "id": "e", "title": "t", "page": "/p/", "description": "d", "time_zone": "Europe/Amsterdam",
            "place_of_time": "Amsterdam", "retention_days": 30, "sessions": sessions,
        });
        serde_json::from_value(event).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Returns the event as it stands on a day, after each catalogue in turn.
    fn after(day: &str, catalogues: &[Option<&Event>]) -> Option<Event> {
        let now = format!("{day}T00:00:00Z").parse().unwrap_or_else(|error| panic!("{error}"));
        catalogues.iter().fold(None, |kept, catalogue| Event::standing(*catalogue, kept.as_ref(), now))
    }

    fn ids(event: &Event) -> Vec<(&str, bool)> {
        event.sessions().iter().map(|session| (session.id().as_str(), session.is_removed())).collect()
    }

    const DAY: &str = "2028-11-01";
    const A: (&str, &str) = ("a", "2028-11-28");
    const B: (&str, &str) = ("b", "2028-11-30");

    #[test]
    fn a_session_that_was_removed_stays_for_a_year_after_its_participants_are_forgotten() {
        let (both, one) = (event(&[A, B]), event(&[B]));
        let standing = |day| after(day, &[Some(&both), Some(&one)]).unwrap_or_else(|| panic!("gone"));
        assert_eq!(ids(&standing(DAY)), [("b", false), ("a", true)]);
        assert_eq!(ids(&standing("2029-12-28")), [("b", false), ("a", true)]);
        assert_eq!(ids(&standing("2029-12-29")), [("b", false)]);
        let back = after(DAY, &[Some(&both), Some(&one), Some(&both)]);
        assert_eq!(back, Some(both));
    }

    #[test]
    fn an_event_that_goes_offline_stays_too_and_can_come_back() {
        let both = event(&[A, B]);
        let offline = after(DAY, &[Some(&both), None]).unwrap_or_else(|| panic!("gone"));
        assert!(offline.is_offline());
        assert_eq!(ids(&offline), [("a", true), ("b", true)]);
        assert_eq!(after("2030-01-01", &[Some(&both), None]), None);
        assert_eq!(after(DAY, &[Some(&both), None, Some(&both)]), Some(both));
        assert_eq!(after(DAY, &[None]), None);
    }

    #[test]
    fn a_session_with_the_same_time_and_another_id_was_renamed() {
        let (old, new) = (event(&[A, B]), event(&[("eerste", A.1), B]));
        let (a, first) = ("a".parse().ok(), "eerste".parse().ok());
        let renamed = after(DAY, &[Some(&old), Some(&new)]).unwrap_or_else(|| panic!("gone"));
        assert_eq!(ids(&renamed), [("eerste", false), ("b", false)]);
        assert_eq!(a.as_ref().map(|a| renamed.current_id(a)), first.as_ref());
        // Again, and then back.
        let newer = event(&[("1", A.1), B]);
        let twice = after(DAY, &[Some(&old), Some(&new), Some(&newer)]).unwrap_or_else(|| panic!("gone"));
        let names = |event: &Event| {
            let current =
                [&a, &first].map(|id| id.as_ref().map(|id| event.current_id(id).as_str().to_owned()));
            current.map(Option::unwrap_or_default)
        };
        assert_eq!(names(&twice), ["1", "1"]);
        let back = after(DAY, &[Some(&old), Some(&new), Some(&old)]).unwrap_or_else(|| panic!("gone"));
        assert_eq!(names(&back), ["a", "a"]);
        assert_eq!(ids(&back), [("a", false), ("b", false)]);
    }

    #[test]
    fn what_an_organiser_changed_stays_until_it_is_taken_back() {
        let both = event(&[A, B]);
        let now: Timestamp = format!("{DAY}T00:00:00Z").parse().unwrap_or_else(|error| panic!("{error}"));
        let id: SessionId = "a".parse().unwrap_or_else(|error| panic!("{error}"));
        let amendment = Amendment {
            capacity: Some(3),
            closed_at: Some(now),
            called_off: Some("ziek".to_owned()),
            moved: None,
        };
        let amended = |event: &Event, amendment| {
            event.with_amendment(Some(&both), &id, amendment, now).unwrap_or_else(|| panic!("gone"))
        };
        let event_now = amended(&both, &amendment);
        let state = |event: &Event| {
            let session = event.session(&id).unwrap_or_else(|| panic!("gone"));
            (session.capacity(), session.closes_at() == now, session.called_off_because().to_owned())
        };
        assert_eq!(state(&event_now), (3, true, "ziek".to_owned()));
        // An edit of something else, a new id and a page that goes offline keep it.
        let again = Event::standing(Some(&both), Some(&event_now), now);
        assert_eq!(again.as_ref(), Some(&event_now));
        let renamed = Event::standing(Some(&event(&[("eerste", A.1), B])), Some(&event_now), now);
        assert_eq!(renamed.as_ref().map(state), Some((3, true, "ziek".to_owned())));
        assert_eq!(
            Event::standing(None, Some(&event_now), now).as_ref().map(state),
            Some((3, true, "ziek".into()))
        );
        assert_eq!(amended(&event_now, &Amendment::default()), both);
    }

    #[test]
    fn a_session_that_an_organiser_moved_stays_moved_until_an_editor_moves_it() {
        let both = event(&[A, B]);
        let now: Timestamp = format!("{DAY}T00:00:00Z").parse().unwrap_or_else(|error| panic!("{error}"));
        let id: SessionId = "a".parse().unwrap_or_else(|error| panic!("{error}"));
        let times = |event: &Event, id| event.session(id).map(|one| (one.starts_at(), one.closes_at()));
        let to = SessionRecord::from(event(&[("a", "2028-12-05")]).sessions()[0].clone()).period;
        let from = (both.sessions()[0].starts_at(), both.sessions()[0].ends_at());
        let moved = Amendment { moved: Some(Moved { to: to.clone(), from }), ..Amendment::default() };
        let standing = both.with_amendment(Some(&both), &id, &moved, now).unwrap_or_else(|| panic!("gone"));
        // It closes at its new start, as it did at the old one.
        let there = Some((to.starts_at, to.starts_at));
        assert_eq!(times(&standing, &id), there);
        let after = |catalogue: Option<&Event>, kept: &Event| {
            Event::standing(catalogue, Some(kept), now).unwrap_or_else(|| panic!("gone"))
        };
        assert_eq!(after(Some(&both), &standing), standing);
        // Offline and back, and with another id.
        let offline = after(None, &standing);
        assert_eq!(times(&offline, &id), there);
        assert_eq!(after(None, &offline), offline);
        assert_eq!(after(Some(&both), &offline), standing);
        let renamed = after(Some(&event(&[("eerste", A.1), B])), &standing);
        assert_eq!((times(&renamed, &id), ids(&renamed)), (there, vec![("eerste", false), ("b", false)]));
        // The editor follows, with the same id or another.
        for new in ["a", "eerste"] {
            let followed = after(Some(&event(&[(new, "2028-12-05"), B])), &standing);
            assert_eq!((times(&followed, &id), ids(&followed).len()), (there, 2));
            assert!(followed.amendment(&id).is_nothing());
        }
        // Or chooses a third day, which then stays.
        let third = event(&[("a", "2028-12-12"), B]);
        let edited = after(Some(&third), &standing);
        assert_eq!(times(&edited, &id), times(&third, &id));
        assert_eq!(after(Some(&both), &edited), both);
    }

    #[test]
    fn another_time_is_another_session_and_two_candidates_are_none() {
        let old = event(&[A, B]);
        let moved = event(&[("c", "2028-12-01"), B]);
        let standing = after(DAY, &[Some(&old), Some(&moved)]).unwrap_or_else(|| panic!("gone"));
        assert_eq!(ids(&standing), [("c", false), ("b", false), ("a", true)]);
        let removed_before = [event(&[("a", A.1), ("x", A.1)]), event(&[A]), event(&[("y", A.1)])];
        let standing = after(DAY, &removed_before.each_ref().map(Some)).unwrap_or_else(|| panic!("gone"));
        assert_eq!(ids(&standing), [("y", false), ("x", true)]);
        let two = event(&[("c", A.1), ("d", A.1)]);
        let standing = after(DAY, &[Some(&old), Some(&two)]).unwrap_or_else(|| panic!("gone"));
        assert_eq!(ids(&standing), [("c", false), ("d", false), ("a", true), ("b", true)]);
    }
}
