//! The topics of an article.

use std::sync::Arc;

use toml::Spanned;

use crate::source::file::Source;
use crate::source::problem::{Problem, Problems};
use crate::words::slug::slug;

/// The path of the page that lists all tags.
pub const TAGS_URL: &str = "/onderwerpen/";

/// The most letters of a topic: it is part of an address.
const MAX_LENGTH: usize = 100;

/// A topic of an article.
#[derive(Debug)]
pub struct Topic {
    /// The name as the editor writes it, and its place in the source.
    pub name: Spanned<String>,
    /// The address of its page: `/onderwerpen/passend-onderwijs/`.
    pub url: String,
}

impl Topic {
    /// Reads the topics of an article, each of them once. Reports those that cannot be part of an address.
    pub fn read(written: Vec<Spanned<String>>, source: &Arc<Source>, problems: &mut Problems) -> Vec<Self> {
        let mut topics: Vec<Self> = Vec::with_capacity(written.len());
        for name in written {
            let slug = slug(name.get_ref());
            let mut tell = |message: &str, help: &str| {
                problems.push(Problem::at(source, name.span(), message).help(help));
            };
            match slug.len() {
                0 => tell("dit onderwerp heeft geen letters of cijfers", "geef het een naam"),
                1..=MAX_LENGTH => {}
                _ => tell("dit onderwerp is te lang", "gebruik een of twee woorden"),
            }
            if !topics.iter().any(|known| known.name.get_ref() == name.get_ref()) {
                topics.push(Self { name, url: format!("{TAGS_URL}{slug}/") });
            }
        }
        topics
    }
}
