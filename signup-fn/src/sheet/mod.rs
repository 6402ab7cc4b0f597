//! The list of participants as a file for a spreadsheet.
//!
//! Belongs here: rows, CSV and XLSX, for the organisers' area and for the command. Does not belong here: who may
//! have the list, and where it is saved.

pub mod csv;
pub mod row;
pub mod xlsx;
