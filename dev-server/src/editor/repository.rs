//! The versions of the pages, as the `git` on this machine keeps them.
//!
//! Only files below `content/` are recorded. Nothing is ever recorded or sent that an editor did not choose, and a merge
//! that fails is undone.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// How long `git` may take, also to reach another machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The most versions of a page that are listed.
const MOST_VERSIONS: &str = "--max-count=50";

/// A folder whose versions `git` keeps.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    /// The path of the folder within the repository, such as `site/`; empty if it is the whole repository.
    prefix: String,
}

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// There is no repository, or no `git`.
    #[error("deze map heeft geen geschiedenis: git is er niet, of kent deze map niet")]
    None,
    /// It took too long.
    #[error("git was na een minuut nog niet klaar; is er verbinding met internet?")]
    TooLong,
    /// `git` refused, with its own words.
    #[error("git weigerde: {0}")]
    Refused(String),
}

/// A file that differs from its last version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// The path from the root: `content/contact.md`.
    pub path: String,
    /// What has happened to it: `nieuw`, `gewijzigd`, `weggehaald`.
    pub what: &'static str,
}

/// Where the repository stands.
#[derive(Debug)]
pub struct Standing {
    /// The files that differ from their last versions.
    pub changed: Vec<ChangedFile>,
    /// Where versions are sent to, such as `origin/main`; `None` if there is no such place.
    pub upstream: Option<String>,
    /// The number of versions that have not been sent.
    pub ahead: usize,
    /// Who records versions on this machine: a name and an address.
    pub who: Option<(String, String)>,
}

/// A version of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The commit.
    pub id: String,
    /// Who recorded it.
    pub who: String,
    /// When.
    pub at: Timestamp,
    /// What was said about it.
    pub message: String,
    /// The path of the page at that time, within the repository.
    pub path: String,
}

/// What came of fetching the versions of others.
#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// There was nothing new.
    Nothing,
    /// The versions of others are here.
    Merged,
    /// The same pages were changed here and there. Those of others are here; ours are handed over, by path, each with the
    /// text from which both began.
    Collided(BTreeMap<String, Collision>),
}

/// Two versions of one page.
#[derive(Debug, PartialEq, Eq)]
pub struct Collision {
    /// The text from which both began.
    pub before: String,
    /// The text that was recorded here.
    pub ours: String,
}

impl Repository {
    /// Opens the repository that a folder is in.
    ///
    /// # Errors
    /// Fails if there is none, or no `git`.
    pub fn of(root: &Path) -> Result<Self, GitError> {
        let repository = Self { root: root.to_owned(), prefix: String::new() };
        let prefix = repository.git(&["rev-parse", "--show-prefix"]).map_err(|_| GitError::None)?;
        Ok(Self { prefix: prefix.trim().to_owned(), ..repository })
    }

    /// Returns where the repository stands.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn standing(&self) -> Result<Standing, GitError> {
        let status =
            self.git(&["status", "--porcelain=v1", "-z", "--untracked-files=all", "--", "content"])?;
        let upstream = self.git(&["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]).ok();
        let upstream = upstream.map(|name| name.trim().to_owned());
        let has_remote = !self.git(&["remote"])?.trim().is_empty();
        let unsent = match &upstream {
            Some(_) => self.git(&["rev-list", "--count", "@{upstream}..HEAD"]),
            None => self.git(&["rev-list", "--count", "HEAD"]),
        };
        let ahead = unsent.ok().and_then(|count| count.trim().parse().ok()).unwrap_or_default();
        let config = |key| self.git(&["config", key]).ok().map(|value| value.trim().to_owned());
        Ok(Standing {
            changed: self.changed(&status),
            upstream: upstream.or_else(|| has_remote.then(|| "origin".to_owned())),
            ahead: if has_remote { ahead } else { 0 },
            who: config("user.name").zip(config("user.email")),
        })
    }

    fn changed(&self, status: &str) -> Vec<ChangedFile> {
        let mut entries = status.split('\0');
        let mut changed = Vec::new();
        while let Some(entry) = entries.next() {
            let Some((state, path)) = entry.split_at_checked(3) else { continue };
            let what = match state.trim() {
                "??" | "A" | "AM" => "nieuw",
                state if state.contains('D') => "weggehaald",
                _ => "gewijzigd",
            };
            let mut add = |path: &str, what| {
                let path = path.strip_prefix(&self.prefix).unwrap_or(path).to_owned();
                changed.push(ChangedFile { path, what });
            };
            add(path, what);
            // The path before a renaming follows it.
            if state.starts_with(['R', 'C']) {
                entries.next().into_iter().for_each(|before| add(before, "weggehaald"));
            }
        }
        changed
    }

    /// Records a version with exactly these files.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn record(&self, paths: &[String], message: &str, who: &(String, String)) -> Result<(), GitError> {
        let (name, email) = (format!("user.name={}", who.0), format!("user.email={}", who.1));
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        self.git(&[&["add", "--all", "--"], paths.as_slice()].concat())?;
        let commit = ["-c", &name, "-c", &email, "commit", "--quiet", "--message", message, "--"];
        self.git(&[&commit, paths.as_slice()].concat()).map(drop)
    }

