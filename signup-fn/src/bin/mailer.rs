//! The Lambda that sends mail: woken by the table's stream, and every few minutes by a schedule.
// The futures of two SDKs lie deep within one another.
#![recursion_limit = "256"]

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use jiff::Timestamp;
use lambda_http::lambda_runtime::{self, LambdaEvent, service_fn};
use serde_json::{Value, json};
use signup_fn::mailer::{Delivery, Mailer, OVERDUE};
use signup_fn::message::Messages;
use signup_fn::settings::{self, MailSettings, Settings};
use signup_fn::store::{Store, StreamEvent};
use signup_fn::transport::Transport;
use tokio::time::Instant;

/// Kept back from Lambda's own deadline.
const MARGIN: Duration = Duration::from_secs(1);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_runtime::Error> {
    tracing_subscriber::fmt().json().flatten_event(true).with_current_span(false).without_time().init();
    let mailer =
        start().inspect_err(|error| tracing::error!(error = format!("{error:#}"), "start refused"))?;
    let mailer = Arc::new(mailer);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Value>| {
        let mailer = Arc::clone(&mailer);
        async move {
            let left =
                event.context.deadline().duration_since(std::time::SystemTime::now()).unwrap_or_default();
            handle(&mailer, event.payload, Instant::now() + left.saturating_sub(MARGIN)).await
        }
    }))
    .await
}

fn start() -> Result<Mailer> {
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let MailSettings { sender, configuration_set, endpoint } = MailSettings::read(variable)?;
    let catalog = Arc::new(settings::catalog(&settings.folder)?);
    let origin = catalog.origin().to_owned();
    let messages = Messages::open(&settings.folder, &catalog, settings.token_keys, origin)?;
    let transport = Transport::ses(&settings.store.connection, endpoint, configuration_set);
    Ok(Mailer { catalog, store: Store::new(settings.store.connection), messages, sender, transport })
}

/// Sends what a batch of the stream tells of; anything else is the schedule, which asks for the rounds.
async fn handle(mailer: &Mailer, payload: Value, deadline: Instant) -> Result<Value, lambda_runtime::Error> {
    if payload.get("Records").is_none() {
        let now = Timestamp::now();
        mailer.rounds(now, deadline).await?;
        mailer.sweep(OVERDUE, now, deadline).await?;
        return Ok(json!({}));
    }
    let batch: StreamEvent = serde_json::from_value(payload).context("event of the stream")?;
    let mut failures = Vec::new();
    for record in &batch.records {
        let Some((event, person, id)) = record.mail() else { continue };
        let delivered = mailer.deliver(&event, (&person, id), Timestamp::now(), deadline).await;
        let failed = match delivered {
            Ok(Delivery::Failed) => true,
            Ok(_) => false,
            Err(error) => {
                tracing::error!(%error, "mail not handled");
                true
            }
        };
        if failed {
            // The stream goes on from the first of these, and comes with the others again.
            failures.push(json!({ "itemIdentifier": record.sequence_number() }));
        }
    }
    Ok(json!({ "batchItemFailures": failures }))
}
