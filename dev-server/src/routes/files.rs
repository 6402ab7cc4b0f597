//! Serves the files of the built site.

use std::fs;
use std::path::{Component, Path, PathBuf};

use axum::response::{IntoResponse, Redirect, Response};
use catalog::media_types::media_type;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::editor::LIST;

/// What the server adds to the head of a page.
const HEAD: &str = "<script src=\"/_dev/reload.js\" defer></script>\n\
    <link rel=\"stylesheet\" href=\"/_dev/edit-link.css\">\n</head>";

/// Responds with a file, a folder's index, a redirect to the address with a trailing slash, or the 404 page.
pub(super) fn serve(site: &Path, url: &str) -> Response {
    let Some(relative) = below(url) else { return not_found(site) };
    let path = site.join(&relative);
    if url.ends_with('/') {
        let index = fs::read(path.join("index.html"));
        return index.map_or_else(|_| not_found(site), |bytes| page(&bytes, Some(url)));
    }
    if path.join("index.html").is_file() {
        // Uses the cleaned path, because a browser reads `//name/` as the address of another host.
        return Redirect::permanent(&format!("/{}/", relative.display())).into_response();
    }
    file(&path).unwrap_or_else(|| not_found(site))
}

/// Returns the relative path of an address, or `None` if it would leave the site.
fn below(url: &str) -> Option<PathBuf> {
    let decoded = percent_decode_str(url).decode_utf8().ok()?;
    let path = PathBuf::from(decoded.trim_start_matches('/'));
    let stays =
        !decoded.contains(['\\', '\0']) && path.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then_some(path)
}

fn not_found(site: &Path) -> Response {
    match file(&site.join("404.html")) {
        Some(page) => (StatusCode::NOT_FOUND, page).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn file(path: &Path) -> Option<Response> {
    let bytes = fs::read(path).ok()?;
    let name = path.to_string_lossy();
    let kind = match media_type(&name) {
        Some(html) if html.starts_with("text/html") => return Some(page(&bytes, None)),
        Some(kind) => kind,
        None => "application/octet-stream",
    };
    Some(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "no-cache")], bytes).into_response())
}

/// Responds with a page, including the script that reloads it and, given its address, a link to its form.
fn page(bytes: &[u8], url: Option<&str>) -> Response {
    let mut html = String::from_utf8_lossy(bytes).replacen("</head>", HEAD, 1);
    if let Some(url) = url {
        let address = utf8_percent_encode(url, NON_ALPHANUMERIC);
        let link = format!(
            "<nav aria-label=\"Redactie\" class=\"dev-edit\"><a href=\"{LIST}?adres={address}\">Bewerk deze pagina</a></nav>\n"
        );
        // An open menu covers the footer, so that the keyboard does not reach the link beneath it.
        if let Some(end) = html.rfind("</footer>").or_else(|| html.rfind("</body>")) {
            html.insert_str(end, &link);
        }
    }
    ([(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "no-cache")], html).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_leave_the_site() {
        assert_eq!(below("/a/b%20c.css"), Some("a/b c.css".into()));
        for url in ["/../x", "/a/../../x", "/%2e%2e/x", "/..%2fx", "/a\\..\\x", "/%00", "/%ff"] {
            assert_eq!(below(url), None, "{url}");
        }
    }
}
