//! What is in the way of new files, and what has to go.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow};

/// Removes a file, and every folder that becomes empty as a result.
pub(super) fn remove(folder: &Path, path: &str) -> Result<()> {
    match fs::remove_file(folder.join(path)) {
        // A parent that is a file was a folder once, so the file is gone.
        Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Err(error).with_context(|| format!("`{path}` is niet te verwijderen"));
        }
        _ => {}
    }
    let parents = Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    for parent in parents {
        // A folder that is not empty stays, and so do its parents.
        if fs::remove_dir(folder.join(parent)).is_err() {
            break;
        }
    }
    Ok(())
}

/// Returns the names that another list lacks. Both are sorted.
pub(super) fn missing<'a, 'b>(
    names: impl Iterator<Item = &'a str>,
    other: impl Iterator<Item = &'b str>,
) -> Vec<&'a str> {
    let mut other = other.peekable();
    let is_missing = |name: &&str| {
        while other.next_if(|known| *known < *name).is_some() {}
        other.peek().is_none_or(|known| *known != *name)
    };
    names.filter(is_missing).collect()
}

/// Returns whether a stale file or its folder is where one of the new files belongs. `new` is sorted.
pub(super) fn is_in_the_way(stale: &str, new: &[&str]) -> bool {
    let folder = format!("{stale}/");
    let next = new.partition_point(|path| *path < folder.as_str());
    let becomes_folder = new.get(next).is_some_and(|path| path.starts_with(&folder));
    let mut above = stale.match_indices('/').map(|(slash, _)| &stale[..slash]);
    becomes_folder || above.any(|folder| new.binary_search(&folder).is_ok())
}

/// Returns the first file below a folder that is not one of ours, if there is any.
pub(super) fn first_of_others(folder: &Path, is_ours: impl Fn(&Path) -> bool) -> Option<std::path::PathBuf> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| !entry.file_type().is_dir()).map(walkdir::DirEntry::into_path);
    files.into_iter().find(|file| !is_ours(file))
}

/// Returns the error of a build that could not write some of its files.
pub(super) fn half_written(folder: &Path, failures: &[(String, std::io::Error)]) -> anyhow::Error {
    let folder = folder.display();
    let mut message = format!(
        "niet alles in `{folder}` is geschreven: deze bestanden zijn nog die van de vorige keer, de rest is nieuw. \
         De volgende build maakt de site weer heel."
    );
    for (path, error) in failures {
        message.push_str(&format!("\n- `{path}`: {error}"));
    }
    anyhow!(message)
}

/// Returns the error for a file of somebody else where one of ours belongs.
pub(super) fn in_the_way(file: &Path) -> String {
    let file = file.display();
    format!(
        "`{file}` staat in de weg: site-gen heeft het niet geschreven. Verplaats het of kies een andere map"
    )
}
