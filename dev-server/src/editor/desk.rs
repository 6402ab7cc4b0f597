//! Where an editor works: pages are opened, previewed and saved.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use jiff::Timestamp;
use jiff::civil::time;
use site_gen::incremental::Memory;
use site_gen::page::page_file::PageFile;
use site_gen::page::publication::When;
use site_gen::preview::{self, Preview};
use site_gen::source::file::Source;
use site_gen::source::place::{self, Kind};
use site_gen::source::problem::{ProblemRecord, Severity};

use super::files::folder::{Folder, FolderError};
use super::files::unsaved::{UnsavedForm, UnsavedForms};
use super::form::changes::{Change, MISSING, change};
use super::form::document::{Document, Unfit, full_name};
use super::form::groups::groups;
use super::form::labels::in_words;
use super::form::lines::{lines, merged};
use super::form::more::{closes_follow, with_more};
use super::form::values::{BODY, Values};
use super::page::{Fault, FormPage, List, Listed, MayAdd, Picture, TextArea};
use super::repository::Repository;
use super::sent::{Sent, Typed};
use super::told::{CONFLICT, conflict, full_label, in_form, tell};
use super::words::{moment, sentences};
use crate::settings::Settings;

/// Where an editor works.
#[derive(Debug)]
pub struct Desk {
    pub(super) root: PathBuf,
    pub(super) folder: Folder,
    /// What was typed but not saved.
    pub unsaved: UnsavedForms,
    /// Whether the site is served with the pages that are not public.
    pub(super) drafts: bool,
    /// What one preview leaves for the next.
    memory: Mutex<Memory>,
}

/// What a form makes of a page's file.
struct Attempt {
    /// The new text of the file.
    text: String,
    preview: Preview,
    /// The page with the form, as it is shown if the text is not saved.
    page: FormPage,
}

impl Desk {
    /// Returns the desk for a site.
    pub fn new(settings: &Settings) -> Self {
        Self {
            root: settings.root.clone(),
            folder: Folder::new(&settings.root),
            unsaved: UnsavedForms::new(&settings.data),
            drafts: settings.drafts,
            memory: Mutex::default(),
        }
    }

    pub(super) fn files(&self) -> Result<Vec<PageFile>> {
        preview::pages(&self.root, When::At(Timestamp::now()), &mut self.memory())
    }

    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns all pages. `is_gone` says whether one was taken away just now.
    ///
    /// # Errors
    /// Fails if the sources cannot be read.
    pub fn list(&self, is_gone: bool) -> Result<List> {
        let standing = Repository::of(&self.root).and_then(|repository| repository.standing()).ok();
        let (changed, unsent) =
            standing.map(|standing| (standing.changed, standing.ahead)).unwrap_or_default();
        let listed = |file: PageFile| Listed {
            has_unsaved: self.unsaved.of(&file.path).is_some(),
            is_unrecorded: changed.iter().any(|one| one.path == file.path),
            state: state(&file),
            title: file.title.unwrap_or_else(|| file.path.clone()),
            url: file.url,
            path: file.path,
            placeholders: file.placeholders,
        };
        let pages = self.files()?.into_iter().map(listed).collect();
        Ok(List { pages, is_gone, gone: self.gone(), unrecorded: changed.len(), unsent })
    }

    /// Returns the path of the file of the page at an address, if there is one.
    ///
    /// # Errors
    /// Fails if the sources cannot be read.
    pub fn path_of(&self, url: &str) -> Result<Option<String>> {
        Ok(self.files()?.into_iter().find(|file| file.url == url).map(|file| file.path))
    }

    /// Opens a page: its fields or, if `is_whole` or if they cannot be told apart, the whole file.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read.
    pub fn open(&self, path: &str, is_whole: bool) -> Result<FormPage, FolderError> {
        let text = lines(&self.folder.open(path)?);
        Ok(self.form(path, &text, is_whole, None))
    }

    /// Keeps a form that is not saved. One that has nothing new, such as one that arrives after it was saved, is
    /// forgotten.
    ///
    /// # Errors
    /// Fails if there is no such page, or if the form cannot be written.
    pub fn keep(&self, path: &str, sent: Vec<(String, String)>) -> Result<(), FolderError> {
        // Only a page that is there has a form.
        let now = self.folder.open(path)?;
        let typed = Sent::new(sent.clone());
        if typed.waits {
            return Ok(());
        }
        if typed.is_in(&now) {
            return Ok(self.unsaved.forget(path)?);
        }
        Ok(self.unsaved.keep(path, &UnsavedForm { typed_at: Timestamp::now(), sent })?)
    }

    /// Returns what was typed but not saved, as the form in which it was typed.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read.
    pub fn restore(&self, path: &str, unsaved: UnsavedForm) -> Result<FormPage, FolderError> {
        Ok(FormPage { is_restored: true, ..self.as_typed(path, &Sent::new(unsaved.sent))? })
    }

