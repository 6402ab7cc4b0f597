//! A question before anything that can't be undone.

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use clap::Args;

/// Whether one is sure already.
#[derive(Args)]
pub(crate) struct Sure {
    /// Vraag niet of het zeker is.
    #[arg(long)]
    yes: bool,
}

/// Goes on only if somebody says yes.
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
