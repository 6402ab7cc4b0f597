//! New articles.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use site_gen::new_article::{self, NewArticle, NewKind};

use super::desk::Desk;
use super::page::NewPage;

impl Desk {
    /// Returns the form for a new article, as it was typed.
    pub fn new_page(&self, typed: NewPage) -> NewPage {
        let sections = new_article::sections(&self.root.join("content")).unwrap_or_default();
        NewPage { sections, ..typed }
    }

    /// Makes a new article, a draft. Returns its path, or the form with what is wrong.
    pub fn make(&self, typed: NewPage) -> Result<String, Box<NewPage>> {
        let kind = if typed.has_event { NewKind::Event } else { NewKind::News };
        let NewPage { section, title, .. } = &typed;
        let article = NewArticle { section, title, kind, is_draft: true };
        let today = Timestamp::now().to_zoned_datetime(TimeZone::system()).date();
        let refused =
            |fault: String| Box::new(self.new_page(NewPage { fault: Some(fault), ..typed.clone() }));
        if section.is_empty() {
            return Err(refused("kies een onderdeel".to_owned()));
        }
        if title.trim().is_empty() {
            return Err(refused("vul een titel in".to_owned()));
        }
        let file = new_article::write(&self.root, &article, today)
            .map_err(|error| refused(format!("{error:#}").replace('`', "")))?;
        let path = file.strip_prefix(&self.root).unwrap_or(&file);
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        tracing::info!("{} is gemaakt", file.display());
        Ok(parts.join("/"))
    }
}
