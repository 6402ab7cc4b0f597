//! Problems in the sources, reported to the editor with a location, a message and a suggested fix.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use serde::Serialize;

use crate::source::file::Source;

/// A problem that prevents the site from being built, or from going online.
#[derive(Debug, Clone)]
pub struct Problem {
    severity: Severity,
    place: Place,
    message: String,
    help: Option<String>,
}

/// The severity of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The site can't be built.
    Error,
    /// The site can be built, but is not ready to go online.
    Warning,
}

#[derive(Debug, Clone)]
enum Place {
    File(String),
    Span(Arc<Source>, Range<usize>),
}

impl Problem {
    /// Creates a problem with a file as a whole, given its path from the root.
    pub fn in_file(path: &str, message: impl Into<String>) -> Self {
        let place = Place::File(path.to_owned());
        Self { severity: Severity::Error, place, message: message.into(), help: None }
    }

    /// Creates a problem at a byte range of a source.
    pub fn at(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        let place = Place::Span(Arc::clone(source), span);
        Self { severity: Severity::Error, place, message: message.into(), help: None }
    }

    /// Sets the severity, which is [`Severity::Error`] by default.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Sets the suggested fix.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Suggests "bedoel je …?" if one of the candidates is close to what was written.
    #[must_use]
    pub fn suggest<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(written, candidates) {
            Some(near) => self.help(format!("bedoel je `{near}`?")),
            None => self,
        }
    }

    fn path(&self) -> &str {
        match &self.place {
            Place::File(path) => path,
            Place::Span(source, _) => &source.path,
        }
    }

    fn offset(&self) -> usize {
        match &self.place {
            Place::File(_) => 0,
            Place::Span(_, span) => span.start,
        }
    }

    fn render(&self, renderer: &Renderer) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR.with_name("fout"),
            Severity::Warning => Level::WARNING.with_name("let op"),
        };
        let title = level.primary_title(self.message.as_str());
        let mut groups = vec![match &self.place {
            Place::File(path) => Group::with_title(title).element(Origin::path(path.as_str())),
            Place::Span(source, span) => title.element(
                Snippet::source(source.text.as_str())
                    .path(source.path.as_str())
                    .annotation(AnnotationKind::Primary.span(span.clone())),
            ),
        }];
        if let Some(help) = &self.help {
            groups.push(Group::with_title(Level::HELP.with_name("hulp").secondary_title(help.as_str())));
        }
        renderer.render(&groups)
    }
}

/// Returns the candidate that is closest to what was written, if it is close enough.
///
/// The limit is one edit for every three characters written, but at least 1 and at most 3.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A problem in machine-readable form.
#[derive(Debug, Serialize)]
pub struct ProblemRecord<'a> {
    /// How severe it is.
    pub severity: Severity,
    /// The path of the file, from the root.
    pub path: &'a str,
    /// Offset in bytes from the beginning of the file; `None` for a file as a whole.
    #[serde(skip)]
    pub offset: Option<usize>,
    /// Line number, from 1; `None` for a file as a whole.
    pub line: Option<usize>,
    /// Column in characters, from 1; `None` for a file as a whole.
    pub column: Option<usize>,
    /// The text of that line.
    pub text: Option<&'a str>,
    /// What is wrong.
    pub message: &'a str,
    /// What to do about it.
    pub help: Option<&'a str>,
}

impl<'a> ProblemRecord<'a> {
    fn new(problem: &'a Problem) -> Self {
        let position = match &problem.place {
            Place::File(_) => None,
            Place::Span(source, span) => source.text.get(..span.start).map(|before| {
                let line = before.rsplit('\n').next().unwrap_or_default();
                (before.matches('\n').count() + 1, line.chars().count() + 1)
            }),
        };
        Self {
            severity: problem.severity,
            path: problem.path(),
            offset: position.map(|_| problem.offset()),
            line: position.map(|(line, _)| line),
            column: position.map(|(_, column)| column),
            text: match &problem.place {
                Place::File(_) => None,
                Place::Span(source, _) => position.and_then(|(line, _)| source.text.lines().nth(line - 1)),
            },
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }
}

/// All problems of a build.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds a problem.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all problems of another list.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Returns the number of problems.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there are no problems.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns whether any problem prevents the site from being built.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Serialises the problems as a JSON array, in the order of the report.
    ///
    /// # Errors
    /// Never fails in practice, because every field can be represented in JSON.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(&self.records())
    }

    /// Returns the problems in the order of the report.
    pub fn records(&self) -> Vec<ProblemRecord<'_>> {
        self.sorted().into_iter().map(ProblemRecord::new).collect()
    }

    fn sorted(&self) -> Vec<&Problem> {
        let mut sorted: Vec<&Problem> = self.0.iter().collect();
        sorted.sort_by_key(|problem| (problem.path(), problem.offset(), &problem.message));
        // A problem in a template is found again on every page that uses the template.
        sorted.dedup_by_key(|problem| (problem.path(), problem.offset(), &problem.message));
        sorted
    }

    /// Formats the report in colour, for a terminal. [`fmt::Display`] formats it without colour.
    pub fn in_colour(&self) -> String {
        self.report(&Renderer::styled())
    }

    fn report(&self, renderer: &Renderer) -> String {
        let sorted = self.sorted();
        let renderer = renderer.clone().decor_style(DecorStyle::Unicode);
        let mut report = String::new();
        let count = sorted.len();
        for problem in sorted {
            report.push_str(&problem.render(&renderer));
            report.push_str("\n\n");
        }
        let noun = if count == 1 { "probleem" } else { "problemen" };
        report.push_str(&if self.has_errors() {
            format!("{count} {noun}; er is niets geschreven\n")
        } else {
            format!("nog {count} {noun} op te lossen voordat de site online kan\n")
        });
        report
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report(&Renderer::plain()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_close_candidate_is_suggested() {
        assert_eq!(nearest("titel", ["title", "date"]), Some("title"));
        assert_eq!(nearest("datum", ["title", "date"]), None);
        assert_eq!(nearest("/over-on/", ["/over-ons/", "/contact/"]), Some("/over-ons/"));
    }

    #[test]
    fn problems_are_reported_in_file_order() {
        let source = |path: &str| Arc::new(Source::new(path, "een\ntwee\n"));
        let mut problems = Problems::default();
        problems.push(Problem::at(&source("b.md"), 4..8, "tweede regel"));
        problems.push(Problem::in_file("a.md", "hele bestand"));
        problems.push(Problem::at(&source("b.md"), 0..3, "eerste regel"));
        let report = problems.to_string();
        let place = |text: &str| report.find(text).unwrap();
        assert!(
            place("hele bestand") < place("eerste regel") && place("eerste regel") < place("tweede regel")
        );
        assert!(report.contains("b.md:2:1"), "{report}");
        assert!(report.ends_with("3 problemen; er is niets geschreven\n"));
    }
}
