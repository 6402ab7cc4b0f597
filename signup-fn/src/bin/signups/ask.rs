//! Asks for confirmation before an action that cannot be undone.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use clap::Args;

/// Whether to skip the question.
#[derive(Args)]
pub(crate) struct Sure {
    /// Vraag niet of het zeker is.
    #[arg(long)]
    yes: bool,
}

/// Asks a question. Fails if the answer is not yes, or if there is no terminal to ask on.
pub(crate) fn ask(question: &str, Sure { yes }: &Sure) -> Result<()> {
    if *yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        bail!("{question} Er is niemand om het aan te vragen; is het zeker, geef dan `--yes` mee");
    }
    let mut out = std::io::stderr();
    write!(out, "{question} [ja/nee] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    match answer.trim().to_lowercase().as_str() {
        "ja" | "j" => Ok(()),
        _ => bail!("er is niets gewijzigd"),
    }
}
