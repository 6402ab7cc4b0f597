//! The command `site-gen`.

use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::DateTime;
use site_gen::publication::{HeldBack, Wanted, When};
use site_gen::write::Written;
use site_gen::{BuildError, Built};

/// Bouwt de site uit Markdown.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bouw de site. Bij een probleem wordt niets geschreven.
    Build {
        /// De map met `content/` en `templates/`.
        #[arg(default_value = ".")]
        root: PathBuf,
        /// De map waarin de site komt te staan.
        #[arg(long)]
        out: PathBuf,
        /// Bouw de site zoals die dan is, bijvoorbeeld 2028-11-01T09:00.
        #[arg(long, value_name = "DAG")]
        as_of: Option<DateTime>,
        /// Bouw ook wat nog niet of niet meer openbaar is, met een label.
        #[arg(long)]
        drafts: bool,
    },
}

fn main() -> ExitCode {
    let Arguments { command: Command::Build { root, out, as_of, drafts } } = Arguments::parse();
    let start = Instant::now();
    let when = as_of.map_or_else(|| When::At(Timestamp::now()), When::AsOf);
    match site_gen::build(&root, &out, Wanted { when, with_unpublished: drafts }) {
        Ok(Built { written: Written { written, unchanged, removed }, held_back }) => {
            for HeldBack { path, reason } in held_back {
                say(&format!("{path}: {reason}\n"));
            }
            let (out, took) = (out.display(), start.elapsed().as_millis());
            say(&format!(
                "{out}: {written} geschreven, {unchanged} ongewijzigd, {removed} verwijderd in {took} ms\n"
            ));
            ExitCode::SUCCESS
        }
        Err(BuildError::Problems(problems)) if std::io::stderr().is_terminal() => {
            say(&problems.in_colour());
            ExitCode::FAILURE
        }
        Err(error) => {
            say(&format!("{error}\n"));
            ExitCode::FAILURE
        }
    }
}

/// Writes to standard error; a reader that has gone away is no reason to fail.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
