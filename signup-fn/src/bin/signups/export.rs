//! Exports the participants to a file for a spreadsheet.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use rust_xlsxwriter::{Format, Workbook};
use signup_fn::people::timing::Timing;

use crate::access::Access;
use crate::people::{Row, rows};
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
        (Some(file), _) => csv(file, rows).map(|()| file).with_context(|| format!("`{}`", file.display()))?,
        (None, Some(file)) => {
            xlsx(file, rows).map(|()| file).with_context(|| format!("`{}`", file.display()))?
        }
        (None, None) => bail!("geef `--csv` of `--xlsx` mee"),
    };
    say(&format!("{count} aanmeldingen in `{}`", file.display()));
    Ok(())
}

/// Writes UTF-8 with a byte-order mark and semicolons, so that a Dutch Excel opens the file correctly.
fn csv(file: &Path, rows: Vec<Row>) -> Result<()> {
    let mut file = File::create(file)?;
    file.write_all("\u{feff}".as_bytes())?;
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').terminator(csv::Terminator::CRLF).from_writer(file);
    writer.write_record(Row::HEADINGS)?;
    for row in rows {
        writer.write_record(row.cells().map(|cell| inert(&cell)))?;
    }
    Ok(writer.flush()?)
}

/// Escapes a cell that a spreadsheet would take for a formula, with an apostrophe (OWASP, CSV Injection).
/// Removes nothing.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// Writes a workbook. All its cells have the type text, so none is taken for a formula.
fn xlsx(file: &Path, rows: Vec<Row>) -> Result<()> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("Deelnemers")?;
    let bold = Format::new().set_bold();
    for (column, heading) in (0..).zip(Row::HEADINGS) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row.cells()) {
            sheet.write_string(line, column, cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    Ok(workbook.save(file)?)
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn a_formula_is_escaped_and_nothing_is_removed() {
        for cell in ["=1+1", "+31 6", "-1", "@x", "\tx", "\rx", "\0x"] {
            assert_eq!(inert(cell), format!("'{cell}"));
        }
        for cell in ["", "Jan", "a=b", " =1"] {
            assert_eq!(inert(cell), cell);
        }
    }
}
