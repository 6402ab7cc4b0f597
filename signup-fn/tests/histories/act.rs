//! The steps of a history.

use proptest::prelude::*;

use crate::support::stub::Fault;

/// The addresses. Several people share each of them.
pub(crate) const MAILBOXES: [&str; 2] = ["school@voorbeeld.nl", "bestuur@voorbeeld.nl"];
/// The names. The last one is another spelling of the first.
pub(crate) const NAMES: [&str; 7] =
    ["Jan Vos", "Els Vos", "Piet Bos", "Ada Bos", "Bo Smit", "Kim Smit", "JAN VÓS"];

/// Everything that can happen to an event after it is announced.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// Somebody does something.
    Do(Doing),
    /// Two people do something at the same time; one of them may be the mailer. The schedule decides whose
    /// request the table handles next.
    AtOnce { mailer: bool, doing: [Doing; 2], schedule: Schedule },
    /// Somebody submits the form in a rush, and the process dies while the sign-up waits at the desk.
    Abandon(Doing),
    /// The mailer makes its rounds.
    Rounds,
    /// The mailer delivers the outbox, or fails to.
    Sweep { works: bool },
    /// An organiser sends a message to everybody with a seat. It may be interrupted once it is accepted.
    Broadcast { session: usize, is_interrupted: bool },
    /// An organiser changes a session.
    Amend { session: usize, amending: Amending },
    /// An editor changes the event.
    Edit(Edit),
    /// A newer version, since rolled back, has written items that this one cannot read.
    WriteNewer,
    /// The moment to which the table will be restored in the end, unless a later one follows.
    Backup,
    /// Time passes.
    Pass { minutes: i64 },
}

/// Whose request the table handles next.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    /// Whether it is the second actor's.
    pub(crate) choices: Vec<bool>,
    /// Whether the first transaction of each finds its items in use, as in a rush.
    pub(crate) is_busy: bool,
}

/// What a participant does.
#[derive(Debug, Clone)]
pub(crate) enum Doing {
    /// Submits the form.
    SignUp { mailbox: usize, name: usize, session: usize, may_wait: bool },
    /// Changes one of the existing sign-ups through the link in a mail.
    Change { who: usize, change: Changing },
}

/// What a participant can do with a sign-up.
#[derive(Debug, Clone)]
pub(crate) enum Changing {
    Rename {
        name: usize,
    },
    Move {
        to: usize,
        may_wait: bool,
    },
    Cancel,
    Confirm,
    /// Asks for another address.
    AskAddress {
        mailbox: usize,
    },
    /// Follows the link in the mail to the new address.
    TakeAddress,
    /// An organiser gives somebody who waits a seat out of turn.
    LetIn,
    Erase,
}

/// What an organiser can change about a session.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Amending {
    /// The number of seats.
    Resize(u32),
    /// The start, to so many hours from now.
    Move(i64),
    /// Whether the session is called off.
    CallOff(bool),
    /// Nothing any more: everything is as the editor says.
    Undo,
}

/// What an editor can change.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// The number of seats.
    Resize { session: usize, capacity: u32 },
    /// The start of a session, to so many hours from now.
    Reschedule { session: usize, hours: i64 },
    /// Whether a session is called off.
    CallOff { session: usize, is_off: bool },
    /// For how many days data is kept.
    Retain { days: i64 },
    /// Which session is not on the page, if any.
    Remove { session: Option<usize> },
    /// The id of a session.
    RenameSession { session: usize },
    /// Whether the page is online.
    Publish { online: bool },
}

/// A step, with the faults of the table during it.
pub(crate) type Step = (Act, Vec<Fault>);

/// A history of one event.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// Whether participants must confirm their addresses.
    pub(crate) confirms: bool,
    /// Whether the people are spread over several partitions.
    pub(crate) is_spread: bool,
    pub(crate) steps: Vec<Step>,
}

fn changing() -> impl Strategy<Value = Changing> {
    prop_oneof![
        1 => (0..NAMES.len()).prop_map(|name| Changing::Rename { name }),
        3 => (0..2_usize, any::<bool>()).prop_map(|(to, may_wait)| Changing::Move { to, may_wait }),
        3 => Just(Changing::Cancel),
        1 => Just(Changing::Confirm),
        1 => (0..2_usize).prop_map(|mailbox| Changing::AskAddress { mailbox }),
        1 => Just(Changing::TakeAddress),
        1 => Just(Changing::LetIn),
        1 => Just(Changing::Erase),
    ]
}

