//! The `site-gen` command.

use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::{Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use site_gen::command::external::{self, Limits};
use site_gen::command::import::{self, Generator, Imported};
use site_gen::command::last_build;
use site_gen::new_article::{self, NewArticle, NewKind};
use site_gen::output::staging::Written;
use site_gen::page::publication::{HeldBack, Wanted, When};
use site_gen::site::last_build::LastBuild;
use site_gen::source::problem::Problems;
use site_gen::{BuildError, Built, Checked};
use site_gen::{profile, progress};

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
        #[arg(long, conflicts_with = "production")]
        drafts: bool,
        /// Weiger te bouwen zolang er iets ingevuld moet worden.
        #[arg(long)]
        production: bool,
        /// Zeg daarna waar de tijd bleef: per stap, per sjabloon, en welke pagina's het langst duurden.
        #[arg(long)]
        profile: bool,
    },
    /// Meld alles wat niet klopt of nog ingevuld moet worden; er wordt niets geschreven.
    Check {
        /// De map met `content/` en `templates/`.
        #[arg(default_value = ".")]
        root: PathBuf,
        /// Als JSON, voor een programma.
        #[arg(long)]
        json: bool,
        /// Vraag ook of links naar andere sites werken; wat werkt, wordt een week onthouden.
        #[arg(long)]
        external: bool,
    },
    /// Maak een artikel om in te vullen. Een bestand dat er al is, blijft zoals het is.
    New {
        /// Het onderdeel, bijvoorbeeld nieuws.
        section: String,
        /// De titel.
        title: String,
        /// Kondig er een bijeenkomst in aan.
        #[arg(long)]
        event: bool,
        /// De map met `content/` en `templates/`.
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
    /// Zet een site van Zola of Hugo om, in een nieuwe map, en meld wat er voor jou overblijft.
    Import {
        /// Waarmee de site is gemaakt.
        generator: From,
        /// De map van die site; zij verandert niet.
        folder: PathBuf,
        /// De nieuwe map.
        #[arg(long)]
        to: PathBuf,
        /// De map met `templates/`, die erbij komen.
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum From {
    Zola,
    Hugo,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Build { root, out, as_of, drafts, production, profile } => {
            if profile {
                profile::begin();
            }
            let when = as_of.map_or_else(|| When::At(Timestamp::now()), When::AsOf);
            build(&root, &out, Wanted { when, with_unpublished: drafts, production })
        }
        Command::Check { root, json, external } => check(&root, json, external),
        Command::Import { generator, folder, to, root } => import(generator, &folder, &to, &root),
        Command::New { section, title, event, root } => new(&root, &section, &title, event),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("{error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

fn build(root: &Path, out: &Path, wanted: Wanted) -> Result<bool> {
    let start = Instant::now();
    match progress::shown(|| site_gen::build(root, out, wanted)) {
        Ok(Built { written: Written { written, unchanged, removed }, held_back, .. }) => {
            for HeldBack { path, reason } in held_back {
                say(&format!("{path}: {reason}\n"));
            }
            let (out, took) = (out.display(), start.elapsed().as_millis());
            say(&format!(
                "{out}: {written} geschreven, {unchanged} ongewijzigd, {removed} verwijderd in {took} ms\n{}",
                profile::report()
            ));
            Ok(true)
        }
        Err(BuildError::Problems(problems)) => {
            say(&report(&problems));
            Ok(false)
        }
        Err(BuildError::Failed(error)) => Err(error),
    }
}

fn check(root: &Path, json: bool, external: bool) -> Result<bool> {
    let wanted = Wanted::public(Timestamp::now());
    let Checked { mut problems, external_links } =
        progress::shown(|| site_gen::check(root, &last_build::read(root), wanted))?;
    if external {
        let limits = Limits::default();
        let cache = external::cache_file(root);
        let now = Timestamp::now();
        progress::shown(|| external::check(&external_links, &cache, &limits, now, &mut problems))?;
    }
    if json {
        writeln!(std::io::stdout(), "{}", problems.to_json()?)?;
    } else if problems.is_empty() {
        say("alles klopt\n");
    } else {
        say(&report(&problems));
    }
    Ok(!problems.has_errors())
}

fn new(root: &Path, section: &str, title: &str, event: bool) -> Result<bool> {
    let today = Timestamp::now().to_zoned_datetime(TimeZone::system()).date();
    let kind = if event { NewKind::Event } else { NewKind::News };
    let article = NewArticle { section, title, kind, is_draft: false };
    let file = new_article::write(root, &article, today)?;
    say(&format!("{} is gemaakt; vul in wat tussen blokhaken staat\n", file.display()));
    Ok(true)
}

fn import(generator: From, folder: &Path, to: &Path, root: &Path) -> Result<bool> {
    let generator = match generator {
        From::Zola => Generator::Zola,
        From::Hugo => Generator::Hugo,
    };
    let Imported { pages, files, dropped, dated, mut left } =
        progress::shown(|| import::import(generator, folder, to, root))?;
    let wanted = Wanted::public(Timestamp::now());
    left.append(progress::shown(|| site_gen::check(to, &LastBuild::default(), wanted))?.problems);
    if !left.is_empty() {
        say(&report(&left));
    }
    if !dropped.is_empty() {
        let counted: Vec<String> = dropped.iter().map(|(key, count)| format!("{key} ({count})")).collect();
        say(&format!("niet overgenomen, want de site regelt het zelf: {}\n", counted.join(", ")));
    }
    if dated > 0 {
        say(&format!("{dated} artikelen hadden geen datum en kregen die van hun bestand\n"));
    }
    let (to, left) = (to.display(), left.len());
    say(&format!("{to}: {pages} pagina's en {files} bestanden overgenomen; {left} opmerkingen over\n"));
    Ok(true)
}

fn report(problems: &Problems) -> String {
    if std::io::stderr().is_terminal() { problems.in_colour() } else { problems.to_string() }
}

/// Writes to standard error, and ignores failure: the reader may have gone away.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
