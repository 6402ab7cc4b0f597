//! The Tera templates, compiled.

use std::sync::Arc;

use catalog::answer::DELIMITERS;
use serde::Serialize;
use tera::{Context, Delimiters, ErrorKind, Tera};

use crate::problem::{Problem, Problems};
use crate::source::Source;
use crate::views::SiteView;

/// The templates of a site.
#[derive(Debug)]
pub struct Templates {
    tera: Tera,
    sources: Vec<Arc<Source>>,
}

const FOLDER: &str = "templates/";

impl Templates {
    /// Compiles every template; `None` when one has a problem.
    pub fn compile(sources: &[Arc<Source>], problems: &mut Problems) -> Option<Self> {
        let mut tera = Tera::default();
        let named = sources.iter().map(|source| (name(source), source.text.as_str()));
        if let Err(error) = tera.add_raw_templates(named) {
            let before = problems.len();
            for source in sources {
                // By itself a template lacks its parents; what is wrong in its own text is told all the same.
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
        Some(Self { tera, sources: sources.to_vec() })
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tera.contains_template(name)
    }

    /// Makes `site` known to every template.
    pub fn set_site(&mut self, site: &SiteView<'_>) {
        self.tera.global_context().insert("site", site);
    }

    /// Renders one of them.
    ///
    /// # Errors
    /// A problem at its place in the template, when the template asks for what is not there.
    pub fn render(&self, template: &str, context: &Context) -> Result<String, Problem> {
        self.tera.render(template, context).map_err(|error| problem(&error, &self.sources))
    }
}

/// Fills what a rendered page leaves for request time.
///
/// # Errors
/// A problem that names the page and quotes it, when what it leaves is no template or asks for what is not there.
pub fn fill(path: &str, page: &str, view: &impl Serialize) -> Result<String, Problem> {
    let name = "page.html";
    let mut tera = Tera::default();
    tera.set_delimiters(request_time())
        .and_then(|()| tera.add_raw_template(name, page))
        .and_then(|()| tera.render(name, &Context::from_serialize(view)?))
        .map_err(|error| Problem::in_file(path, format!("deze pagina is niet in te vullen: {error}")))
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
        return Problem::at(source, range.start.min(end)..end, report.message());
    }
    Problem::in_file(FOLDER, error.to_string())
}
