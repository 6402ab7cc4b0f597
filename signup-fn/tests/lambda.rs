//! Tests the built binary the way Lambda runs it.
//!
//! `SIGNUP_FN` is the path of another build to test, such as the deployed one.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::ffi::OsString;
use std::process::Command;

use catalog::headers::SECURITY_HEADERS;
use data_encoding::BASE64;
use serde_json::{Value, json};
use support::lambda::{Lambda, ORIGIN_SECRET};
use support::{CATALOG, Table, table};

fn built() -> OsString {
    std::env::var_os("SIGNUP_FN").unwrap_or_else(|| env!("CARGO_BIN_EXE_signup-fn").into())
}

async fn start(table: &Table) -> Lambda {
    Lambda::start(built(), table, &[]).await
}

const FORM: &str = "session=a&full_name=Ren%C3%A9e+Vos&email=r%40voorbeeld.nl&organisation=SWV&role=director";

/// Returns an event in version 2.0 of the HTTP API's payload format.
///
/// A Function URL sends the same event with another domain.
fn event(domain: &str, method: &str, path: &str, body: &str, base64: bool) -> Value {
    let body = if base64 { BASE64.encode(body.as_bytes()) } else { body.to_owned() };
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "host": domain,
            "origin": "https://pos.example",
            "x-origin-verify": ORIGIN_SECRET,
            "x-forwarded-proto": "https",
            "x-forwarded-for": "192.0.2.1"
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abc",
            "domainName": domain,
            "domainPrefix": "abc",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1_795_521_600_000_u64
        },
        "body": body,
        "isBase64Encoded": base64
    })
}

const HTTP_API: &str = "abc.execute-api.eu-west-1.amazonaws.com";
const FUNCTION_URL: &str = "abc.lambda-url.eu-west-1.on.aws";

fn body(answer: &Value) -> String {
    let body = answer["body"].as_str().unwrap_or_default();
    match answer["isBase64Encoded"].as_bool() {
        Some(true) => String::from_utf8(BASE64.decode(body.as_bytes()).unwrap()).unwrap(),
        _ => body.to_owned(),
    }
}

#[tokio::test]
async fn both_kinds_of_event_sign_up_with_a_plain_or_base64_body() {
    let table = table().await;
    let mut lambda = start(&table).await;
    for (number, (domain, base64)) in
        [(HTTP_API, false), (HTTP_API, true), (FUNCTION_URL, false), (FUNCTION_URL, true)]
            .into_iter()
            .enumerate()
    {
        let form = FORM.replace("r%40", &format!("r{number}%40"));
        let answer = lambda.answer(event(domain, "POST", "/aanmelden/e/", &form, base64)).await.unwrap();
        assert_eq!(answer["statusCode"], 303, "{answer}");
        let location = answer["headers"]["location"].as_str().unwrap();
        assert!(location.starts_with("/aanmelden/e/a/ontvangen/"), "{location}");
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(answer["headers"][name], value, "{answer}");
        }
        assert_eq!(table.people("a").await, number + 1);
        let page = lambda.answer(event(domain, "GET", location, "", false)).await.unwrap();
        assert_eq!(page["statusCode"], 200);
        assert!(body(&page).contains("received: "), "{page}");
        assert_eq!(page["headers"]["referrer-policy"], "no-referrer");
    }
    assert_eq!(table.taken("a").await, 4);
}

#[tokio::test]
async fn a_rejected_form_is_returned_as_readable_html() {
    let table = table().await;
    let mut lambda = start(&table).await;
    let form = "full_name=Ren%C3%A9e+%3Cb%3E+%3C%3C+values+%3E%3E";
    let answer = lambda.answer(event(HTTP_API, "POST", "/aanmelden/e/", form, true)).await.unwrap();
    assert_eq!(answer["statusCode"], 422);
    assert_eq!(answer["headers"]["content-type"], "text/html; charset=utf-8");
    let html = body(&answer);
    assert!(html.contains("<title>Fout: e</title>"), "{html}");
    assert!(html.contains("value=\"Renée &lt;b&gt; &lt;&lt; values &gt;&gt;\""), "{html}");
    assert!(html.contains("email: empty"), "{html}");
}

