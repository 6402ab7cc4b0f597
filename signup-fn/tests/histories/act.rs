//! The steps of a history.

use proptest::prelude::*;

use crate::support::stub::Fault;

pub(crate) const PEOPLE: usize = 5;
pub(crate) const SESSIONS: [&str; 2] = ["a", "b"];

/// Everything that can happen to an event after it is announced.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A participant submits the form.
    SignUp { who: usize, session: usize, may_wait: bool },
    /// A participant changes a sign-up through the link in a mail.
    Change { who: usize, change: Changing },
    /// An editor changes a session's capacity.
    Resize { session: usize, capacity: u32 },
    /// An editor moves a session, to so many hours from now.
    Reschedule { session: usize, hours: i64 },
    /// An editor calls a session off, or takes that back.
    CallOff { session: usize, is_off: bool },
    /// An editor changes for how many days data is kept.
    Retain { days: i64 },
    /// The mailer makes its rounds.
    Rounds,
    /// Time passes.
    Pass { minutes: i64 },
}

/// What a participant can do with a sign-up.
#[derive(Debug, Clone)]
pub(crate) enum Changing {
    Rename,
    Move { to: usize, may_wait: bool },
    Cancel,
    Confirm,
    Erase,
}

/// A step, with the faults of the table during it.
pub(crate) type Step = (Act, Vec<Fault>);

/// A history of one event.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// Whether participants must confirm their addresses.
    pub(crate) confirms: bool,
    pub(crate) steps: Vec<Step>,
}

fn changing() -> impl Strategy<Value = Changing> {
    prop_oneof![
        1 => Just(Changing::Rename),
        3 => (0..2_usize, any::<bool>()).prop_map(|(to, may_wait)| Changing::Move { to, may_wait }),
        2 => Just(Changing::Cancel),
        1 => Just(Changing::Confirm),
        1 => Just(Changing::Erase),
    ]
}

pub(crate) fn history() -> impl Strategy<Value = History> {
    let sign_up = (0..PEOPLE, 0..2_usize, any::<bool>()).prop_map(|(who, session, may_wait)| Act::SignUp {
        who,
        session,
        may_wait,
    });
    let change = (0..PEOPLE, changing()).prop_map(|(who, change)| Act::Change { who, change });
    let hours = prop::sample::select(vec![2, 30, 200]);
    let act = prop_oneof![
        8 => sign_up,
        8 => change,
        1 => (0..2_usize, 1..=3_u32).prop_map(|(session, capacity)| Act::Resize { session, capacity }),
        2 => (0..2_usize, hours).prop_map(|(session, hours)| Act::Reschedule { session, hours }),
        1 => (0..2_usize, any::<bool>()).prop_map(|(session, is_off)| Act::CallOff { session, is_off }),
        1 => prop::sample::select(vec![30, 90]).prop_map(|days| Act::Retain { days }),
        4 => Just(Act::Rounds),
        4 => prop::sample::select(vec![20, 70, 600, 1500]).prop_map(|minutes| Act::Pass { minutes }),
    ];
    let fault = prop_oneof![
        Just(Fault::Conflict),
        Just(Fault::Throttled),
        Just(Fault::ThrottledPart),
        Just(Fault::Internal),
        Just(Fault::LostAnswer),
        Just(Fault::LostAnswer),
    ];
    // Three in four steps have no faults. Otherwise, the histories would test little but faults.
    let faults = prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(fault, 1..3)];
    (any::<bool>(), prop::collection::vec((act, faults), 1..24))
        .prop_map(|(confirms, steps)| History { confirms, steps })
}
