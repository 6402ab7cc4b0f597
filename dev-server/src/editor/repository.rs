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

/// How long `git` may take: sending a photograph over a slow line, or logging in, takes minutes.
const PATIENCE: Duration = Duration::from_secs(600);
/// What has happened to a file that no version has.
pub const NEW: &str = "nieuw";
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
    #[error("git was na tien minuten nog niet klaar; is er verbinding met internet?")]
    TooLong,
    /// Somebody is in the middle of a merge.
    #[error("er wordt al iets samengevoegd")]
    Merging,
    /// Both sides have made, renamed or removed the same file.
    #[error("beide kanten hebben hetzelfde bestand gemaakt, hernoemd of weggehaald: {0}")]
    Tangled(String),
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
    /// Whether there is a place to which versions are sent.
    pub may_send: bool,
    /// Whether there is a place from which they are fetched.
    pub may_fetch: bool,
    /// The number of versions that have not been sent; 0 if there is no place for them.
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
        // Without a branch, what is recorded would be on none.
        let has_branch = self.is_true(&["symbolic-ref", "--quiet", "HEAD"]);
        let may_fetch = has_branch && self.is_true(&["rev-parse", "--verify", "--quiet", "@{upstream}"]);
        let may_send = has_branch && !self.git(&["remote"])?.trim().is_empty();
        let unsent = match may_fetch {
            true => self.git(&["rev-list", "--count", "@{upstream}..HEAD"]),
            false => self.git(&["rev-list", "--count", "HEAD"]),
        };
        let ahead =
            unsent.ok().filter(|_| may_send).and_then(|count| count.trim().parse().ok()).unwrap_or_default();
        let config = |key| self.git(&["config", key]).ok().map(|value| value.trim().to_owned());
        Ok(Standing {
            changed: self.changed(&status),
            may_send,
            may_fetch,
            ahead,
            who: config("user.name").zip(config("user.email")),
        })
    }

    fn changed(&self, status: &str) -> Vec<ChangedFile> {
        let mut entries = status.split('\0');
        let mut changed = Vec::new();
        while let Some(entry) = entries.next() {
            let Some((state, path)) = entry.split_at_checked(3) else { continue };
            let what = match state.trim() {
                "??" | "A" | "AM" => NEW,
                state if state.contains('D') => "weggehaald",
                _ => "gewijzigd",
            };
            let mut add = |path: &str, what| {
                changed.push(ChangedFile { path: self.in_folder(path).to_owned(), what });
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
        let recorded = self.git(&[&commit, paths.as_slice()].concat());
        if recorded.is_err() {
            // Otherwise what could not be recorded would be in the way of what is fetched.
            self.git(&[&["reset", "--quiet", "--"], paths.as_slice()].concat())?;
        }
        recorded.map(drop)
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
    /// Fails if somebody is in the middle of a merge, if both sides did something else to the same file than change it, or
    /// if `git` fails. Then the files are as they were.
    pub fn fetch(&self) -> Result<Fetched, GitError> {
        // A merge of somebody else must not be taken for ours.
        if self.is_merging() || !self.unmerged()?.is_empty() {
            return Err(GitError::Merging);
        }
        self.git(&["fetch", "--quiet"])?;
        if self.is_true(&["merge-base", "--is-ancestor", "@{upstream}", "HEAD"]) {
            return Ok(Fetched::Nothing);
        }
        let Err(refused) = self.git(&["merge", "--quiet", "--no-edit", "@{upstream}"]) else {
            return Ok(Fetched::Merged);
        };
        if !self.is_merging() {
            // Something that is not recorded is in the way.
            return Err(refused);
        }
        let unmerged = self.unmerged()?;
        let collided = self.collided(&unmerged).and_then(|collided| self.take_theirs(collided));
        if collided.is_err() {
            self.git(&["merge", "--abort"])?;
        }
        collided.map_err(|_| GitError::Tangled(unmerged.join(", ")))
    }

    fn is_merging(&self) -> bool {
        self.is_true(&["rev-parse", "--verify", "--quiet", "MERGE_HEAD"])
    }

    /// Returns the paths, within the repository, of the files that a merge leaves to somebody.
    fn unmerged(&self) -> Result<Vec<String>, GitError> {
        let paths = self.git(&["diff", "--name-only", "--diff-filter=U", "-z"])?;
        Ok(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
    }

    /// Returns both versions of the pages that were changed here and there.
    fn collided(&self, unmerged: &[String]) -> Result<BTreeMap<String, Collision>, GitError> {
        let mut collided = BTreeMap::new();
        for whole in unmerged {
            let path = self.in_folder(whole);
            let is_page = path.starts_with("content/") && path.ends_with(".md");
            // A page that one side took away has only one version.
            let stage = |number| self.git(&["show", &format!(":{number}:{whole}")]);
            let (before, ours, _) = (stage(1)?, stage(2)?, stage(3)?);
            if !is_page {
                return Err(GitError::None);
            }
            collided.insert(path.to_owned(), Collision { before, ours });
        }
        Ok(collided)
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
        if !self.is_true(&["rev-parse", "--verify", "--quiet", "HEAD"]) {
            return Ok(Vec::new());
        }
        let format = "--format=%x1e%H%x1f%an%x1f%at%x1f%s%x1f";
        let log = self.git(&["log", "--follow", "--name-status", MOST_VERSIONS, format, "--", path])?;
        let mut versions = Vec::new();
        for entry in log.split('\u{1e}') {
            let Some((version, status)) = version(entry) else { continue };
            versions.push(version);
            // A page that began as a copy of another one shares no history with it.
            if status.starts_with('C') {
                break;
            }
        }
        Ok(versions)
    }

    /// Returns a path within the repository as one from the folder.
    pub fn in_folder<'a>(&self, whole: &'a str) -> &'a str {
        whole.strip_prefix(&self.prefix).unwrap_or(whole)
    }

    /// Returns the text of a version of a page.
    ///
    /// # Errors
    /// Fails if `git` does.
    pub fn text(&self, version: &Version) -> Result<String, GitError> {
        self.git(&["show", &format!("{}:{}", version.id, version.path)])
    }

    fn is_true(&self, arguments: &[&str]) -> bool {
        self.git(arguments).is_ok()
    }

    /// Runs `git` in the folder and returns what it says.
    fn git(&self, arguments: &[&str]) -> Result<String, GitError> {
        let failed = |error: std::io::Error| GitError::Refused(error.to_string());
        // Files instead of pipes, which a program that says much could fill.
        let (mut said, mut complained) =
            (tempfile::tempfile().map_err(failed)?, tempfile::tempfile().map_err(failed)?);
        let mut running = Command::new("git")
            .args(["-c", "core.quotepath=false"])
            .args(arguments)
            .current_dir(&self.root)
            // Nobody is there to answer a question in a terminal, or to read another language.
            .envs([("GIT_TERMINAL_PROMPT", "0"), ("SSH_ASKPASS_REQUIRE", "force")])
            .envs([("GIT_LITERAL_PATHSPECS", "1"), ("LC_ALL", "C")])
            // Looking must not hinder somebody who records something elsewhere.
            .env("GIT_OPTIONAL_LOCKS", "0")
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

/// Reads an entry of the log: a version, and what happened to the page in it.
fn version(entry: &str) -> Option<(Version, &str)> {
    let mut parts = entry.split('\u{1f}');
    let (id, who, at) = (parts.next()?, parts.next()?, parts.next()?);
    let (message, change) = (parts.next()?, parts.next()?.trim());
    let mut columns = change.split('\t');
    // The path before a renaming precedes the one after it.
    let (status, path) = (columns.next()?, columns.next_back()?);
    let at = Timestamp::from_second(at.parse().ok()?).ok()?;
    let [id, who, message, path] = [id, who, message, path].map(str::to_owned);
    Some((Version { id, who, at, message, path }, status))
}

fn text(file: &mut File) -> std::io::Result<String> {
    file.rewind()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
