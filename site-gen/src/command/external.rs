//! Checks whether links to other sites work, with as few requests as possible.
//!
//! An address that answered is requested again only after a week. Each host gets one request at a
//! time, with a pause between two addresses. A request that takes too long is given up.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use ureq::Agent;

use crate::progress::Task;
use crate::source::link::ExternalLink;
use crate::source::problem::{Problem, Problems, Severity};

/// Limits on the requests to other sites.
#[derive(Debug)]
pub struct Limits {
    /// The time limit of one request.
    pub timeout: Duration,
    /// The pause between two addresses of one host.
    pub pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(15), pause: Duration::from_millis(500) }
    }
}

/// The number of hosts that are checked in parallel.
const HOSTS: usize = 8;
/// How long an answer is trusted before its address is requested again.
const TRUSTED: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The maximum number of redirects to follow.
const REDIRECTS: u32 = 5;

/// Returns the path of the cache file, below the root. It records which addresses answered, and when.
pub fn cache_file(root: &Path) -> PathBuf {
    root.join(".cache/links.json")
}

/// Requests each address once, and reports a warning at every link to an address that does not work.
///
/// # Errors
/// Fails if the cache file cannot be read or written, or if the threads cannot be started.
pub fn check(
    links: &[ExternalLink],
    cache: &Path,
    limits: &Limits,
    now: Timestamp,
    problems: &mut Problems,
) -> Result<()> {
    let mut answered = read(cache)?;
    answered.retain(|_, at| now.duration_since(*at) < TRUSTED);
    let mut by_host: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ExternalLink { address, .. } in links {
        let address = address.split('#').next().unwrap_or(address);
        let addresses = by_host.entry(host(address)).or_default();
        if !answered.contains_key(address) && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(limits.timeout))
        .max_redirects(REDIRECTS)
        .http_status_as_error(false)
        .user_agent("site-gen, die nagaat of een link werkt")
        .build()
        .into();
    let task = Task::begin("links naar andere sites", by_host.values().map(Vec::len).sum());
    let failed: Mutex<BTreeMap<&str, String>> = Mutex::default();
    let asked = Mutex::new(Vec::new());
    rayon::ThreadPoolBuilder::new().num_threads(HOSTS).build()?.install(|| {
        by_host.par_iter().for_each(|(_, addresses)| {
            for (at, address) in addresses.iter().enumerate() {
                if at > 0 {
                    thread::sleep(limits.pause);
                }
                match ask(&agent, address) {
                    Ok(()) => asked.lock().unwrap_or_else(PoisonError::into_inner).push(*address),
                    Err(reason) => {
                        failed.lock().unwrap_or_else(PoisonError::into_inner).insert(address, reason);
                    }
                }
                task.step();
            }
        });
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    for ExternalLink { source, span, address } in links {
        if let Some(reason) = failed.get(address.split('#').next().unwrap_or(address)) {
            let problem = Problem::at(source, span.clone(), format!("deze link werkt niet: {reason}"));
            let problem = problem.help("kijk het adres na, of haal de link weg");
            problems.push(problem.severity(Severity::Warning));
        }
    }
    let asked = asked.into_inner().unwrap_or_else(PoisonError::into_inner);
    answered.extend(asked.into_iter().map(|address| (address.to_owned(), now)));
    write(cache, &answered)
}

/// Requests an address; the error says in Dutch why it does not work.
fn ask(agent: &Agent, address: &str) -> Result<(), String> {
    let answer = match agent.head(address).call() {
        // Some servers support only GET.
        Ok(answer) if !answer.status().is_success() => agent.get(address).call(),
        answer => answer,
    };
    let status = answer.map_err(|error| error.to_string())?.status();
    match status.as_u16() {
        // The page exists, but the server turns programs away.
        401 | 403 | 407 | 429 | 999 => Ok(()),
        404 | 410 => Err(format!("er is niets op dit adres ({status})")),
        _ if status.is_success() => Ok(()),
        _ => Err(format!("de site antwoordt met {status}")),
    }
}

fn host(address: &str) -> &str {
    address.split("://").nth(1).unwrap_or(address).split(['/', '?']).next().unwrap_or_default()
}

fn read(cache: &Path) -> Result<BTreeMap<String, Timestamp>> {
    match fs::read(cache) {
        // A corrupt cache counts as empty: its addresses are requested again.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error).with_context(|| format!("`{}` is niet te lezen", cache.display())),
    }
}

fn write(cache: &Path, answered: &BTreeMap<String, Timestamp>) -> Result<()> {
    let json = serde_json::to_vec_pretty(answered)?;
    let folder = cache.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(cache, json))
        .with_context(|| format!("`{}` is niet te schrijven", cache.display()))
}
