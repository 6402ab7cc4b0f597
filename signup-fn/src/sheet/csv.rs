//! Rows as CSV.

use std::io::Write;

use anyhow::Result;
use csv::{Terminator, WriterBuilder};

use super::row::Row;

/// Writes UTF-8 with a byte-order mark and semicolons, so that a Dutch Excel opens the file correctly.
///
/// # Errors
/// Fails if `out` does.
pub fn write(mut out: impl Write, rows: Vec<Row>) -> Result<()> {
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = WriterBuilder::new().delimiter(b';').terminator(Terminator::CRLF).from_writer(out);
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
