//! The function and the mailer after a build of the site.

use std::sync::Arc;

use catalog::{Catalog, CatalogRecord};
use http::{Method, Request, Response};
use jiff::Timestamp;
use signup_fn::mail::mailer::Mailer;
use signup_fn::participant;
use signup_fn::participant::function::Function;
use signup_fn::people::token::TokenKeys;

use crate::into_folder;
use crate::support::{self, Table, at, function_folder, identity};

/// A catalogue with the events of a table, or with none.
pub(crate) fn catalogue(tables: &[&Table]) -> Arc<Catalog> {
    let mut record: CatalogRecord = support::catalog().into();
    record.events = tables.iter().map(|table| table.event.clone()).collect();
    Arc::new(record.try_into().unwrap())
}

/// The function after a build with this catalogue.
pub(crate) fn function(table: &Table, catalog: Arc<Catalog>) -> Function {
    let opened = Function::open(function_folder(), table.store(), identity(), TokenKeys::new([8; 32]));
    Function { catalog, ..opened.unwrap() }
}

pub(crate) fn mailer(table: &Table, catalog: Arc<Catalog>) -> (Mailer, tempfile::TempDir) {
    let (mailer, folder) = into_folder(table);
    (Mailer { catalog, ..mailer }, folder)
}

/// The path of the first link to a participant's page in the mail of a kind.
pub(crate) fn link(folder: &tempfile::TempDir, kind: &str) -> String {
    let files = std::fs::read_dir(folder.path()).unwrap().flatten().map(|file| file.path());
    let file = files.into_iter().find(|file| file.to_string_lossy().ends_with(&format!("-{kind}.eml")));
    // Lines are folded in quoted-printable.
    let letter = std::fs::read_to_string(file.unwrap()).unwrap().replace("=\r\n", "");
    let (_, rest) = letter.split_once("https://pos.example/aanmelden/").unwrap();
    format!("/aanmelden/{}", rest.split_whitespace().next().unwrap())
}

/// Sends a request to the function.
pub(crate) async fn ask(
    function: &Function,
    method: Method,
    path: &str,
    body: &str,
    now: Timestamp,
) -> Response<String> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://pos.example")
        .body(body.as_bytes().to_vec());
    participant::answer(function, request.unwrap(), None, at(now)).await
}
