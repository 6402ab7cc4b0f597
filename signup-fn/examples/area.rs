//! Measures the organisers' area with many people in one session, on an in-memory store, and prints a table.
//!
//! `benches/area.py` runs it: `area FOLDER [PEOPLE]`, with the folder that site-gen wrote for the function
//! (`dist/function`). Its first session needs a seat for everybody.
//!
//! A page's own time is the CPU time of its answer, less that of the same queries, sent by the SDK without reading the
//! items. (The in-memory store answers a large query only after a delayed acknowledgement of some 40 ms, which would
//! hide it in the wall time.) The pages are those of the project's own templates, compressed by `gzip -9`.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use catalog::{Event, EventId};
use http::header::{COOKIE, SET_COOKIE};
use http::{Request, Response};
use jiff::{SignedDuration, Timestamp};
use signup_fn::organiser;
use signup_fn::organiser::area::Area;
use signup_fn::participant::form::Submission;
use signup_fn::people::identity::Identity;
use signup_fn::people::timing::Timing;
use signup_fn::people::token::TokenKeys;
use signup_fn::rendered;
use signup_fn::settings::local;
use signup_fn::store::claim;
use signup_fn::store::client::Store;
use tokio::net::TcpListener;

/// How often each page is asked for.
const TIMES: u32 = 50;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().context("usage: area FOLDER [PEOPLE]")?);
    let people: usize = arguments.next().map_or(Ok(1000), |number| number.parse())?;
    let endpoint = serve().await?;
    let store = Store::new(local::connection(&endpoint));
    store.create_table_if_absent().await?;
    let catalog = rendered::catalog::read(&folder)?;
    let event = catalog.events().first().context("the site announces no event")?;
    let session = &event.sessions()[0];
    let now = session.starts_at() - SignedDuration::from_hours(24 * 14);
    let keys = || TokenKeys::new([8; 32]);
    let organisers = "Ria Vos <ria@pos.example>".parse()?;
    let area = Area::open(&folder, store.clone(), (Identity::new([7; 32]), keys()), organisers)?;
    fill(&store, event, people, now).await?;
    let mut organiser = Organiser { area: &area, origin: catalog.origin(), cookie: String::new(), now };
    organiser.log_in(&store, &keys()).await?;
    let alone = store_alone(&endpoint, event.id()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "| {people} people | own time | with the queries | compressed |\n|---|---:|---:|---:|")?;
    let list = format!("/beheer/bijeenkomst/{}/sessie/{}/", event.id(), session.id());
    for (name, path) in [("list", list.as_str()), ("overview", "/beheer/")] {
        let (mut time, mut body) = (Duration::ZERO, Vec::new());
        for _ in 0..TIMES {
            let begun = cpu()?;
            body = organiser.get(path).await?;
            time += cpu()?.saturating_sub(begun);
        }
        let page = time / TIMES;
        let own = page.saturating_sub(alone);
        writeln!(out, "| {name} | {:.1} ms | {:.1} ms | {} |", ms(own), ms(page), gzipped(&body)?)?;
    }
    let path = format!("{list}bericht/");
    let key = form_key(&organiser.get(&path).await?)?;
    let form =
        format!("form_key={key}&action=send&to=komt&count={people}&subject=Tot+dan&text=Dag+%7Bnaam%7D");
    let begun = Instant::now();
    let sent = organiser.send("POST", &path, form).await?;
    ensure!(sent.status() == 303, "the message was not sent: {}", sent.status());
    writeln!(out, "\nA message to {people} is in the outbox after {:.2} s.", begun.elapsed().as_secs_f64())?;
    Ok(())
}

/// Serves an in-memory store from a thread of its own. Returns its address.
async fn serve() -> Result<String> {
    let database = dynoxide::Database::memory().map_err(|error| anyhow!("{error}"))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?.into_std()?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    std::thread::spawn(move || -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            dynoxide::server::serve_on(TcpListener::from_std(listener)?, database).await;
            Ok(())
        })
    });
    Ok(endpoint)
}

