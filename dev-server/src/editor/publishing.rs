//! What an editor records, sends and fetches, and the versions of a page.

use jiff::Timestamp;
use serde::Serialize;
use site_gen::references::linked;
use site_gen::source::place;

use super::desk::Desk;
use super::files::folder::FolderError;
use super::files::unsaved::UnsavedForm;
use super::form::lines::lines;
use super::moving::with_alias;
use super::page::FormPage;
use super::repository::{Collision, Fetched, GitError, NEW, Repository, Version};
use super::sent::{Sent, Typed, pairs};
use super::words::moment;

/// The page on which versions are recorded, sent and fetched.
#[derive(Debug, Serialize)]
pub struct Publishing {
    /// The files that differ from their last versions, each with its title and what has happened to it.
    pub changed: Vec<Unrecorded>,
    /// Whether there is a place to which versions are sent.
    pub may_send: bool,
    /// Whether there is a place from which they are fetched.
    pub may_fetch: bool,
    /// The number of versions that have not been sent.
    pub unsent: usize,
    /// The name of who records versions; empty if it is not known.
    pub name: String,
    /// The name and the address that were typed, if it is not known.
    pub who: (String, String),
    /// What was typed about the version.
    pub message: String,
    /// What was done just now, in a sentence.
    pub done: Option<&'static str>,
    /// What went wrong, in a sentence.
    pub fault: Option<String>,
    /// The words of `git` about it.
    pub details: Option<String>,
}

/// A file that differs from its last version.
#[derive(Debug, Serialize)]
pub struct Unrecorded {
    /// The path from the root.
    pub path: String,
    /// The title of the page, or the path.
    pub title: String,
    /// What has happened to it.
    pub what: &'static str,
    /// Whether it is chosen.
    pub is_chosen: bool,
}

/// The versions of a page.
#[derive(Debug, Serialize)]
pub struct Versions {
    /// The path of the page's file.
    pub path: String,
    /// The title, or the path.
    pub title: String,
    /// The versions, the newest first.
    pub versions: Vec<Recorded>,
}

/// A version of a page.
#[derive(Debug, Serialize)]
pub struct Recorded {
    /// The commit.
    pub id: String,
    /// When it was recorded, in words.
    pub at: String,
    /// Who recorded it.
    pub who: String,
    /// What was said about it.
    pub message: String,
}

