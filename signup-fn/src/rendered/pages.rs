//! Pages that site-gen rendered, filled in with the values of a request.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use catalog::answer::DELIMITERS;
use serde::Serialize;
use tera::{Context, Delimiters, Tera};

/// The pages in a folder, each parsed on first use.
#[derive(Debug)]
pub struct Pages {
    folder: PathBuf,
    parsed: Mutex<HashMap<String, Arc<Tera>>>,
}

impl Pages {
    /// Opens a folder without reading anything yet.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), parsed: Mutex::default() }
    }

    /// Fills in a page. Escapes values in files whose names end in `.html`.
    ///
    /// # Errors
    /// Fails if the file is missing or is not a valid template, or if the view lacks a value.
    pub fn fill(&self, file: &str, view: &impl Serialize) -> Result<String> {
        let template = self.template(file)?;
        let context = Context::from_serialize(view)?;
        template.render(file, &context).with_context(|| format!("cannot fill in page `{file}`"))
    }

    fn template(&self, file: &str) -> Result<Arc<Tera>> {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(template) = parsed.get(file) {
            return Ok(Arc::clone(template));
        }
        let path = self.folder.join(file);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read page `{}`", path.display()))?;
        let [block, variable, comment] = DELIMITERS;
        let mut tera = Tera::default();
        tera.set_delimiters(Delimiters {
            block_start: block.0.into(),
            block_end: block.1.into(),
            variable_start: variable.0.into(),
            variable_end: variable.1.into(),
            comment_start: comment.0.into(),
            comment_end: comment.1.into(),
        })?;
        tera.add_raw_template(file, &text).with_context(|| format!("cannot parse page `{file}`"))?;
        let template = Arc::new(tera);
        parsed.insert(file.to_owned(), Arc::clone(&template));
        Ok(template)
    }
}
