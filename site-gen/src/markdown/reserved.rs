//! Ids that a heading must not have, because the page around the body has them.

use std::collections::HashSet;
use std::sync::Arc;

use catalog::address::FORM_ANCHOR;
use catalog::answer::Field;

use crate::source::file::Source;

/// The ids that templates give to elements.
#[derive(Debug)]
pub struct ReservedIds {
    whole: HashSet<String>,
    /// The beginnings of ids that end in a value.
    beginnings: Vec<String>,
}

impl ReservedIds {
    /// Collects the ids in templates, and those of the form's fields.
    pub fn new(templates: &[Arc<Source>]) -> Self {
        let mut whole = HashSet::from([FORM_ANCHOR.to_owned()]);
        let mut beginnings = Vec::new();
        for &field in Field::ALL {
            whole.insert(field.name().to_owned());
            // A choice, a hint or an error of the field.
            beginnings.push(format!("{}-", field.name()));
        }
        for template in templates.iter().filter(|template| template.path.ends_with(".html")) {
            for (at, mark) in template.text.match_indices(" id=\"") {
                let id = template.text[at + mark.len()..].split('"').next().unwrap_or_default();
                match id.split_once(['{', '<']) {
                    None => {
                        whole.insert(id.to_owned());
                    }
                    Some((beginning, _)) if !beginning.is_empty() => beginnings.push(beginning.to_owned()),
                    Some(_) => {}
                }
            }
        }
        Self { whole, beginnings }
    }

    /// Returns whether the page around a body may have this id.
    pub fn contains(&self, id: &str) -> bool {
        self.whole.contains(id) || self.beginnings.iter().any(|beginning| id.starts_with(beginning))
    }
}
