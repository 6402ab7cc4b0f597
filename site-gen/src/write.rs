//! Files to disk. The only stage that writes.
//!
//! A file that is there already with the same bytes stays untouched, each other
//! is replaced in one step, and what an earlier build wrote but this one does
//! not is removed. `.site-gen` in the output folder lists what site-gen wrote;
//! nothing else is ever replaced or removed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path};

use anyhow::{Context, Result, bail};

use crate::render::Output;

/// What a build did to the output folder, in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// New or changed.
    pub written: usize,
    /// There already with the same bytes.
    pub unchanged: usize,
    /// No longer made of any source.
    pub removed: usize,
}

const LIST: &str = ".site-gen";
const PARTIAL: &str = ".site-gen.partial";

/// Writes every output below a folder.
///
/// # Errors
/// When a file that site-gen did not write is in the way (nothing is written
/// then), or when the disk refuses.
pub fn write(outputs: &[Output], folder: &Path) -> Result<Written> {
    fs::create_dir_all(folder).with_context(|| format!("`{}` is niet te maken", folder.display()))?;
    let before = read_list(folder)?;
    let mut changed = Vec::new();
    for output in outputs {
        match fs::read(folder.join(&output.path)) {
            Ok(bytes) if bytes == output.bytes => {}
            Ok(_) if !before.contains(&output.path) => {
                bail!(
                    "`{}` staat in de weg: site-gen heeft het niet geschreven. Verplaats het of kies een andere map",
                    folder.join(&output.path).display()
                );
            }
            Ok(_) => changed.push(output),
            // A folder in a file's place, or a file in a folder's, is ours and stale, or the disk will refuse.
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory
                ) =>
            {
                changed.push(output);
            }
            Err(error) => return Err(error).with_context(|| format!("`{}` is niet te lezen", output.path)),
        }
    }
    let after: BTreeSet<String> = outputs.iter().map(|output| output.path.clone()).collect();
    let stale: Vec<&String> = before.difference(&after).collect();
    if before != after {
        // Before anything is written, so that a build that is cut off knows what it wrote.
        write_list(folder, before.union(&after))?;
    }
    for path in &stale {
        remove(folder, path)?;
    }
    for output in &changed {
        replace(folder, &output.path, &output.bytes)?;
    }
    if !stale.is_empty() {
        write_list(folder, after.iter())?;
    }
    Ok(Written { written: changed.len(), unchanged: outputs.len() - changed.len(), removed: stale.len() })
}

fn read_list(folder: &Path) -> Result<BTreeSet<String>> {
    match fs::read_to_string(folder.join(LIST)) {
        Ok(list) => Ok(list.lines().filter(|line| is_below(line)).map(str::to_owned).collect()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error).with_context(|| format!("`{LIST}` is niet te lezen")),
    }
}

/// Whether a path stays within the folder, whatever somebody has done to the list.
fn is_below(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

fn write_list<'a>(folder: &Path, paths: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut list = String::new();
    for path in paths {
        list.push_str(path);
        list.push('\n');
    }
    replace(folder, LIST, list.as_bytes())
}

/// Puts a whole file in place in one step.
fn replace(folder: &Path, path: &str, bytes: &[u8]) -> Result<()> {
    let (target, partial) = (folder.join(path), folder.join(PARTIAL));
    let put = || {
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&partial, bytes)?;
        fs::rename(&partial, &target)
    };
    put().with_context(|| format!("`{}` is niet te schrijven", target.display()))
}

/// Removes a file, and the folders that it leaves empty.
fn remove(folder: &Path, path: &str) -> Result<()> {
    match fs::remove_file(folder.join(path)) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("`{path}` is niet te verwijderen"));
        }
        _ => {}
    }
    let parents = Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    for parent in parents {
        // A folder with anything else in it stays, and so do those above it.
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(path: &str, text: &str) -> Output {
        Output { path: path.into(), bytes: text.into() }
    }

    fn written(written: usize, unchanged: usize, removed: usize) -> Written {
        Written { written, unchanged, removed }
    }

    #[test]
    fn only_what_differs_is_written_and_only_what_is_ours_removed() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[Output]| write(outputs, folder.path()).unwrap();
        assert_eq!(write(&[output("site/a/index.html", "1"), output("site/b.html", "2")]), written(2, 0, 0));
        assert_eq!(write(&[output("site/a/index.html", "1"), output("site/b.html", "2")]), written(0, 2, 0));
        fs::write(folder.path().join("site/theirs.txt"), "x").unwrap();
        assert_eq!(write(&[output("site/b.html", "3")]), written(1, 0, 1));
        assert!(!folder.path().join("site/a").exists(), "the emptied folder is gone");
        assert!(folder.path().join("site/theirs.txt").exists());
        assert_eq!(write(&[]), written(0, 0, 1));
        assert!(folder.path().join("site/theirs.txt").exists());
    }

    #[test]
    fn a_file_of_somebody_else_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("theirs.html"), "x").unwrap();
        let error = write(&[output("a.html", "1"), output("theirs.html", "2")], folder.path()).unwrap_err();
        assert!(error.to_string().contains("staat in de weg"), "{error}");
        assert!(!folder.path().join("a.html").exists(), "nothing is written");
    }

    #[test]
    fn a_page_may_become_a_folder_and_a_folder_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let write = |outputs: &[Output]| write(outputs, folder.path()).unwrap();
        write(&[output("a", "1"), output("b/c", "2")]);
        assert_eq!(write(&[output("a/d", "1"), output("b", "2")]), written(2, 0, 2));
    }

    #[test]
    fn a_list_that_points_outside_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(folder.path().join("precious"), "x").unwrap();
        fs::write(out.join(LIST), "../precious\n/etc/hostname\n").unwrap();
        write(&[], &out).unwrap();
        assert!(folder.path().join("precious").exists());
    }
}
