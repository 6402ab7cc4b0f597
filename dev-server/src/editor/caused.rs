//! What a text would break elsewhere on the site.

use jiff::Timestamp;
use site_gen::page::publication::Wanted;
use site_gen::preview;
use site_gen::source::file::Source;
use site_gen::source::problem::{ProblemRecord, Severity};

use super::desk::Desk;
use super::page::Fault;
use super::words::sentences;

impl Desk {
    /// Returns what would be wrong with the site that is served because of a text, and is not wrong now: another page
    /// has a link to this one, which becomes a draft.
    pub(super) fn caused(&self, path: &str, text: &str) -> Vec<Fault> {
        let wanted = Wanted { with_unpublished: self.drafts, ..Wanted::public(Timestamp::now()) };
        let mut memory = self.memory();
        let mut check =
            |unsaved| preview::check(&self.root, wanted, &mut memory, unsaved).unwrap_or_default();
        let (before, after) = (check(None), check(Some(Source::new(path, text))));
        let before: Vec<_> =
            before.records().iter().map(|one| (one.path.to_owned(), one.message.to_owned())).collect();
        let is_new = |problem: &&ProblemRecord<'_>| {
            let is_known =
                |(path, message): &(String, String)| path == problem.path && message == problem.message;
            problem.severity == Severity::Error && !before.iter().any(is_known)
        };
        let fault = |problem: &ProblemRecord<'_>| {
            let place = if problem.path == path { String::new() } else { format!("{}: ", problem.path) };
            let words = sentences(problem.message, problem.help);
            Fault { name: String::new(), text: format!("{place}{words}") }
        };
        after.records().iter().filter(is_new).map(fault).collect()
    }
}
