//! The Lambda that sends mail. The table's stream, a 15-minute schedule, the schedule of the daily trial and the reports
//! of SES invoke it.
// The nested futures of two SDKs exceed the default limit of 128.
#![recursion_limit = "256"]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use serde_json::{Value, json};
use signup_fn::mail::mailer::{Delivery, Mailer};
use signup_fn::mail::message::Messages;
use signup_fn::mail::report::ReportEvent;
use signup_fn::mail::rounds::OVERDUE;
use signup_fn::mail::ses::Ses;
use signup_fn::mail::transport::Transport;
use signup_fn::people::timing::Timing;
use signup_fn::rendered;
use signup_fn::settings::{self, MailSettings, Settings};
use signup_fn::store::client::Store;
use signup_fn::store::error::StoreError;
use signup_fn::store::stream::{Announced, StreamEvent};
use signup_fn::trial;
use signup_fn::trial::visitor::Visitor;
use tokio::time::Instant;

/// The time reserved before Lambda's own deadline for sending the response.
const MARGIN: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).without_time().init();
    let (mailer, visitor) =
        start().inspect_err(|error| tracing::error!(error = format!("{error:#}"), "start refused"))?;
    let mailer = Arc::new(mailer);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let (mailer, visitor) = (Arc::clone(&mailer), visitor.clone());
        async move {
            let left =
                event.context.deadline().duration_since(std::time::SystemTime::now()).unwrap_or_default();
            handle(&mailer, &visitor, event.payload, Instant::now() + left.saturating_sub(MARGIN)).await
        }
    }))
    .await
}

fn start() -> Result<(Mailer, Visitor)> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let organisers = settings::organisers(variable)?;
    let MailSettings { sender, configuration_set, endpoint, site } = MailSettings::read(variable)?;
    let catalog = Arc::new(rendered::catalog::read(&settings.folder)?);
    let origin = catalog.origin().to_owned();
    let visitor = Visitor::new(&origin, site.as_deref());
    let messages = Messages::open(&settings.folder, &catalog, settings.token_keys, origin)?;
    let transport = Transport::Ses(Ses::new(&settings.connection, endpoint, configuration_set));
    let (store, identity) = (Store::new(settings.connection), settings.identity);
    Ok((Mailer { catalog, store, organisers, identity, messages, sender, transport }, visitor))
}

/// Sends the mails that a batch of the stream announces, notes what SES reports, or makes the daily trial. Any other
/// event comes from the schedule, which starts the rounds.
async fn handle(
    mailer: &Mailer,
    visitor: &Visitor,
    payload: Value,
    deadline: Instant,
) -> Result<Value, lambda_runtime::Error> {
    if payload.get("trial").is_some() {
        let timing = Timing { now: Timestamp::now(), deadline };
        let tried = trial::make(mailer, visitor, timing).await;
        let tried = tried.inspect_err(|error| tracing::error!(%error, "trial failed"))?;
        // The alarm `trial-missed` counts this line.
        tracing::info!(?tried, "trial passed");
        return Ok(json!({}));
    }
    if payload.get("source").is_some_and(|source| source == "aws.ses") {
        let event: ReportEvent = serde_json::from_value(payload).context("invalid event from SES")?;
        event.note(mailer, Timing { now: Timestamp::now(), deadline }).await?;
        return Ok(json!({}));
    }
    if payload.get("Records").is_none() {
        let timing = Timing { now: Timestamp::now(), deadline };
        // Mail is sent even if some of the rounds failed.
        let rounds = mailer.rounds(timing).await;
        mailer.sweep(OVERDUE, timing).await?;
        rounds?;
        return Ok(json!({}));
    }
    let batch: StreamEvent = serde_json::from_value(payload).context("invalid event from the stream")?;
    let mut failures = Vec::new();
    for record in &batch.records {
        let timing = Timing { now: Timestamp::now(), deadline };
        let delivered = match record.mail() {
            Some(Announced::Mail(event, mail)) => mailer.deliver(&event, &mail, timing).await.map(drop),
            // Its code is too old before the schedule would retry it, so the stream does.
            Some(Announced::Pass(request)) => match mailer.deliver_pass(&request, timing).await {
                Ok(Delivery::Failed) => Err(StoreError::Refused("the mail was not accepted".to_owned())),
                delivered => delivered.map(drop),
            },
            None => continue,
        };
        // A mail that could not be sent stays in the outbox, and the schedule retries it. So only an error
        // of the table counts as a failure here.
        let failed = delivered.inspect_err(|error| tracing::error!(%error, "mail not handled")).is_err();
        if failed {
            // Lambda retries the batch from the first failed record, including the records after it.
            failures.push(json!({ "itemIdentifier": record.sequence_number() }));
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}
