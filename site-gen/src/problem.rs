//! What is wrong with the sources, told to the editor: where, what, and what to do.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::source::Source;

/// One thing that keeps the site from being built.
#[derive(Debug, Clone)]
pub struct Problem {
    place: Place,
    message: String,
    help: Option<String>,
}

#[derive(Debug, Clone)]
enum Place {
    File(String),
    Span(Arc<Source>, Range<usize>),
}

impl Problem {
    /// A problem with a file as a whole, named by its path from the root.
    pub fn in_file(path: &str, message: impl Into<String>) -> Self {
        Self { place: Place::File(path.to_owned()), message: message.into(), help: None }
    }

    /// A problem at these bytes of a source.
    pub fn at(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Self {
        let place = Place::Span(Arc::clone(source), span);
        Self { place, message: message.into(), help: None }
    }

    /// The same problem with a word on how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same problem with "bedoel je …?", where one of the candidates is near what was written.
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
        let title = Level::ERROR.with_name("fout").primary_title(self.message.as_str());
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

/// The candidate that differs least from what was written, if it differs little.
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (written.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(written, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Every problem of a build.
#[derive(Debug, Default)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Adds all of another list.
    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The report in colour, for a terminal; [`fmt::Display`] gives it without.
    pub fn in_colour(&self) -> String {
        self.report(&Renderer::styled())
    }

    fn report(&self, renderer: &Renderer) -> String {
        let mut sorted: Vec<&Problem> = self.0.iter().collect();
        sorted.sort_by_key(|problem| (problem.path(), problem.offset(), &problem.message));
        // A template's problem is met on every page that uses it.
        sorted.dedup_by_key(|problem| (problem.path(), problem.offset(), &problem.message));
        let count = sorted.len();
        let renderer = renderer.clone().decor_style(DecorStyle::Unicode);
        let mut report = String::new();
        for problem in sorted {
            report.push_str(&problem.render(&renderer));
            report.push_str("\n\n");
        }
        let noun = if count == 1 { "probleem" } else { "problemen" };
        report.push_str(&format!("{count} {noun}; er is niets geschreven\n"));
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
    fn a_suggestion_is_near_or_absent() {
        assert_eq!(nearest("titel", ["title", "date"]), Some("title"));
        assert_eq!(nearest("datum", ["title", "date"]), None);
        assert_eq!(nearest("/over-on/", ["/over-ons/", "/contact/"]), Some("/over-ons/"));
    }

    #[test]
    fn problems_are_told_in_the_order_of_the_files() {
        let source = |path: &str| Arc::new(Source { path: path.into(), text: "een\ntwee\n".into() });
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
