//! Tests the organisers' command, `signups`, the way organisers run it.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

mod support;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use aws_sdk_dynamodb::types::AttributeValue;
use catalog::answer::Status;
use serde_json::{Value, json};
use signup_fn::store::change::Change;
use support::{Table, table};
use tempfile::TempDir;

/// A table, and an empty folder to work in.
struct Office {
    table: Table,
    root: TempDir,
}

impl Office {
    async fn open() -> Self {
        let root = tempfile::tempdir().unwrap();
        Self { table: table().await, root }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_signups"));
        command
            .current_dir(self.root.path())
            .args(arguments)
            .env_clear()
            .env("AWS_REGION", "eu-west-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.table.endpoint().await)
            .env("TABLE_NAME", &self.table.name)
            .stdin(Stdio::null());
        // The store runs in this process, so waiting for the command must not block it.
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// Runs the command, which must succeed, and returns its standard output.
    async fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let (out, error) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert!(output.status.success(), "{arguments:?}: {out}{error}");
        out
    }

    async fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.says(arguments).await).unwrap()
    }

    /// Runs the command, which must fail, and returns its standard error.
    async fn refuses(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    async fn sign_up(&self, email: &str, session: &str) -> String {
        self.table.wait(&self.table.store(), email, session).await.unwrap();
        self.table.participant(email).await.unwrap().person.reference().as_str().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_confirmed_waiting_and_cancelled_sign_ups() {
    let office = Office::open().await;
    assert!(office.says(&["list"]).await.contains("er zijn geen aanmeldingen"));
    for number in 0..51 {
        office.sign_up(&format!("p{number}@voorbeeld.nl"), "a").await;
    }
    office.sign_up("els@voorbeeld.nl", "b").await;
    office.table.change(&office.table.store(), "els@voorbeeld.nl", &Change::Cancel).await.unwrap();
    let rows = office.json(&["list", "--json"]).await;
    assert_eq!(rows.as_array().unwrap().len(), 52);
    assert_eq!(
        rows[50],
        json!({
            "event": "e", "session": "a", "status": "waiting", "position": 1, "full_name": "Jan Vos",
            "email": "p50@voorbeeld.nl", "organisation": "SWV", "role": "directeur", "question": "",
            "signed_up_at": "2026-11-24 13:00", "reference": rows[50]["reference"]
        })
    );
    assert_eq!(rows[51]["status"], "cancelled");
    assert_eq!(office.json(&["list", "--session", "b", "--json"]).await.as_array().unwrap().len(), 1);
    let shown = office.says(&["list", "--session", "b"]).await;
    assert!(shown.contains("els@voorbeeld.nl") && shown.contains("afgemeld"), "{shown}");
    assert!(office.refuses(&["list", "--event", "x"]).await.contains("de bijeenkomsten zijn: e"));
    let stats = office.json(&["stats", "--json"]).await;
    assert_eq!(
        stats["sessions"][0],
        json!({ "event": "e", "session": "a", "capacity": 50, "taken": 50, "held": 0, "waiting": 1, "cancelled": 0, "on_site": true })
    );
    assert_eq!(stats["sessions"][1]["cancelled"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_opens_in_a_spreadsheet_and_contains_no_formulas() {
    let office = Office::open().await;
    let form = "session=a&full_name=%3D1%2B1&email=jan@voorbeeld.nl&organisation=SWV+%22Noord%22%3B+Oost&role=other\
                &role_other=%2BIB&question=%40Els+6%0A%C3%A9%C3%A9n";
    let half_a_minute = std::time::Duration::from_secs(30);
    office.table.claim_form(&office.table.store(), form, support::now(), half_a_minute).await.unwrap();
    let file = office.root.path().join("deelnemers.csv");
    office.says(&["export", "--csv", "deelnemers.csv"]).await;
    let csv = std::fs::read_to_string(&file).unwrap();
    let reference = office.table.participant("jan@voorbeeld.nl").await.unwrap().person.reference();
    let expected = format!(
        "\u{feff}bijeenkomst;sessie;status;nummer op de wachtlijst;naam;e-mailadres;organisatie;functie;vraag of inbreng;\
         aangemeld op;kenmerk\r\ne;a;bevestigd;;'=1+1;jan@voorbeeld.nl;\"SWV \"\"Noord\"\"; Oost\";'+IB;\"'@Els 6\néén\";\
         2026-11-24 13:00;{}\r\n",
        reference.as_str()
    );
    assert_eq!(csv, expected);
    office.says(&["export", "--xlsx", "deelnemers.xlsx"]).await;
    let workbook = std::fs::read(office.root.path().join("deelnemers.xlsx")).unwrap();
    assert!(workbook.starts_with(b"PK"));
    assert!(office.refuses(&["export"]).await.contains("--csv"));
    assert!(office.refuses(&["export", "--csv", "nergens/x.csv"]).await.contains("nergens/x.csv"));
}

#[tokio::test(flavor = "multi_thread")]
async fn organisers_can_cancel_and_move_sign_ups_but_never_by_accident() {
    let office = Office::open().await;
    let jan = office.sign_up("jan@voorbeeld.nl", "a").await;
    let refused = office.refuses(&["cancel", &jan]).await;
    assert!(refused.contains("Jan Vos afmelden") && refused.contains("--yes"), "{refused}");
    assert_eq!(office.table.taken("a").await, 1);
    office.says(&["move", &jan.to_lowercase(), "b"]).await;
    assert_eq!((office.table.taken("a").await, office.table.taken("b").await), (0, 1));
    assert!(office.refuses(&["move", &jan, "c"]).await.contains("mogelijk zijn: a, b"));
    for number in 0..50 {
        office.sign_up(&format!("p{number}@voorbeeld.nl"), "a").await;
    }
    let full = office.refuses(&["move", &jan, "a"]).await;
    assert!(full.contains("vol") && full.contains("--wait"), "{full}");
    office.says(&["cancel", &jan, "--yes"]).await;
    let participant = office.table.participant("jan@voorbeeld.nl").await.unwrap();
    assert_eq!(participant.status, Status::Cancelled);
    assert!(office.refuses(&["cancel", "00000000", "--yes"]).await.contains("geen aanmelding"));
    assert!(office.refuses(&["cancel", "nee", "--yes"]).await.contains("geen kenmerk"));
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_can_be_reported_exported_and_erased() {
    let office = Office::open().await;
    assert!(office.says(&["report"]).await.contains("geen persoonsgegevens"));
    office.sign_up("jan@voorbeeld.nl", "a").await;
    let held = office.json(&["report", "--json"]).await;
    let expected = json!([{ "event": "e", "session": "a", "people": 1, "mails": 1, "until": "2098-12-28", "on_site": true }]);
    assert_eq!(held, expected);
    let all = office.json(&["export-all", "JAN@voorbeeld.nl"]).await;
    assert_eq!(all[0]["fields"]["full_name"], "Jan Vos");
    assert_eq!(all[0]["mails"][0]["kind"], "confirmation");
    assert!(office.refuses(&["erase", "jan@voorbeeld.nl"]).await.contains("--yes"));
    assert!(office.refuses(&["erase", "jan", "--yes"]).await.contains("geen kenmerk"));
    // With a reference, only that sign-up goes.
    office.sign_up("els@voorbeeld.nl", "a").await;
    let els = office.table.participant("els@voorbeeld.nl").await.unwrap().person.reference();
    office.says(&["erase", els.as_str(), "--yes"]).await;
    assert_eq!(office.json(&["export-all", "els@voorbeeld.nl"]).await, json!([]));
    assert_eq!(office.json(&["export-all", "jan@voorbeeld.nl"]).await.as_array().unwrap().len(), 1);
    office.says(&["erase", "jan@voorbeeld.nl", "--yes"]).await;
    assert_eq!(office.json(&["export-all", "jan@voorbeeld.nl"]).await, json!([]));
    assert_eq!(office.table.items().await.len(), 1, "only the counter is left");
    assert!(office.says(&["erase", "jan@voorbeeld.nl", "--yes"]).await.contains("weten we niets"));
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_mail_is_listed_and_can_be_retried() {
    let office = Office::open().await;
    office.sign_up("jan@voorbeeld.nl", "a").await;
    assert!(office.says(&["mails"]).await.contains("geen mail"));
    let mail = office.table.mails("jan@voorbeeld.nl").await.remove(0);
    let event = &office.table.event;
    office.table.store().park(event, &mail.key, "MessageRejected", support::soon()).await.unwrap();
    assert!(office.says(&["stats"]).await.contains("1 mails zijn blijven liggen"));
    let shown = office.says(&["mails", "--retry"]).await;
    assert!(shown.contains("MessageRejected") && shown.contains("confirmation"), "{shown}");
    assert_eq!(office.table.mails("jan@voorbeeld.nl").await[0].parked, None);
}

#[test]
fn without_access_to_a_table_the_error_says_what_to_do() {
    let run = |arguments: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_signups")).args(arguments).env_clear().output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["list"]).contains("--local"));
    let nowhere = Path::new("/nergens");
    assert!(run(&["list", "--local", "--root", nowhere.to_str().unwrap()]).contains("cargo run"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_after_a_restore_point_is_carried_over() {
    let mut office = Office::open().await;
    office.sign_up("verzet@voorbeeld.nl", "a").await;
    office.sign_up("gewist@voorbeeld.nl", "a").await;
    let backup = office.table.all_items().await;
    let store = office.table.store();
    let to_b = Change::Move { to: "b".parse().unwrap(), may_wait: false };
    office.table.change(&store, "verzet@voorbeeld.nl", &to_b).await.unwrap();
    office.table.change(&store, "gewist@voorbeeld.nl", &Change::Erase).await.unwrap();
    let reference = office.sign_up("nieuw@voorbeeld.nl", "a").await;
    let old = office.table.name.clone();

    office.table = office.table.restored(&backup).await;
    assert!(office.refuses(&["carry-over", "niets"]).await.contains("`niets` is niet te lezen"));
    let said = office.says(&["carry-over", &old]).await;
    assert!(said.contains("e: overgenomen aanmeldingen: 2, mails: 3"), "{said}");
    assert!(said.contains("gewist@voorbeeld.nl") && said.contains("gewist, of verloren"), "{said}");
    assert!(!said.contains("nieuw@voorbeeld.nl"), "{said}");
    let people = office.json(&["list", "--json"]).await;
    assert!(people.as_array().unwrap().iter().any(|one| one["reference"] == reference), "{people}");
    assert_eq!((office.table.taken("a").await, office.table.taken("b").await), (2, 1));
    // Who erases themselves afterwards does not come back.
    assert!(office.refuses(&["carry-over", &old]).await.contains("al overgenomen"));
    let name = office.table.name.clone();
    assert!(office.refuses(&["carry-over", &name]).await.contains("de tabel zelf"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_sign_up_is_reported_and_does_not_stop_the_others() {
    let mut office = Office::open().await;
    office.sign_up("a@voorbeeld.nl", "a").await;
    office.sign_up("b@voorbeeld.nl", "a").await;
    let mut garbled = office.table.person_item("a@voorbeeld.nl").await;
    garbled.insert("status".into(), AttributeValue::S("of the future".into()));
    office.table.put(garbled).await;
    let old = office.table.name.clone();
    office.table = office.table.restored(&[]).await;
    let said = office.refuses(&["carry-over", &old]).await;
    assert!(said.contains("cannot read item") && said.contains("staat nog alleen in"), "{said}");
    assert_eq!(office.table.people("a").await, 1);
}