/// Signs up this many people for the first session.
async fn fill(store: &Store, event: &Event, people: usize, now: Timestamp) -> Result<()> {
    let identity = Identity::new([7; 32]);
    for number in 0..people {
        let form = format!(
            "session={}&full_name=Ren%C3%A9e+van+{number}&email=p{number}%40voorbeeld.nl&role=director\
             &organisation=Samenwerkingsverband+Noord&question=Hoe+doen+jullie+het%3F",
            event.sessions()[0].id()
        );
        let submission = Submission::read(form.as_bytes()).map_err(|_| anyhow!("a field occurs twice"))?;
        let signup = submission.check(event).map_err(|errors| anyhow!("{errors:?}"))?;
        let request = claim::Request {
            event,
            signup,
            identity: &identity,
            may_wait: false,
            source: None,
            now,
            privacy_notice_version: "1",
            act: None,
        };
        let deadline = timing(now).deadline;
        let ahead = store.look_ahead(event, Some(request.applicant()), deadline).await?;
        store.claim(&request, ahead, deadline).await?;
    }
    Ok(())
}

/// Returns the CPU time, without the store's, of the queries of the list: the people and the sessions.
async fn store_alone(endpoint: &str, event: &EventId) -> Result<Duration> {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("local", "local", None, None, "bench"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let client = Client::from_conf(config);
    // The people of a large event are in sixteen partitions.
    let people = (0..16).map(|part| (format!("event#{event}#{part:x}"), "person#"));
    let queries: Vec<_> = people.chain([(format!("event#{event}"), "session#")]).collect();
    let mut time = Duration::ZERO;
    for _ in 0..TIMES {
        let begun = cpu()?;
        for (partition, prefix) in &queries {
            let mut pages = client
                .query()
                .table_name(local::TABLE)
                .key_condition_expression("pk = :pk AND begins_with(sk, :sk)")
                .expression_attribute_values(":pk", AttributeValue::S(partition.clone()))
                .expression_attribute_values(":sk", AttributeValue::S((*prefix).to_owned()))
                .into_paginator()
                .send();
            while let Some(page) = pages.next().await {
                page?;
            }
        }
        time += cpu()?.saturating_sub(begun);
    }
    Ok(time / TIMES)
}

/// An organiser who has logged in.
struct Organiser<'a> {
    area: &'a Area,
    origin: &'a str,
    cookie: String,
    now: Timestamp,
}

impl Organiser<'_> {
    async fn log_in(&mut self, store: &Store, keys: &TokenKeys) -> Result<()> {
        self.send("POST", "/beheer/inloggen/", "email=ria%40pos.example".to_owned()).await?;
        let passes = store.passes(timing(self.now).deadline).await?.readable;
        let code = keys.pass(&passes.first().context("no mail")?.id).code;
        let logged_in = self.send("POST", "/beheer/inloggen/code/", format!("code={code}")).await?;
        ensure!(logged_in.status() == 303, "not logged in: {}", logged_in.status());
        Ok(())
    }

    async fn get(&mut self, path: &str) -> Result<Vec<u8>> {
        let response = self.send("GET", path, String::new()).await?;
        ensure!(response.status() == 200, "{path}: {}", response.status());
        Ok(response.into_body())
    }

    async fn send(&mut self, method: &str, path: &str, body: String) -> Result<Response<Vec<u8>>> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(COOKIE, &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", self.origin)
            .header("sec-fetch-site", "same-origin")
            .body(body.into_bytes())?;
        let response = organiser::answer(self.area, request, None, timing(self.now)).await;
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str()?.split(';').next().unwrap_or_default();
            self.cookie = format!("{}; {cookie}", self.cookie);
        }
        Ok(response)
    }
}

fn form_key(page: &[u8]) -> Result<String> {
    let page = std::str::from_utf8(page)?;
    let rest = page.split("name=\"form_key\" value=\"").nth(1).context("no form")?;
    Ok(rest.split('"').next().unwrap_or_default().to_owned())
}

fn timing(now: Timestamp) -> Timing {
    Timing { now, deadline: tokio::time::Instant::now() + Duration::from_secs(60) }
}

/// Returns the CPU time of this thread, which serves the pages but not the store.
fn cpu() -> Result<Duration> {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(spent.split(' ').next().unwrap_or_default().parse()?))
}

fn ms(time: Duration) -> f64 {
    1000.0 * time.as_secs_f64()
}

/// Returns the size of a page after `gzip -9`.
fn gzipped(page: &[u8]) -> Result<String> {
    let mut gzip = Command::new("gzip").arg("-9").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    gzip.stdin.take().context("no pipe")?.write_all(page)?;
    Ok(format!("{} bytes", gzip.wait_with_output()?.stdout.len()))
}
