//! Exports the participants to a file for a spreadsheet.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use signup_fn::people::timing::Timing;
use signup_fn::sheet::row::Row;
use signup_fn::sheet::{csv, xlsx};

use crate::access::Access;
use crate::people::rows;
use crate::say::say;
use crate::selection::Which;

/// The kind of file.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Kind {
    /// Als CSV, met puntkomma's.
    #[arg(long, value_name = "BESTAND")]
    csv: Option<PathBuf>,
    /// Als werkblad voor Excel en LibreOffice.
    #[arg(long, value_name = "BESTAND")]
    xlsx: Option<PathBuf>,
}

pub(crate) async fn export(access: &Access, which: &Which, kind: &Kind, timing: Timing) -> Result<()> {
    let rows = rows(access, which, timing).await?;
    let count = rows.len();
    let file = match (&kind.csv, &kind.xlsx) {
        (Some(file), _) => as_csv(file, rows).with_context(|| format!("`{}`", file.display()))?,
        (None, Some(file)) => as_workbook(file, rows).with_context(|| format!("`{}`", file.display()))?,
        (None, None) => bail!("geef `--csv` of `--xlsx` mee"),
    };
    say(&format!("{count} aanmeldingen in `{}`", file.display()));
    Ok(())
}

fn as_csv(file: &Path, rows: Vec<Row>) -> Result<&Path> {
    csv::write(File::create(file)?, rows)?;
    Ok(file)
}

fn as_workbook(file: &Path, rows: Vec<Row>) -> Result<&Path> {
    std::fs::write(file, xlsx::workbook(rows)?)?;
    Ok(file)
}
