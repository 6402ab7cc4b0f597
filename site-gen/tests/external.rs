//! The check of links to other sites, and its limits.
#![allow(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use site_gen::command::external::{self, Limits};
use site_gen::source::file::Source;
use site_gen::source::link::ExternalLink;
use site_gen::source::problem::Problems;

/// Starts a local HTTP server. Returns its origin and the list of requests it receives.
fn elsewhere() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let told = Arc::clone(&told);
            thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let Some(line) = lines.next() else { return };
                let _headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                told.lock().unwrap().push(line.trim_end_matches(" HTTP/1.1").to_owned());
                let answer = match line.split(' ').take(2).collect::<Vec<_>>()[..] {
                    ["HEAD" | "GET", "/goed"] | ["GET", "/alleen-get"] => "200 OK",
                    ["HEAD", "/alleen-get"] => "405 Method Not Allowed",
                    [_, "/bewaakt"] => "403 Forbidden",
                    [_, "/verhuisd"] => "301 Moved Permanently\r\nlocation: /goed",
                    [_, "/kringloop"] => "302 Found\r\nlocation: /kringloop",
                    [_, "/traag"] => {
                        thread::sleep(Duration::from_secs(3));
                        "200 OK"
                    }
                    [_, "/kapot"] => "503 Service Unavailable",
                    _ => "404 Not Found",
                };
                let _ = write!(stream, "HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            });
        }
    });
    (origin, asked)
}

#[test]
fn a_broken_link_is_reported_and_a_working_link_is_cached_for_a_week() {
    let (origin, asked) = elsewhere();
    let paths = [
        "goed",
        "goed#kop",
        "alleen-get",
        "bewaakt",
        "verhuisd",
        "kringloop",
        "traag",
        "kapot",
        "weg",
        "weg",
    ];
    let text: String = paths.map(|path| format!("[x]({origin}/{path})\n")).concat();
    let source = Arc::new(Source::new("content/contact.md", text));
    let links = paths.iter().enumerate().map(|(line, path)| {
        let address = format!("{origin}/{path}");
        let before: usize = source.text.split_inclusive('\n').take(line).map(str::len).sum();
        let span = before + 4..before + 4 + address.len();
        ExternalLink { source: Arc::clone(&source), span, address }
    });
    let links: Vec<ExternalLink> = links.collect();
    let folder = tempfile::tempdir().unwrap();
    let cache = external::cache_file(folder.path());
    let limits = Limits { timeout: Duration::from_secs(1), pause: Duration::ZERO };
    let check = |now: &str| {
        let mut problems = Problems::default();
        let now: Timestamp = now.parse().unwrap();
        external::check(&links, &cache, &limits, now, &mut problems).unwrap();
        assert!(!problems.has_errors(), "a broken external link never blocks the build");
        (problems.to_string(), std::mem::take(&mut *asked.lock().unwrap()))
    };

    let (told, first) = check("2026-11-24T12:00:00Z");
    for expected in
        ["contact.md:6:5", "contact.md:7:5", "contact.md:8:5", "contact.md:9:5", "contact.md:10:5"]
    {
        assert!(told.contains(expected), "{expected}\n{told}");
    }
    assert_eq!(told.matches("deze link werkt niet").count(), 5, "{told}");
    assert_eq!(
        first.iter().filter(|line| line.ends_with("/weg")).count(),
        2,
        "one HEAD and one GET: {first:?}"
    );
    assert_eq!(first.iter().filter(|line| *line == "HEAD /bewaakt").count(), 1);

    let (told, second) = check("2026-11-25T12:00:00Z");
    assert_eq!(told.matches("deze link werkt niet").count(), 5, "{told}");
    assert!(!second.iter().any(|line| line.ends_with("/goed") && !first.contains(line)), "{second:?}");
    assert!(!second.iter().any(|line| line.ends_with("/bewaakt")), "{second:?}");

    let (_, third) = check("2026-12-02T12:00:00Z");
    assert!(third.iter().any(|line| line == "HEAD /goed"), "checked again after a week: {third:?}");
}
