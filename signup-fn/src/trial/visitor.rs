//! Requests to the site, as a participant's browser sends them.

use std::time::Duration;

use http::StatusCode;
use http::header::{LOCATION, ORIGIN};
use tokio::task::spawn_blocking;
use ureq::Agent;

/// How long one request may take. Beyond that, participants give up too.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A participant's browser, without the parts that nobody sees.
#[derive(Debug, Clone)]
pub struct Visitor {
    agent: Agent,
    origin: String,
    address: String,
}

/// A response of the site.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where the response leads to, if it does.
    pub location: Option<String>,
    /// The body.
    pub body: String,
}

impl Visitor {
    /// Returns a visitor of the site at an origin, such as `https://www.example.org`. The site is reached at another
    /// address if there is one.
    pub fn new(origin: &str, address: Option<&str>) -> Self {
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("dagelijkse controle van de site")
            .build()
            .into();
        Self { agent, origin: origin.to_owned(), address: address.unwrap_or(origin).to_owned() }
    }

    /// Opens a page.
    ///
    /// # Errors
    /// Fails with the cause if there is no complete response.
    pub async fn get(&self, path: &str) -> Result<Page, String> {
        let (agent, url) = (self.agent.clone(), format!("{}{path}", self.address));
        page(move || agent.get(url).call()).await
    }

    /// Submits a form: URL-encoded fields.
    ///
    /// # Errors
    /// Fails with the cause if there is no complete response.
    pub async fn post(&self, path: &str, form: Vec<(&'static str, String)>) -> Result<Page, String> {
        let (agent, url) = (self.agent.clone(), format!("{}{path}", self.address));
        let origin = self.origin.clone();
        page(move || agent.post(url).header(ORIGIN, origin).send_form(form)).await
    }
}

/// Sends a request on a thread of its own, because it blocks, and reads the response.
async fn page(
    send: impl FnOnce() -> Result<http::Response<ureq::Body>, ureq::Error> + Send + 'static,
) -> Result<Page, String> {
    let read = || {
        let mut response = send()?;
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let (status, location) = (response.status(), location.map(str::to_owned));
        Ok(Page { status, location, body: response.body_mut().read_to_string()? })
    };
    let read = spawn_blocking(read).await.map_err(|error| error.to_string())?;
    read.map_err(|error: ureq::Error| error.to_string())
}
