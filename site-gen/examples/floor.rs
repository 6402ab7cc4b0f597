//! The lower bound for a build of a site: reads its sources, writes the files of its last build elsewhere, and does nothing
//! else. Prints the seconds that this took.
//!
//! usage: floor ROOT BUILT OUT
#![allow(clippy::print_stdout, reason = "this is the result")]

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use rayon::prelude::*;
use walkdir::WalkDir;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let mut next = || arguments.next().context("usage: floor ROOT BUILT OUT");
    let (root, built, out) = (next()?, next()?, next()?);
    let mut outputs = Vec::new();
    for file in files(&built)? {
        outputs.push((out.join(file.strip_prefix(&built)?), fs::read(&file)?));
    }
    let start = Instant::now();
    let sources = [files(&root.join("content"))?, files(&root.join("templates"))?].concat();
    sources.par_iter().try_for_each(|file| fs::read(file).map(drop))?;
    outputs.par_iter().try_for_each(|(file, bytes)| write(file, bytes))?;
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = WalkDir::new(folder).into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(entries
        .into_iter()
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.into_path())
        .collect())
}

/// Writes a file in a folder that is usually new.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let Some(folder) = file.parent() else { return fs::write(file, bytes) };
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => fs::create_dir_all(folder)?,
        _ => {}
    }
    fs::write(file, bytes)
}
