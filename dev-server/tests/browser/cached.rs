//! What a browser asks for on a second page, with the headers that the CDN sends.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::response::{IntoResponse as _, Response};
use catalog::media_types::media_type;
use fantoccini::Locator;
use http::{HeaderName, HeaderValue, StatusCode, Uri};

use crate::support::{Tried, project, site_with_real_content};
use crate::visitor::Visitor;

/// The site as the CDN serves it, and the paths that were asked for.
struct Cdn {
    site: PathBuf,
    headers: BTreeMap<String, String>,
    /// The cache policies of files with a fingerprint in their name, and of all others.
    policies: [String; 2],
    asked: Mutex<Vec<String>>,
}

impl Cdn {
    fn open(dist: &Path) -> Self {
        let deploy = fs::read_to_string(project().join("infra/steps/publish")).unwrap();
        let policy = |name: &str| {
            let line = deploy.lines().find_map(|line| line.strip_prefix(&format!("{name}='")));
            line.unwrap().trim_end_matches('\'').to_owned()
        };
        Self {
            site: dist.join("site"),
            headers: serde_json::from_str(&fs::read_to_string(dist.join("headers.json")).unwrap()).unwrap(),
            policies: [policy("forever"), policy("briefly")],
            asked: Mutex::default(),
        }
    }

    fn answer(&self, path: &str) -> Response {
        self.asked.lock().unwrap().push(path.to_owned());
        let file = if path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        let Ok(bytes) = fs::read(self.site.join(file.trim_start_matches('/'))) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let mut response = bytes.into_response();
        let mut set = |name: &str, value: &str| {
            let name = HeaderName::try_from(name).unwrap();
            response.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        };
        for (name, value) in &self.headers {
            set(name, value);
        }
        let is_hex = |part: &str| part.len() == 10 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        let [forever, briefly] = &self.policies;
        set("cache-control", if file.split('.').any(is_hex) { forever } else { briefly });
        set("content-type", media_type(&file).unwrap());
        response
    }

    fn asked_since_last(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_page_asks_for_no_style_font_or_script() {
    let site = Tried::start_in(site_with_real_content()).await;
    let cdn = Arc::new(Cdn::open(&site.root.path().join("dist")));
    let router = Router::new().fallback({
        let cdn = Arc::clone(&cdn);
        move |uri: Uri| async move { cdn.answer(uri.path()) }
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    let visitor = Visitor::with_scripts(1280, 800, true).await;
    visitor.client.goto(&format!("{origin}/zoeken/")).await.unwrap();
    let first = cdn.asked_since_last();
    let is_asset = |path: &&String| [".css", ".js", ".woff2"].iter().any(|ending| path.ends_with(ending));
    assert!(first.iter().filter(is_asset).count() >= 3, "{first:?}");
    for link in ["main a[href='/contact/'], a[href='/contact/']", "a[href='/zoeken/']"] {
        visitor.client.find(Locator::Css(link)).await.unwrap().click().await.unwrap();
        visitor.client.wait().for_element(Locator::Css("h1")).await.unwrap();
        let asked = cdn.asked_since_last();
        assert!(!asked.is_empty() && asked.iter().filter(is_asset).count() == 0, "{link}: {asked:?}");
    }
    visitor.client.clone().close().await.unwrap();
    serving.abort();
    site.server.stop().await.unwrap();
}
