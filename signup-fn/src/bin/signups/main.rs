//! The organisers' command: lists participants, and changes or erases their sign-ups.
//!
//! It uses the table in the cloud, with the same environment as signup-fn, or the table of a
//! running development server (`--local`).

mod access;
mod ask;
mod carry_over;
mod export;
mod people;
mod personal_data;
mod say;
mod selection;
mod stats;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use signup_fn::people::timing::Timing;

use crate::access::Access;
use crate::selection::{Place, Which};

/// Wie zich aanmeldde, en wat je daaraan kunt doen.
#[derive(Parser)]
#[command(version, name = "signups")]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Toon de deelnemers, wie wacht en wie zich afmeldde.
    List {
        #[command(flatten)]
        which: Which,
        /// Als JSON, voor een programma.
        #[arg(long)]
        json: bool,
    },
    /// Bewaar de deelnemerslijst in een bestand.
    Export {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        kind: export::Kind,
    },
    /// Toon hoeveel plekken er bezet zijn, hoeveel mensen wachten, en welke mail bleef liggen.
    Stats {
        /// Als JSON, voor een programma.
        #[arg(long)]
        json: bool,
    },
    /// Meld iemand af.
    Cancel {
        /// Het kenmerk van de aanmelding.
        reference: String,
        #[command(flatten)]
        sure: ask::Sure,
    },
    /// Verzet iemand naar een andere sessie.
    Move {
        /// Het kenmerk van de aanmelding.
        reference: String,
        /// De id van de sessie, bijvoorbeeld 30-november.
        session: String,
        /// Zet de deelnemer op de wachtlijst als die sessie vol is; de oude plek komt dan vrij.
        #[arg(long)]
        wait: bool,
    },
    /// Wis alles over een e-mailadres bij alle bijeenkomsten, of één aanmelding.
    Erase {
        /// Het e-mailadres, of het kenmerk van één aanmelding.
        address: String,
        #[command(flatten)]
        sure: ask::Sure,
    },
    /// Toon van welke bijeenkomsten er nog persoonsgegevens zijn, en tot wanneer.
    Report {
        /// Als JSON, voor een programma.
        #[arg(long)]
        json: bool,
    },
    /// Toon alles wat we van een e-mailadres weten, voor wie om inzage vraagt.
    ExportAll {
        /// Het e-mailadres.
        address: String,
    },
    /// Neem na een herstel over wat sindsdien in de oude tabel kwam.
    CarryOver {
        /// De naam van de oude tabel.
        table: String,
    },
    /// Toon mail die is blijven liggen.
    Mails {
        /// Laat die opnieuw versturen.
        #[arg(long)]
        retry: bool,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Ignores a closed pipe, since the command has already failed.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Arguments { place, command }: Arguments) -> Result<()> {
    let access = Access::open(&place).await?;
    let timing = Timing { now: Timestamp::now(), deadline: access::deadline() };
    match command {
        Command::List { which, json } => people::list(&access, &which, json, timing).await,
        Command::Export { which, kind } => export::export(&access, &which, &kind, timing).await,
        Command::Stats { json } => stats::stats(&access, json, timing).await,
        Command::Cancel { reference, sure } => people::cancel(&access, &reference, &sure, timing).await,
        Command::Move { reference, session, wait } => {
            people::move_to(&access, &reference, &session, wait, timing).await
        }
        Command::Erase { address, sure } => personal_data::erase(&access, &address, &sure, timing).await,
        Command::Report { json } => personal_data::report(&access, json, timing).await,
        Command::ExportAll { address } => personal_data::export_all(&access, &address, timing).await,
        Command::CarryOver { table } => carry_over::carry_over(&access, &table).await,
        Command::Mails { retry } => stats::mails(&access, retry).await,
    }
}
