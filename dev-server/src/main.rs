//! The command that `cargo run` starts.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use dev_server::settings::{ORGANISER, Settings};
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

const HELP: &str = "\
Toont de site op deze computer, met een aanmeldformulier dat werkt.

cargo run -- [MAP] [--port POORT] [--data MAP] [--organiser WIE]
          [--drafts] [--as-of MOMENT]

  MAP             de map met `content/` en `templates/`; anders deze map
  --port POORT    de poort op 127.0.0.1, 0 voor een willekeurige vrije; anders 8080
  --data MAP      de map voor de aanmeldingen; anders `.data` in de map van de site
  --organiser WIE wie het beheer mag gebruiken: 'Naam <adres>', met een puntkomma ertussen;
                  anders organisator@pos.example
  --drafts        toon ook wat nog niet of niet meer openbaar is, met een label
  --as-of MOMENT  toon de pagina's zoals op dat moment, bijvoorbeeld 2028-11-01 of 2028-11-01T09:00;
                  formulieren en mails blijven van nu
  --help          toon deze hulp
";

#[tokio::main]
async fn main() -> ExitCode {
    let format = fmt::layer().compact().with_target(false).with_writer(std::io::stderr);
    // The embedded store warns of every condition that does not hold, which is how a full session is found.
    let levels = Targets::new().with_default(Level::INFO).with_target("dynoxide", Level::ERROR);
    tracing_subscriber::registry().with(format.with_filter(levels)).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // A closed standard error needs no report of its own.
            let _ = writeln!(std::io::stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let mut arguments = pico_args::Arguments::from_env();
    if arguments.contains(["-h", "--help"]) {
        write!(std::io::stdout(), "{HELP}")?;
        return Ok(());
    }
    let settings =
        settings(arguments).map_err(|error| anyhow!("{error}; `cargo run -- --help` toont wat kan"))?;
    let organiser = settings.organisers.all().first().map(|one| one.email.as_str().to_owned());
    let organiser = organiser.unwrap_or_default();
    let server = dev_server::start(settings).await?;
    let address = server.address;
    // In one piece, for a program that reads only the first line.
    let words = format!(
        "De site staat op http://{address}/ (stoppen: ctrl-c)\n\
         Pagina's bewerk je op http://{address}/_dev/redactie/\n\
         Het beheer staat op http://{address}/beheer/: log in als {organiser}, \
         de mail ligt op http://{address}/_dev/inbox/\n"
    );
    std::io::stdout().write_all(words.as_bytes())?;
    tokio::signal::ctrl_c().await?;
    server.stop().await
}

fn settings(mut arguments: pico_args::Arguments) -> Result<Settings> {
    let port = arguments.opt_value_from_str("--port");
    let port = port.map_err(|_| anyhow!("`--port` krijgt een getal van 0 tot en met 65535"))?;
    let data = arguments.opt_value_from_os_str("--data", |text| Ok::<_, Infallible>(PathBuf::from(text)));
    let data = data.map_err(|_| anyhow!("`--data` krijgt een map"))?;
    let organisers = arguments.opt_value_from_str("--organiser");
    let organisers = organisers.map_err(|_| anyhow!("`--organiser` krijgt 'Naam <adres>'"))?;
    let organisers = organisers.map_or_else(|| ORGANISER.parse(), Ok)?;
    let drafts = arguments.contains("--drafts");
    let as_of = arguments.opt_value_from_str("--as-of");
    let as_of = as_of.map_err(|_| anyhow!("`--as-of` krijgt een moment, zoals 2028-11-01T09:00"))?;
    let rest = arguments.finish();
    let is_option = |text: &&OsString| text.as_encoded_bytes().starts_with(b"-");
    if let Some(unknown) = rest.iter().find(is_option).or(rest.get(1)) {
        bail!("`{}` kennen we hier niet", unknown.display());
    }
    let root = rest.first().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let data = data.unwrap_or_else(|| root.join(".data"));
    Ok(Settings { root, data, port: port.unwrap_or(8080), organisers, drafts, as_of })
}
