//! The command `site-gen`.

use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};
use jiff::Timestamp;
use site_gen::BuildError;

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
    },
}

fn main() -> ExitCode {
    let Arguments { command: Command::Build { root, out } } = Arguments::parse();
    let start = Instant::now();
    match site_gen::build(&root, &out, Timestamp::now()) {
        Ok(done) => {
            say(&format!(
                "{}: {} geschreven, {} ongewijzigd, {} verwijderd in {} ms\n",
                out.display(),
                done.written,
                done.unchanged,
                done.removed,
                start.elapsed().as_millis()
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