fn sign_up() -> impl Strategy<Value = Doing> {
    let sign_up = (0..2_usize, 0..NAMES.len(), 0..2_usize, any::<bool>());
    sign_up.prop_map(|(mailbox, name, session, may_wait)| Doing::SignUp { mailbox, name, session, may_wait })
}

fn schedule() -> impl Strategy<Value = Schedule> {
    (prop::collection::vec(any::<bool>(), 16), any::<bool>())
        .prop_map(|(choices, is_busy)| Schedule { choices, is_busy })
}

fn doing() -> impl Strategy<Value = Doing> {
    prop_oneof![sign_up(), (0..12_usize, changing()).prop_map(|(who, change)| Doing::Change { who, change }),]
}

fn edit() -> impl Strategy<Value = Edit> {
    let hours = prop::sample::select(vec![2, 30, 200]);
    prop_oneof![
        3 => (0..2_usize, 1..=3_u32).prop_map(|(session, capacity)| Edit::Resize { session, capacity }),
        3 => (0..2_usize, hours).prop_map(|(session, hours)| Edit::Reschedule { session, hours }),
        1 => (0..2_usize, any::<bool>()).prop_map(|(session, is_off)| Edit::CallOff { session, is_off }),
        1 => prop::sample::select(vec![0, 1, 30, 90]).prop_map(|days| Edit::Retain { days }),
        1 => prop::option::of(0..2_usize).prop_map(|session| Edit::Remove { session }),
        1 => (0..2_usize).prop_map(|session| Edit::RenameSession { session }),
        1 => any::<bool>().prop_map(|online| Edit::Publish { online }),
    ]
}

fn amending() -> impl Strategy<Value = Amending> {
    prop_oneof![
        3 => (1..=3_u32).prop_map(Amending::Resize),
        3 => prop::sample::select(vec![2, 30, 200]).prop_map(Amending::Move),
        1 => any::<bool>().prop_map(Amending::CallOff),
        2 => Just(Amending::Undo),
    ]
}

pub(crate) fn history() -> impl Strategy<Value = History> {
    let at_once = (any::<bool>(), doing(), doing(), schedule());
    let minutes =
        prop_oneof![4 => Just(20), 4 => Just(70), 3 => Just(600), 3 => Just(1500), 1 => Just(40 * 24 * 60)];
    let act = prop_oneof![
        14 => doing().prop_map(Act::Do),
        3 => at_once.prop_map(|(mailer, one, other, schedule)| Act::AtOnce {
            mailer,
            doing: [one, other],
            schedule
        }),
        1 => sign_up().prop_map(Act::Abandon),
        4 => Just(Act::Rounds),
        2 => any::<bool>().prop_map(|works| Act::Sweep { works }),
        1 => (0..2_usize, any::<bool>())
            .prop_map(|(session, is_interrupted)| Act::Broadcast { session, is_interrupted }),
        2 => (0..2_usize, amending()).prop_map(|(session, amending)| Act::Amend { session, amending }),
        5 => edit().prop_map(Act::Edit),
        1 => Just(Act::WriteNewer),
        1 => Just(Act::Backup),
        4 => minutes.prop_map(|minutes| Act::Pass { minutes }),
    ];
    let step = (act, faults()).prop_map(|step| vec![step]);
    let scene = prop_oneof![6 => step, 1 => scene()];
    (any::<bool>(), prop::bool::weighted(0.0625), prop::collection::vec(scene, 1..26))
        .prop_map(|(confirms, is_spread, scenes)| History { confirms, is_spread, steps: scenes.concat() })
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        // Most requests read, so a fault must be able to wait for the one that writes.
        3 => Just(Fault::Pass),
        1 => Just(Fault::Conflict),
        1 => Just(Fault::Throttled),
        1 => Just(Fault::ThrottledPart),
        1 => Just(Fault::Internal),
        4 => Just(Fault::LostAnswer),
    ];
    // Three in four steps have no faults. Otherwise, the histories would test little but faults.
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(fault, 1..4)]
}

