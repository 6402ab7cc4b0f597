//! The pictures that other sites show with a link to a page.

use std::collections::BTreeSet;

use tera::Context;

use super::output::{Output, Outputs};
use super::views::has_picture;
use super::{Common, Renderer};
use crate::assets::share::TEMPLATE;
use crate::output::SITE;
use crate::source::problem::Problem;

impl Renderer<'_> {
    /// Returns the titles of which there is a picture, each once.
    pub(super) fn share_titles(&self) -> Vec<&str> {
        let Common { site, share: Some(share), .. } = self.common else { return Vec::new() };
        let pages = (0..site.pages.len()).filter(|at| has_picture(site, *at, share));
        let titles = pages.map(|at| site.pages[at].content.title.as_str()).chain([&*site.config.table.title]);
        titles.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Draws the picture with a title, unless it is in place.
    pub(super) fn share_picture(&self, title: &str) -> Outputs {
        let Some(share) = self.common.share else { return Ok(Vec::new()) };
        let path = format!("{SITE}/{}", share.path(title, &self.common.site.config.table.title));
        if self.previous.is_some_and(|previous| previous.is_unchanged(&path)) {
            return Ok(vec![Output { path, bytes: None, rendered: None }]);
        }
        let context = Context::from_serialize(&share.lines(title));
        let problem = |error: String| Problem::in_file(&format!("templates/{TEMPLATE}"), error);
        let mut context = context.map_err(|error| problem(error.to_string()))?;
        context.insert("title", title);
        let svg = self.common.templates.render(TEMPLATE, &context)?;
        let bytes = share.draw(&svg);
        let bytes = bytes.map_err(|error| problem(format!("deze tekening is niet te lezen: {error}")))?;
        Ok(vec![Output { path, bytes: Some(bytes), rendered: None }])
    }
}