    /// Returns the form with what was typed in it, which is not saved.
    pub(super) fn as_typed(&self, path: &str, sent: &Sent) -> Result<FormPage, FolderError> {
        let now = lines(&self.folder.open(path)?);
        let page = self.attempt(path, sent, &now).map_or_else(|page| *page, |attempt| attempt.page);
        Ok(page.not_saved(sent.waits))
    }

    /// Returns the form with one more session in it, or with an event.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read.
    pub fn add(&self, path: &str, sent: &Sent) -> Result<FormPage, FolderError> {
        let mut sent = sent.clone();
        let new = match &mut sent.typed {
            Typed::Values(values) => with_more(path, values),
            Typed::Whole(_) => String::new(),
        };
        let mut page = self.as_typed(path, &sent)?;
        // What is still to be filled in is no mistake yet.
        page.faults.retain(|fault| !fault.name.starts_with(&new));
        for field in page
            .groups
            .iter_mut()
            .filter(|group| group.table.starts_with(&new))
            .flat_map(|group| &mut group.fields)
        {
            field.faults.clear();
        }
        let session = page.groups.iter().rfind(|group| group.removal.is_some());
        page.focus = session.map(|group| full_name(&group.table, "start")).unwrap_or_default();
        Ok(page)
    }

    /// Returns the page as it is saved, or the form with what is wrong.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read.
    pub fn saved(&self, path: &str) -> Result<Result<String, Box<FormPage>>, FolderError> {
        let opened = lines(&self.folder.open(path)?);
        let typed = Typed::Whole(opened.clone());
        self.preview(path, &Sent { opened, typed, as_of: None, waits: false })
    }

    /// Returns the page as it becomes, or the form with what is wrong.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read.
    pub fn preview(&self, path: &str, sent: &Sent) -> Result<Result<String, Box<FormPage>>, FolderError> {
        let now = lines(&self.folder.open(path)?);
        Ok(match self.attempt(path, sent, &now) {
            Ok(Attempt { preview: Preview { html: Some(html), .. }, .. }) => Ok(html),
            Ok(Attempt { page, .. }) => Err(Box::new(page)),
            Err(page) => Err(page),
        })
    }

    /// Saves a page, or returns the form with what is wrong. Then nothing has changed.
    ///
    /// # Errors
    /// Fails if there is no such page, or if it cannot be read or written.
    pub fn save(&self, path: &str, sent: &Sent) -> Result<Result<(), Box<FormPage>>, FolderError> {
        // The date of the preview is no date for saving.
        let sent = &Sent { as_of: None, ..sent.clone() };
        let refused = |page: FormPage| Box::new(page.not_saved(sent.waits));
        self.folder.update(path, |now| {
            let mut attempt = self.attempt(path, sent, now).map_err(|page| refused(*page))?;
            if attempt.page.faults.is_empty() {
                attempt.page.faults = self.caused(path, &attempt.text);
            }
            match attempt.page.faults.is_empty() {
                true => Ok(attempt.text),
                false => Err(refused(attempt.page)),
            }
        })
    }