    /// Remembers who records versions on this machine.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn remember(&self, who: &(String, String)) -> Result<(), GitError> {
        self.git(&["config", "user.name", &who.0])?;
        self.git(&["config", "user.email", &who.1]).map(drop)
    }

    /// Sends the recorded versions.
    ///
    /// # Errors
    /// Fails if `git` does, such as when others have sent versions that are not here.
    pub fn send(&self) -> Result<(), GitError> {
        let has_upstream = self.git(&["rev-parse", "@{upstream}"]).is_ok();
        match has_upstream {
            true => self.git(&["push", "--quiet"]),
            false => self.git(&["push", "--quiet", "--set-upstream", "origin", "HEAD"]),
        }
        .map(drop)
    }

    /// Fetches the versions of others, and merges them with those that were recorded here. What is not recorded stays.
    ///
    /// If both changed the same pages, the versions of others win, and ours are returned. If both changed something else in
    /// such a way, nothing changes.
    ///
    /// # Errors
    /// Fails if `git` does. Then everything is as it was.
    pub fn fetch(&self) -> Result<Fetched, GitError> {
        self.git(&["fetch", "--quiet"])?;
        if self.git(&["merge-base", "--is-ancestor", "@{upstream}", "HEAD"]).is_ok() {
            return Ok(Fetched::Nothing);
        }
        let Err(refused) = self.git(&["merge", "--quiet", "--no-edit", "@{upstream}"]) else {
            return Ok(Fetched::Merged);
        };
        let collided = self.collided().and_then(|collided| self.take_theirs(collided));
        collided.map_err(|_| {
            // Without a merge to undo, `git` refused to begin: something unrecorded was in its way.
            let _ = self.git(&["merge", "--abort"]);
            refused
        })
    }

    /// Returns both versions of the pages that were changed here and there.
    fn collided(&self) -> Result<BTreeMap<String, Collision>, GitError> {
        let paths = self.git(&["diff", "--name-only", "--diff-filter=U", "-z"])?;
        let paths = paths.split('\0').filter(|path| !path.is_empty());
        let mut collided = BTreeMap::new();
        for whole in paths {
            let path = whole.strip_prefix(&self.prefix).unwrap_or(whole);
            let is_page = path.starts_with("content/") && path.ends_with(".md");
            // A page that one side took away has only one version.
            let stage = |number| self.git(&["show", &format!(":{number}:{whole}")]);
            let (before, ours, _) = (stage(1)?, stage(2)?, stage(3)?);
            if !is_page {
                return Err(GitError::None);
            }
            collided.insert(path.to_owned(), Collision { before, ours });
        }
        if collided.is_empty() { Err(GitError::None) } else { Ok(collided) }
    }

    fn take_theirs(&self, collided: BTreeMap<String, Collision>) -> Result<Fetched, GitError> {
        let paths: Vec<&str> = collided.keys().map(String::as_str).collect();
        self.git(&[&["checkout", "--quiet", "--theirs", "--"], paths.as_slice()].concat())?;
        self.git(&[&["add", "--"], paths.as_slice()].concat())?;
        self.git(&["commit", "--quiet", "--no-edit"])?;
        Ok(Fetched::Collided(collided))
    }

    /// Returns the versions of a page, the newest first, also those under earlier names.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn versions(&self, path: &str) -> Result<Vec<Version>, GitError> {
        let format = "--format=%x1e%H%x1f%an%x1f%at%x1f%s%x1f";
        let log = self.git(&["log", "--follow", "--name-only", MOST_VERSIONS, format, "--", path])?;
        let version = |entry: &str| {
            let mut parts = entry.split('\u{1f}');
            let (id, who, at) = (parts.next()?, parts.next()?, parts.next()?);
            let (message, path) = (parts.next()?, parts.next()?);
            let at = Timestamp::from_second(at.parse().ok()?).ok()?;
            let path = path.trim().to_owned();
            Some(Version { id: id.to_owned(), who: who.to_owned(), at, message: message.to_owned(), path })
        };
        Ok(log.split('\u{1e}').filter_map(version).collect())
    }

    /// Returns the text of a version of a page.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn text(&self, version: &Version) -> Result<String, GitError> {
        self.git(&["show", &format!("{}:{}", version.id, version.path)])
    }

    /// Runs `git` in the folder and returns what it says.
    fn git(&self, arguments: &[&str]) -> Result<String, GitError> {
        let failed = |error: std::io::Error| GitError::Refused(error.to_string());
        // Files instead of pipes, which a program that says much could fill.
        let (mut said, mut complained) = (file().map_err(failed)?, file().map_err(failed)?);
        let mut running = Command::new("git")
            .args(["-c", "core.quotepath=false"])
            .args(arguments)
            .current_dir(&self.root)
            // Nobody is there to answer a question in a terminal, or to read another language.
            .envs([("GIT_TERMINAL_PROMPT", "0"), ("GIT_LITERAL_PATHSPECS", "1"), ("LC_ALL", "C")])
            .env("GIT_SSH_COMMAND", "ssh -o BatchMode=yes")
            .stdin(Stdio::null())
            .stdout(said.try_clone().map_err(failed)?)
            .stderr(complained.try_clone().map_err(failed)?)
            .spawn()
            .map_err(|_| GitError::None)?;
        let until = Instant::now() + PATIENCE;
        let status = loop {
            match running.try_wait().map_err(failed)? {
                Some(status) => break status,
                None if Instant::now() < until => sleep(Duration::from_millis(5)),
                None => {
                    running.kill().and_then(|()| running.wait()).map_err(failed)?;
                    return Err(GitError::TooLong);
                }
            }
        };
        match status.success() {
            true => text(&mut said).map_err(failed),
            false => Err(GitError::Refused(text(&mut complained).map_err(failed)?.trim().to_owned())),
        }
    }
}

fn file() -> std::io::Result<File> {
    tempfile::tempfile()
}

fn text(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
