//! Options that several subcommands share.

use std::path::PathBuf;

use clap::Args;

/// Which table to use.
#[derive(Args)]
pub(crate) struct Place {
    /// De aanmeldingen op deze computer, terwijl `cargo run` draait; anders die in de cloud.
    #[arg(long, global = true)]
    pub(crate) local: bool,
    /// De map van de site, met `.data/`.
    #[arg(long, global = true, default_value = ".")]
    pub(crate) root: PathBuf,
}

/// Which participants to show.
#[derive(Args)]
pub(crate) struct Which {
    /// Alleen van deze bijeenkomst.
    #[arg(long)]
    pub(crate) event: Option<String>,
    /// Alleen van deze sessie.
    #[arg(long)]
    pub(crate) session: Option<String>,
}