/// Why publishing did not go on.
#[derive(Debug, thiserror::Error)]
pub enum PublishingError {
    /// Nothing was chosen.
    #[error("Kies wat je wilt vastleggen.")]
    NothingChosen,
    /// No sentence was typed.
    #[error("Schrijf in een zin wat je hebt gewijzigd.")]
    NoMessage,
    /// Nobody is named.
    #[error("Vul je naam en je e-mailadres in; ze staan bij elke versie.")]
    Nobody,
    /// Others have sent versions that are not here.
    #[error("Iemand anders heeft intussen iets ingestuurd. Haal dat eerst op, en stuur daarna in.")]
    Behind,
    /// What is fetched would overwrite what is not recorded.
    #[error(
        "Wat is ingestuurd, raakt een pagina die jij hebt gewijzigd. Leg je wijziging eerst vast, en haal daarna op."
    )]
    Unrecorded,
    /// Somebody is in the middle of a merge.
    #[error("Er wordt in deze map al iets samengevoegd. Maak dat eerst af, of vraag de beheerder.")]
    Merging,
    /// Both sides have made, renamed or removed the same file.
    #[error(
        "Jullie hebben allebei iets gemaakt, hernoemd of weggehaald op dezelfde plek. Vraag de beheerder om dat samen te voegen. Wat je hebt vastgelegd, staat er nog."
    )]
    Tangled(#[source] GitError),
    /// Something was typed that a version would replace.
    #[error(
        "Op deze pagina is iets getypt dat niet is bewaard. Open de pagina en bewaar het of gooi het weg; zet daarna de versie terug."
    )]
    Waiting,
    /// There is no such version.
    #[error("Deze versie is er niet.")]
    NoVersion,
    /// There is no repository.
    #[error(
        "Deze map heeft geen geschiedenis: git staat niet op deze computer, of deze map hoort er niet bij. Wat je bewaart, staat gewoon in de bestanden."
    )]
    NoGit,
    /// `git` refused.
    #[error("Git weigerde. Wat je hebt bewaard en vastgelegd, staat er nog.")]
    Git(#[source] GitError),
    /// A file cannot be read or written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

impl From<GitError> for PublishingError {
    fn from(error: GitError) -> Self {
        match &error {
            GitError::None => Self::NoGit,
            GitError::Merging => Self::Merging,
            GitError::Tangled(_) => Self::Tangled(error),
            GitError::Refused(words)
                if ["[rejected]", "fetch first"].iter().any(|one| words.contains(one)) =>
            {
                Self::Behind
            }
            GitError::Refused(words)
                if words.contains("would be overwritten") && words.contains("content/") =>
            {
                Self::Unrecorded
            }
            _ => Self::Git(error),
        }
    }
}

impl Publishing {
    /// Adds what went wrong.
    #[must_use]
    pub fn with_fault(self, error: &PublishingError) -> Self {
        let details = match error {
            PublishingError::Git(error) | PublishingError::Tangled(error) => Some(error.to_string()),
            _ => None,
        };
        Self { fault: Some(error.to_string()), details, ..self }
    }

    /// Adds what was chosen and typed.
    #[must_use]
    pub fn with_typed(mut self, paths: &[String], message: &str, who: (String, String)) -> Self {
        for file in &mut self.changed {
            file.is_chosen = paths.contains(&file.path);
        }
        Self { message: message.to_owned(), who, ..self }
    }
}

/// Returns whether a file is there only for pages that show it or have a link to it, such as a photograph.
fn may_be_unused(path: &str) -> bool {
    !(path.ends_with(".md") || path.ends_with(".toml") || path.contains("/."))
}

/// Returns the address of a file that is not a page.
fn address(path: &str) -> String {
    path.strip_prefix("content").unwrap_or(path).to_owned()
}

impl Desk {
    /// Returns what can be recorded, sent and fetched. `done` names what was done just now.
    ///
    /// # Errors
    /// Fails if there is no repository, or if `git` fails.
    pub fn publishing(&self, done: Option<&str>) -> Result<Publishing, PublishingError> {
        let standing = Repository::of(&self.root)?.standing()?;
        let files = self.files().unwrap_or_default();
        let has_loose = standing.changed.iter().any(|file| file.what == NEW && may_be_unused(&file.path));
        // Without a list of what pages show, nothing counts as unused.
        let linked = has_loose.then(|| linked(&self.root, &mut self.memory()).ok()).flatten();
        let unrecorded = |path: String, what| {
            let file = files.iter().find(|file| file.path == path);
            let title = file.and_then(|file| file.title.clone());
            let is_shown = linked.as_ref().is_none_or(|linked| linked.contains(&address(&path)));
            let is_unused = what == NEW && may_be_unused(&path) && !is_shown;
            let what = if is_unused { "nieuw; staat op geen pagina" } else { what };
            Unrecorded { title: title.unwrap_or_else(|| path.clone()), is_chosen: !is_unused, path, what }
        };
        let changed = standing.changed.into_iter().map(|file| unrecorded(file.path, file.what));
        Ok(Publishing {
            changed: changed.collect(),
            may_send: standing.may_send,
            may_fetch: standing.may_fetch,
            unsent: standing.ahead,
            name: standing.who.map(|(name, _)| name).unwrap_or_default(),
            who: Default::default(),
            message: String::new(),
            done: done.and_then(sentence),
            fault: None,
            details: None,
        })
    }

    /// Records a version with exactly these files. `who` is used if this machine does not know who works on it.
    ///
    /// # Errors
    /// Fails if nothing is chosen, nothing is said about it or nobody is named, or if `git` fails.
    pub fn record(
        &self,
        paths: &[String],
        message: &str,
        who: (String, String),
    ) -> Result<(), PublishingError> {
        let repository = Repository::of(&self.root)?;
        let standing = repository.standing()?;
        let is_changed = |path: &&String| standing.changed.iter().any(|file| file.path == **path);
        let paths: Vec<String> = paths.iter().filter(is_changed).cloned().collect();
        if paths.is_empty() {
            return Err(PublishingError::NothingChosen);
        }
        let message = message.trim();
        if message.is_empty() {
            return Err(PublishingError::NoMessage);
        }
        let who = match standing.who {
            Some(who) => who,
            None if who.0.trim().is_empty() || !who.1.contains('@') => return Err(PublishingError::Nobody),
            None => {
                let who = (who.0.trim().to_owned(), who.1.trim().to_owned());
                repository.remember(&who)?;
                who
            }
        };
        Ok(repository.record(&paths, message, &who)?)
    }

    /// Sends what is recorded.
    ///
    /// # Errors
    /// Fails if others have sent versions that are not here, or if `git` fails.
    pub fn send(&self) -> Result<(), PublishingError> {
        Ok(Repository::of(&self.root)?.send()?)
    }

    /// Fetches what others have sent. Returns the name of what was done.
    ///
    /// Where others have changed lines next to ours, the form merges the fields, and the result is recorded. Where they
    /// have changed the same field, theirs is in the file, and what was recorded here waits as a form that is not saved,
    /// which shows both.
    ///
    /// # Errors
    /// Fails if something that is not recorded is in the way, or if `git` fails. Then nothing has changed.
    pub fn fetch(&self) -> Result<&'static str, PublishingError> {
        let repository = Repository::of(&self.root)?;
        let collided = match repository.fetch()? {
            Fetched::Nothing => return Ok("niets"),
            Fetched::Merged => return Ok("opgehaald"),
            Fetched::Collided(collided) => collided,
        };
        let count = collided.len();
        let mut merged = Vec::new();
        for (path, Collision { before, ours }) in collided {
            let sent = pairs(&lines(&before), &lines(&ours));
            // What is being typed is not replaced; what was recorded is in the history.
            let is_free = self.unsaved.of(&path).is_none();
            if is_free {
                let form = UnsavedForm { typed_at: Timestamp::now(), sent: sent.clone() };
                self.unsaved.keep(&path, &form).map_err(FolderError::from)?;
            }
            // Whatever keeps one page from being saved, the others go on.
            if matches!(self.save(&path, &Sent::new(sent)), Ok(Ok(()))) {
                if is_free {
                    self.unsaved.forget(&path).map_err(FolderError::from)?;
                }
                merged.push(path);
            }
        }
        let done = if merged.len() == count { "opgehaald" } else { "botsing" };
        let standing = repository.standing()?;
        merged.retain(|path| standing.changed.iter().any(|file| file.path == *path));
        if let (false, Some(who)) = (merged.is_empty(), standing.who) {
            repository.record(&merged, "Samengevoegd met wat anderen instuurden", &who)?;
        }
        Ok(done)
    }

    /// Returns the versions of a page.
    ///
    /// # Errors
    /// Fails if there is no such page or no repository, or if `git` fails.
    pub fn versions(&self, path: &str) -> Result<Versions, PublishingError> {
        self.folder.open(path)?;
        let recorded = |version: Version| Recorded {
            at: moment(version.at),
            id: version.id,
            who: version.who,
            message: version.message,
        };
        let versions = Repository::of(&self.root)?.versions(path)?;
        let files = self.files().unwrap_or_default();
        let title = files.into_iter().find(|file| file.path == path).and_then(|file| file.title);
        Ok(Versions {
            title: title.unwrap_or_else(|| path.to_owned()),
            path: path.to_owned(),
            versions: versions.into_iter().map(recorded).collect(),
        })
    }

    /// Returns a page as it was in a version, or the form with what is wrong.
    ///
    /// # Errors
    /// Fails if there is no such page or version, or if `git` fails.
    pub fn look_back(&self, path: &str, id: &str) -> Result<Result<String, Box<FormPage>>, PublishingError> {
        let sent = self.version(path, id)?;
        Ok(self.preview(path, &sent)?)
    }

    /// Saves a page as it was in a version, or returns the form with what is wrong. What was saved but not recorded is kept
    /// as a form that is not saved.
    ///
    /// # Errors
    /// Fails if there is no such page or version, if something waits that was typed and not saved, or if `git` fails.
    pub fn put_back(&self, path: &str, id: &str) -> Result<Result<(), Box<FormPage>>, PublishingError> {
        if self.unsaved.of(path).is_some() {
            return Err(PublishingError::Waiting);
        }
        let sent = self.version(path, id)?;
        let changed = Repository::of(&self.root)?.standing()?.changed;
        if let (true, Typed::Whole(then)) = (changed.iter().any(|file| file.path == path), &sent.typed) {
            let form = UnsavedForm { typed_at: Timestamp::now(), sent: pairs(then, &sent.opened) };
            self.unsaved.keep(path, &form).map_err(FolderError::from)?;
        }
        Ok(self.save(path, &sent)?)
    }

    /// Returns a version of a page, as if somebody had typed it now.
    fn version(&self, path: &str, id: &str) -> Result<Sent, PublishingError> {
        let repository = Repository::of(&self.root)?;
        let opened = lines(&self.folder.open(path)?);
        let version = repository.versions(path)?.into_iter().find(|version| version.id == id);
        let version = version.ok_or(PublishingError::NoVersion)?;
        let text = lines(repository.text(&version)?.trim_start_matches('\u{feff}'));
        // The address of that time still leads to the page.
        let url_of = |path: &str| place::of(path).map(|place| place.url).unwrap_or_default();
        let (then, now) = (url_of(repository.in_folder(&version.path)), url_of(path));
        let text = if then == now { text } else { with_alias(&text, &then, &now)? };
        Ok(Sent { opened, typed: Typed::Whole(text), as_of: None, waits: false })
    }
}

/// Returns what was done, in a sentence.
fn sentence(done: &str) -> Option<&'static str> {
    Some(match done {
        "vastgelegd" => "Vastgelegd. Nog niet ingestuurd.",
        "ingestuurd" => "Ingestuurd.",
        "opgehaald" => "Opgehaald: wat anderen instuurden, staat nu op deze computer.",
        "niets" => "Er was niets nieuws.",
        "botsing" => {
            "Opgehaald. Op een pagina heeft iemand anders hetzelfde gewijzigd als jij: die van de ander staat er nu, \
             die van jou staat in de lijst van pagina’s als nog niet bewaard. Open de pagina en kies. Stond daar al iets, dan \
             staat die van jou in de geschiedenis."
        }
        _ => return None,
    })
}