/// Returns a few steps that seldom follow each other by chance, but meet a limit or a race.
fn scene() -> impl Strategy<Value = Vec<Step>> {
    let sign_up = |may_wait| {
        let who = (0..2_usize, 0..NAMES.len(), 0..2_usize);
        who.prop_map(move |(mailbox, name, session)| Doing::SignUp { mailbox, name, session, may_wait })
    };
    let beside_rounds = |doing: Doing, schedule: Schedule| Act::AtOnce {
        mailer: true,
        doing: [doing.clone(), doing],
        schedule,
    };
    let who = || 0..12_usize;
    // An address is confirmed while the rounds find that the time for it is over.
    let late = (sign_up(false), who(), schedule()).prop_map(move |(sign_up, who, schedule)| {
        let confirm = Doing::Change { who, change: Changing::Confirm };
        vec![Act::Do(sign_up), Act::Pass { minutes: 1500 }, beside_rounds(confirm, schedule)]
    });
    // Somebody waits, the session grows or shrinks, and somebody else acts while the rounds fill it.
    let filled = (sign_up(true), sign_up(true), sign_up(true), doing(), 1..=4_u32, schedule());
    let filled = filled.prop_map(move |(one, two, three, doing, capacity, schedule)| {
        let Doing::SignUp { session, .. } = one else { return Vec::new() };
        let grown = Act::Edit(Edit::Resize { session, capacity });
        vec![Act::Do(one), Act::Do(two), Act::Do(three), grown, beside_rounds(doing, schedule)]
    });
    // Somebody signs up for a session that has just got another id, while the rounds find that out.
    let renamed = (sign_up(true), sign_up(true), schedule(), any::<bool>());
    let renamed = renamed.prop_map(move |(one, two, schedule, mailer)| {
        let (Doing::SignUp { session, .. }, Doing::SignUp { mailbox, name, may_wait, .. }) = (&one, two)
        else {
            return Vec::new();
        };
        let rename = Act::Edit(Edit::RenameSession { session: *session });
        let two = Doing::SignUp { mailbox, name, session: *session, may_wait };
        let leave = Doing::Change { who: 0, change: Changing::Cancel };
        vec![Act::Do(one), rename, Act::AtOnce { mailer, doing: [two, leave], schedule }]
    });
    // A session moves shortly before its reminder, or shortly after it.
    let moved = (sign_up(true), 0..2_usize).prop_map(|(sign_up, session)| {
        let move_to = |hours| Act::Edit(Edit::Reschedule { session, hours });
        let rounds = || Act::Rounds;
        let later = || Act::Pass { minutes: 1500 };
        vec![Act::Do(sign_up), move_to(30), later(), rounds(), move_to(30), rounds(), later(), rounds()]
    });
    // Somebody leaves a session that moved or was called off for one that moves too.
    let left = (0..2_usize, 0..NAMES.len(), 0..2_usize, who(), schedule(), any::<bool>());
    let left = left.prop_map(move |(mailbox, name, session, who, schedule, is_off)| {
        let sign_up = Doing::SignUp { mailbox, name, session, may_wait: true };
        let leave = Doing::Change { who, change: Changing::Move { to: 1 - session, may_wait: true } };
        let move_to = |session, hours| Act::Edit(Edit::Reschedule { session, hours });
        let call_off = Act::Edit(Edit::CallOff { session, is_off: true });
        match is_off {
            true => vec![Act::Do(sign_up), call_off, beside_rounds(leave, schedule)],
            false => vec![
                Act::Do(sign_up),
                move_to(session, 200),
                Act::Rounds,
                Act::Do(leave),
                move_to(1 - session, 200),
                Act::Rounds,
            ],
        }
    });
    // Somebody changes the address.
    let readdressed = (sign_up(false), who(), 0..2_usize);
    let readdressed = readdressed.prop_map(|(sign_up, who, mailbox)| {
        let ask = Doing::Change { who, change: Changing::AskAddress { mailbox } };
        let take = Doing::Change { who, change: Changing::TakeAddress };
        vec![Act::Do(sign_up), Act::Do(ask), Act::Do(take)]
    });
    let acts = prop_oneof![late, filled, renamed, moved, left, readdressed];
    (acts, prop::collection::vec(faults(), 8))
        .prop_map(|(acts, faults)| acts.into_iter().zip(faults).collect())
}
