//! The Tera templates, compiled.

use std::sync::Arc;

use catalog::answer::DELIMITERS;
use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Kwargs, State, Tera};

use crate::profile::{Part, timed};
use crate::render::template_words::dutch;
use crate::render::views::SiteView;
use crate::source::file::Source;
use crate::source::fingerprint::Fingerprint;
use crate::source::problem::{Problem, Problems};
use crate::words::html;

/// The templates of a site.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    sources: Vec<Arc<Source>>,
    /// The value of `site` in every template.
    pub site: serde_json::Value,
    /// Whether any template uses structured data, which takes a tenth of a page's time to make.
    pub wants_json_ld: bool,
}

const FOLDER: &str = "templates/";

impl Templates {
    /// Compiles every template; returns `None` and reports the problems if one fails.
    pub fn compile(sources: &[Arc<Source>], problems: &mut Problems) -> Option<Self> {
        let mut tera = Tera::default();
        tera.autoescape_on([".html", ".svg", ".xml"]);
        tera.register_filter("json", json);
        let named = sources.iter().map(|source| (name(source), source.text.as_str()));
        if let Err(error) = tera.add_raw_templates(named) {
            let before = problems.len();
            for source in sources {
                // A template compiled alone lacks its parents, but its own syntax errors still show.
                if let Err(error) = Tera::default().add_raw_template(name(source), &source.text)
                    && matches!(error.kind(), ErrorKind::SyntaxError(_))
                {
                    problems.push(problem(&error, sources));
                }
            }
            if problems.len() == before {
                problems.push(problem(&error, sources));
            }
            return None;
        }
        let wants_json_ld = sources.iter().any(|source| source.text.contains("page.json_ld"));
        Some(Self { tera, sources: sources.to_vec(), site: serde_json::Value::Null, wants_json_ld })
    }

    /// Returns the fingerprint of all templates together.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.sources.iter().map(|source| source.fingerprint).collect::<Vec<_>>())
    }

    /// Returns whether there is a template with this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Sets the value of `site` for every template.
    pub fn set_site(&mut self, site: &SiteView<'_>) {
        self.tera.global_context().insert("site", site);
        self.site = serde_json::to_value(site).unwrap_or_default();
    }

    /// Renders a template.
    ///
    /// # Errors
    /// Returns a problem at its place in the template if rendering fails, such as for a missing value.
    pub fn render(&self, template: &str, context: &Context) -> Result<String, Problem> {
        let rendered = timed(Part::Template, template, || self.tera.render(template, context));
        let rendered = rendered.map_err(|error| problem(&error, &self.sources))?;
        Ok(if template.ends_with(".html") { html::minified(&rendered) } else { rendered })
    }
}

/// Quotes a text as a JSON string, for templates of JSON files: `{{ site.title | json }}`.
fn json(text: &str, _: Kwargs, _: &State) -> String {
    serde_json::Value::from(text).to_string()
}

/// A rendered page whose request-time expressions can be filled in.
#[derive(Debug)]
pub struct Unfilled<'a> {
    path: &'a str,
    tera: Tera,
}

/// The name of the only template in an [`Unfilled`]; its extension turns escaping on.
const PAGE: &str = "page.html";

impl<'a> Unfilled<'a> {
    /// Compiles the request-time expressions of a rendered page.
    ///
    /// # Errors
    /// Returns a problem that names the page and quotes it if the expressions do not compile.
    pub fn new(path: &'a str, page: &str) -> Result<Self, Problem> {
        let mut tera = Tera::default();
        let compiled = tera.set_delimiters(request_time()).and_then(|()| tera.add_raw_template(PAGE, page));
        compiled.map_err(|error| unfillable(path, &error))?;
        Ok(Self { path, tera })
    }

    /// Fills in the page from a view.
    ///
    /// # Errors
    /// Returns a problem that names the page and quotes it if the page uses a value the view lacks.
    pub fn fill(&self, view: &impl Serialize) -> Result<String, Problem> {
        let filled = Context::from_serialize(view).and_then(|context| self.tera.render(PAGE, &context));
        filled.map_err(|error| unfillable(self.path, &error))
    }
}

/// Protects a text from being read as an expression, in a file that is filled in without escaping.
///
/// Each `<` that could begin an expression becomes an expression that writes `<`.
pub fn inert(text: &str) -> String {
    let (open, close) = DELIMITERS[1];
    let begins = |rest: &str| DELIMITERS.iter().any(|(start, _)| rest.starts_with(start));
    let mut inert = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        // A `<` at the very end could begin one together with the text that follows.
        if c == '<' && (begins(&text[at..]) || at + 1 == text.len()) {
            inert += &format!("{open} \"<\" {close}");
        } else {
            inert.push(c);
        }
    }
    inert
}

/// Converts a view to JSON in which every text is [`inert`].
pub fn inert_view(view: &impl Serialize) -> serde_json::Value {
    fn quiet(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = inert(text),
            serde_json::Value::Array(values) => values.iter_mut().for_each(quiet),
            serde_json::Value::Object(fields) => fields.values_mut().for_each(quiet),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(view).unwrap_or_default();
    quiet(&mut value);
    value
}

fn unfillable(path: &str, error: &tera::Error) -> Problem {
    Problem::in_file(path, format!("deze pagina is niet in te vullen: {error}"))
}

fn request_time() -> Delimiters {
    let [block, variable, comment] = DELIMITERS;
    Delimiters {
        block_start: block.0.into(),
        block_end: block.1.into(),
        variable_start: variable.0.into(),
        variable_end: variable.1.into(),
        comment_start: comment.0.into(),
        comment_end: comment.1.into(),
    }
}

fn name(source: &Source) -> &str {
    source.path.strip_prefix(FOLDER).unwrap_or(&source.path)
}

fn problem(error: &tera::Error, sources: &[Arc<Source>]) -> Problem {
    if let ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) = error.kind()
        && let Some(source) = sources.iter().find(|source| name(source) == report.filename())
    {
        let range = report.span().range.clone();
        let end = range.end.min(source.text.len());
        let (message, help) = dutch(report.message());
        let problem = Problem::at(source, range.start.min(end)..end, message);
        return match help {
            Some(help) => problem.help(help),
            None => problem,
        };
    }
    Problem::in_file(FOLDER, dutch(&error.to_string()).0)
}