    /// Applies a form to the text of its file. Returns only the form if that cannot be done.
    fn attempt(&self, path: &str, sent: &Sent, now: &str) -> Result<Attempt, Box<FormPage>> {
        match &sent.typed {
            Typed::Whole(typed) => {
                let (text, theirs) = merged(&sent.opened, now, typed);
                let mut page = self.form(path, &lines(now), true, None);
                page.text.value = if theirs.is_some() { typed.clone() } else { lines(&text) };
                let preview = self.check(path, &text, sent, &mut page, |_| None);
                if theirs.is_some() {
                    conflict(&mut page, "bestand");
                    page.text.theirs = theirs;
                }
                Ok(Attempt { text, preview, page })
            }
            Typed::Values(typed) => {
                let opened = match Document::read(&sent.opened) {
                    Ok(opened) => opened,
                    Err(unfit) => {
                        let mut page = self.form(path, &lines(now), true, None);
                        page.unfit = Some(unfit.to_string());
                        return Err(Box::new(page));
                    }
                };
                let typed = &closes_follow(typed.clone(), &Values::of(&opened));
                let current = match Document::read(now) {
                    Ok(current) => current,
                    // What was typed stays as it is, until the file can be read again.
                    Err(unfit) => {
                        let change = change(&opened, &opened, typed);
                        let mut page = self.form(path, &sent.opened, false, Some(&change));
                        page.faults.push(Fault { name: String::new(), text: changed_meanwhile(unfit) });
                        return Err(Box::new(page));
                    }
                };
                let mut change = change(&opened, &current, typed);
                let kind = place::of(path).map_or(Kind::Page, |place| place.kind);
                if kind == Kind::Article && change.values.get("date").is_empty() {
                    change.faults.insert("date".to_owned(), MISSING);
                }
                let mut page = self.form(path, &lines(now), false, Some(&change));
                for group in &page.groups {
                    for field in &group.fields {
                        let texts = field
                            .faults
                            .iter()
                            .cloned()
                            .chain(field.theirs.iter().map(|_| CONFLICT.to_owned()));
                        let label = full_label(group, field);
                        page.faults.extend(texts.map(|text| Fault {
                            name: field.name.clone(),
                            text: format!("{label}: {text}"),
                        }));
                    }
                }
                if change.theirs.contains_key(BODY) {
                    conflict(&mut page, BODY);
                    page.text.theirs = change.theirs.get(BODY).cloned();
                }
                let new = Document::read(&change.text).ok();
                let name_of = |problem: &ProblemRecord<'_>| {
                    let new = new.as_ref()?;
                    let name = new.name_at(problem.offset?)?;
                    let line = new.line_in_body(problem.offset?).filter(|_| name == BODY);
                    Some((in_form(name, &change.sessions), line))
                };
                let preview = self.check(path, &change.text, sent, &mut page, name_of);
                Ok(Attempt { text: change.text, preview, page })
            }
        }
    }

    /// Has the generator check a text, and adds what is wrong to the page.
    fn check(
        &self,
        path: &str,
        text: &str,
        sent: &Sent,
        page: &mut FormPage,
        name_of: impl Fn(&ProblemRecord<'_>) -> Option<(String, Option<usize>)>,
    ) -> Preview {
        page.as_of = sent.as_of.map(|date| date.to_string()).unwrap_or_default();
        let when = match sent.as_of {
            Some(date) => When::AsOf(date.to_datetime(time(12, 0, 0, 0))),
            None => When::At(Timestamp::now()),
        };
        let preview = preview::preview(&self.root, when, &mut self.memory(), Source::new(path, text));
        let preview = preview.unwrap_or_else(|error| {
            page.faults.push(Fault { name: String::new(), text: format!("{error:#}") });
            Preview { html: None, problems: site_gen::source::problem::Problems::default() }
        });
        for problem in preview.problems.records() {
            let place = name_of(&problem);
            let mut words = sentences(problem.message, problem.help);
            if !page.is_whole && problem.path == path {
                words = in_words(&words, place.as_ref().map_or("", |(name, _)| name));
            }
            if problem.path != path {
                page.warnings.push(format!("{}: {words}", problem.path));
            } else if problem.severity == Severity::Warning {
                page.warnings.push(words);
            } else if problem.message.ends_with("ontbreekt") && !page.faults.is_empty() {
                // The form has said at the field what is missing.
            } else {
                tell(page, place, problem.line, words);
            }
        }
        preview
    }

    /// Returns the form for a text, with what a change did about it.
    fn form(&self, path: &str, text: &str, is_whole: bool, change: Option<&Change>) -> FormPage {
        let files = self.files().unwrap_or_default();
        let tags = files.iter().flat_map(|file| file.tags.iter().cloned());
        let mut tags: Vec<String> = tags.collect();
        tags.sort_unstable();
        tags.dedup();
        let file = files.into_iter().find(|file| file.path == path);
        let document = Document::read(text);
        let place = place::of(path).ok();
        let kind = place.as_ref().map_or(Kind::Page, |place| place.kind);
        let values = document.as_ref().ok().map(Values::of);
        let values = change.map(|change| change.values.clone()).or(values).filter(|_| !is_whole);
        let may_add = match &values {
            Some(values) if values.has_event() => MayAdd::Session,
            Some(_) if kind == Kind::Article => MayAdd::Event,
            _ => MayAdd::Nothing,
        };
        let value = values.as_ref().map_or_else(|| text.to_owned(), |values| values.get(BODY).to_owned());
        FormPage {
            path: path.to_owned(),
            url: place.map(|place| place.url).unwrap_or_default(),
            state: file.as_ref().map(state).unwrap_or_default(),
            title: file.and_then(|file| file.title).unwrap_or_else(|| path.to_owned()),
            opened: text.to_owned(),
            is_whole: values.is_none(),
            groups: values.map(|values| groups(kind, &values, change)).unwrap_or_default(),
            text: TextArea { value, ..TextArea::default() },
            unfit: document.err().map(|unfit| unfit.to_string()),
            faults: Vec::new(),
            warnings: Vec::new(),
            picture: Picture::default(),
            may_add,
            tags,
            is_saved: false,
            unsaved: self.unsaved.of(path).map(|form| moment(form.typed_at)),
            is_restored: false,
            is_changed: false,
            focus: String::new(),
            as_of: String::new(),
        }
    }
}

fn changed_meanwhile(unfit: Unfit) -> String {
    format!(
        "Iemand anders heeft het bestand intussen zo gewijzigd dat het formulier het niet kan lezen: {unfit}. \
         Wat je typte, staat hier nog. Bewaren kan zodra het bestand weer klopt."
    )
}

fn state(file: &PageFile) -> String {
    match (&file.title, &file.held_back) {
        (None, _) => "niet te lezen".to_owned(),
        (_, Some(reason)) => reason.clone(),
        _ => "openbaar".to_owned(),
    }
}
