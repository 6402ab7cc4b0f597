//! Where the time of a build goes, for `site-gen build --profile`.
//!
//! A process has one profile, as it has one terminal. Unless [`begin`] was called, measuring costs nothing.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// The times so far, or `None` while nobody asks for them.
static SPENT: OnceLock<Mutex<BTreeMap<(Part, String), Spent>>> = OnceLock::new();

/// The number of templates and of pages that the report lists.
const SLOWEST: usize = 10;

/// What takes time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A step of the build, in elapsed time.
    Stage,
    /// A template, in time of one core.
    Template,
    /// A page, in time of one core: its text, its template and its search terms.
    Page,
}

#[derive(Debug, Default, Clone, Copy)]
struct Spent {
    times: usize,
    time: Duration,
}

/// Begins to measure.
pub fn begin() {
    let _ = SPENT.set(Mutex::default());
}

/// Does some work, and counts its time if somebody asks for it.
pub fn timed<T>(part: Part, name: &str, work: impl FnOnce() -> T) -> T {
    let Some(spent) = SPENT.get() else { return work() };
    let start = Instant::now();
    let result = work();
    let time = start.elapsed();
    let mut spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
    let spent = spent.entry((part, name.to_owned())).or_default();
    spent.times += 1;
    spent.time += time;
    result
}

/// Returns the report for editors, empty while nobody asks for it.
pub fn report() -> String {
    let Some(spent) = SPENT.get() else { return String::new() };
    let spent = spent.lock().unwrap_or_else(PoisonError::into_inner);
    let of = |wanted: Part| {
        let mut spent: Vec<(&str, Spent)> = spent
            .iter()
            .filter(|((part, _), _)| *part == wanted)
            .map(|((_, name), spent)| (name.as_str(), *spent))
            .collect();
        spent.sort_by_key(|(_, spent)| std::cmp::Reverse(spent.time));
        spent
    };
    let mut report = String::new();
    for (title, part, most) in [
        ("Stappen, in verstreken tijd", Part::Stage, usize::MAX),
        ("Duurste sjablonen, in tijd van één kern", Part::Template, SLOWEST),
        ("Traagste pagina's, in tijd van één kern", Part::Page, SLOWEST),
    ] {
        let spent = of(part);
        if !spent.is_empty() {
            report += &format!("\n{title}:\n");
        }
        for (name, Spent { times, time }) in spent.into_iter().take(most) {
            let milliseconds = 1000.0 * time.as_secs_f64();
            report += &match times {
                1 => format!("{milliseconds:10.1} ms  {name}\n"),
                _ => format!("{milliseconds:10.1} ms  {name} ({times} keer)\n"),
            };
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_what_was_measured_the_slowest_first() {
        assert_eq!(timed(Part::Stage, "vooraf", || 5), 5);
        assert_eq!(report(), "");
        begin();
        timed(Part::Template, "snel.html", || ());
        for _ in 0..2 {
            timed(Part::Template, "traag.html", || std::thread::sleep(Duration::from_millis(5)));
        }
        let report = report();
        let (slow, fast) = (report.find("traag.html (2 keer)").unwrap(), report.find("snel.html").unwrap());
        assert!(slow < fast && !report.contains("vooraf"), "{report}");
    }
}