#[tokio::test]
async fn requests_that_no_browser_would_send_get_a_response() {
    let table = table().await;
    let mut lambda = start(&table).await;
    let mut foreign = event(HTTP_API, "POST", "/aanmelden/e/", FORM, false);
    foreign["headers"]["origin"] = "https://evil.example".into();
    let mut json = event(HTTP_API, "POST", "/aanmelden/e/", "{}", false);
    json["headers"]["content-type"] = "application/json".into();
    let mut past_the_cdn = event(HTTP_API, "POST", "/aanmelden/e/", FORM, false);
    past_the_cdn["headers"]["x-origin-verify"] = ORIGIN_SECRET.replace("only", "even").into();
    for (event, status) in [
        (past_the_cdn, 403),
        (foreign, 403),
        (json, 415),
        (event(HTTP_API, "POST", "/aanmelden/elders/", FORM, false), 404),
        (event(HTTP_API, "PUT", "/aanmelden/e/", FORM, false), 405),
        (event(HTTP_API, "POST", "/aanmelden/e/", &"a".repeat(20_000), true), 413),
        (event(HTTP_API, "GET", "/aanmelden/e/", "", false), 200),
    ] {
        let answer = lambda.answer(event).await.unwrap();
        assert_eq!(answer["statusCode"], status, "{answer}");
    }
    assert_eq!(table.items().await.len(), 0);
}

#[tokio::test]
async fn a_malformed_event_does_not_stop_the_function() {
    let table = table().await;
    let mut lambda = start(&table).await;
    let mut bad = event(HTTP_API, "POST", "/aanmelden/e/", FORM, false);
    bad["body"] = "%%% no base64 %%%".into();
    bad["isBase64Encoded"] = true.into();
    assert!(lambda.answer(bad).await.is_err());
    let answer = lambda.answer(event(HTTP_API, "POST", "/aanmelden/e/", FORM, false)).await.unwrap();
    assert_eq!(answer["statusCode"], 303);
}

#[tokio::test]
async fn the_log_contains_every_outcome_and_no_personal_data() {
    let table = table().await;
    let mut lambda = start(&table).await;
    let form = "session=a&full_name=Xandra+Quispel&email=xq%40voorbeeld.nl&organisation=Geheimschool&role=other\
                &role_other=Vertrouwelijk&question=Vertrouwelijk";
    let mut locations = Vec::new();
    for form in [form, form, &form.replace("email=xq", "email="), &format!("{form}&email=twice")] {
        let answer = lambda.answer(event(HTTP_API, "POST", "/aanmelden/e/", form, true)).await.unwrap();
        locations.extend(answer["headers"]["location"].as_str().map(str::to_owned));
    }
    lambda.answer(event(HTTP_API, "GET", &locations[0], "", false)).await.unwrap();
    // Without the table, the request fails with an error that has a cause.
    table.delete().await;
    let answer = lambda.answer(event(HTTP_API, "POST", "/aanmelden/e/", form, false)).await.unwrap();
    assert_eq!(answer["statusCode"], 507);
    let log = lambda.end();
    for words in ["claimed", "known", "request refused", "request failed", "incident.id"] {
        assert!(log.contains(words), "{words} is not in the log:\n{log}");
    }
    let reference = locations[0].trim_end_matches('/').rsplit('/').next().unwrap();
    for word in ["Xandra", "Quispel", "voorbeeld.nl", "Geheimschool", "Vertrouwelijk", reference] {
        assert!(!log.contains(word), "{word} is in the log:\n{log}");
    }
}

#[test]
fn it_refuses_to_start_on_a_bad_catalogue_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let refuse = |change: &dyn Fn(&mut Command), word: &str| {
        let mut command = support::lambda::command(built());
        command.env("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9").env("LAMBDA_TASK_ROOT", folder.path());
        change(&mut command);
        let output = command.output().unwrap();
        assert!(!output.status.success());
        let log = String::from_utf8_lossy(&output.stdout);
        assert!(log.contains("start refused") && log.contains(word), "{log}");
    };
    refuse(&|_| {}, "catalog.json");
    std::fs::write(
        folder.path().join("catalog.json"),
        CATALOG.replace("\"capacity\": 50", "\"capacity\": 0"),
    )
    .unwrap();
    refuse(&|_| {}, "at least one seat");
    std::fs::write(folder.path().join("catalog.json"), CATALOG).unwrap();
    refuse(&|_| {}, "answer page is missing");
    refuse(&|command| _ = command.env_remove("IDENTITY_KEY"), "IDENTITY_KEY");
    refuse(&|command| _ = command.env("IDENTITY_KEY", "short"), "64 hexadecimal digits");
    refuse(&|command| _ = command.env_remove("TOKEN_KEYS"), "TOKEN_KEYS");
    refuse(&|command| _ = command.env_remove("ORIGIN_SECRETS"), "ORIGIN_SECRETS");
    refuse(&|command| _ = command.env("ORIGIN_SECRETS", "short"), "at least 32 characters");
}
