//! Rows as a workbook for Excel and LibreOffice.

use anyhow::Result;
use rust_xlsxwriter::{Format, Workbook};

use super::row::Row;

/// Returns a workbook. All its cells have the type text, so none is taken for a formula.
///
/// # Errors
/// Fails if there are more rows than a sheet can have.
pub fn workbook(rows: Vec<Row>) -> Result<Vec<u8>> {
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
    Ok(workbook.save_to_buffer()?)
}
