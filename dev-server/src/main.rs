//! The command behind `cargo run`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use dev_server::settings::Settings;

/// Toont de site op deze computer, met een aanmeldformulier dat werkt.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// De map met `content/` en `templates/`.
    #[arg(default_value = ".")]
    root: PathBuf,
    /// De poort op 127.0.0.1; 0 voor een willekeurige vrije.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// De map voor de aanmeldingen; anders `.data` in de map van de site.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Toon ook wat nog niet of niet meer openbaar is, met een label.
    #[arg(long)]
    drafts: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().compact().with_target(false).with_writer(std::io::stderr).init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed pipe is not a second failure.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { root, port, data, drafts }: Arguments) -> Result<()> {
    let data = data.unwrap_or_else(|| root.join(".data"));
    let server = dev_server::start(Settings { root, data, port, drafts }).await?;
    writeln!(std::io::stdout(), "De site staat op http://{}/ (stoppen: ctrl-c)", server.address)?;
    tokio::signal::ctrl_c().await?;
    server.stop().await
}
