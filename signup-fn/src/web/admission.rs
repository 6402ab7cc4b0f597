//! The checks that a form must pass before its fields are read: origin, size and content type.

use http::header::{CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Request, StatusCode};

/// The maximum size of a form in bytes. Every form whose fields are within their limits fits.
///
/// The texts have 80 + 120 + 80 + 1,000 characters of at most four bytes, and each byte is escaped
/// to three: 15,360. An address of 254 bytes takes 3 × 254 = 762. The field names, choices and
/// separators take at most 141 (a session id has at most 40 bytes): 16,263 in all.
pub const MAX_BODY: usize = 16 * 1024;

/// Accepts a form from our own pages that is not too large and has the content type of a form.
///
/// # Errors
/// Returns the status of the refusal: 403 for another origin, 413 for a form that is too large, 415
/// for another content type.
pub fn admit(request: &Request<Vec<u8>>, origins: &[String]) -> Result<(), StatusCode> {
    if !is_same_origin(request.headers(), origins) {
        return Err(StatusCode::FORBIDDEN);
    }
    admit_form(request, MAX_BODY)
}

/// The maximum size of an organiser's form in bytes: a message of 5,000 characters of at most four bytes, each
/// escaped to three, and its other fields.
pub const MAX_ORGANISER_BODY: usize = 80 * 1024;

/// Accepts an organiser's form only if it certainly comes from our own pages: `Sec-Fetch-Site` says so or, in a
/// browser without that header, `Origin` is ours (OWASP ASVS 5.0, 3.5.1).
///
/// # Errors
/// Returns the status of the refusal, as [`admit`] does.
pub fn admit_strictly(request: &Request<Vec<u8>>, origins: &[String]) -> Result<(), StatusCode> {
    let headers = request.headers();
    let is_ours = match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
        Some(site) => site == b"same-origin",
        None => headers.get(ORIGIN).is_some_and(|origin| origins.iter().any(|own| own.as_bytes() == origin)),
    };
    if !is_ours {
        return Err(StatusCode::FORBIDDEN);
    }
    admit_form(request, MAX_ORGANISER_BODY)
}

/// Accepts a form that was sent to an address with a secret token, even if its origin is hidden.
///
/// Older Safari versions send `Origin: null` from a page with `Referrer-Policy: no-referrer`. The token
/// itself proves that the sender has seen the page.
///
/// # Errors
/// Returns the status of the refusal, as [`admit`] does.
pub fn admit_with_token(request: &Request<Vec<u8>>, origins: &[String]) -> Result<(), StatusCode> {
    let headers = request.headers();
    let is_hidden = headers.get(ORIGIN).is_some_and(|origin| origin.as_bytes() == b"null")
        && headers.get("sec-fetch-site").is_none();
    if !is_hidden && !is_same_origin(headers, origins) {
        return Err(StatusCode::FORBIDDEN);
    }
    admit_form(request, MAX_BODY)
}

fn admit_form(request: &Request<Vec<u8>>, max: usize) -> Result<(), StatusCode> {
    if request.body().len() > max {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    if !is_form(request.headers()) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    Ok(())
}

/// Returns whether a form comes from our own pages.
///
/// Every browser sends `Origin` or `Sec-Fetch-Site` with a form. A client that sends neither is not a
/// browser, so another site cannot make it submit a form on somebody's behalf (CSRF).
fn is_same_origin(headers: &HeaderMap, origins: &[String]) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if !matches!(site, None | Some(b"same-origin" | b"none")) {
        return false;
    }
    match headers.get(ORIGIN).map(|value| value.as_bytes()) {
        None => true,
        // A privacy extension may hide the origin. Then `Sec-Fetch-Site` decides.
        Some(b"null") => site == Some(b"same-origin"),
        Some(origin) => origins.iter().any(|own| own.as_bytes() == origin),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    let Some(Ok(content_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded; charset=utf-8");

    fn check(headers: &[(&str, &str)], size: usize, expected: Result<(), u16>) {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(vec![b'a'; size]).unwrap();
        let admitted = admit(&request, &["https://pos.example".to_owned()]);
        assert_eq!(admitted.map_err(|status| status.as_u16()), expected, "{headers:?}");
    }

    #[test]
    fn a_form_from_our_own_pages_is_accepted() {
        check(&[FORM], 0, Ok(()));
        check(&[FORM, ("origin", "https://pos.example"), ("sec-fetch-site", "same-origin")], 0, Ok(()));
        check(&[FORM, ("origin", "null"), ("sec-fetch-site", "same-origin")], 0, Ok(()));
    }

    #[test]
    fn a_form_from_another_origin_is_refused() {
        check(&[FORM, ("origin", "https://evil.example")], 0, Err(403));
        check(&[FORM, ("origin", "http://pos.example")], 0, Err(403));
        check(&[FORM, ("origin", "null")], 0, Err(403));
        for site in ["cross-site", "same-site", "?"] {
            check(&[FORM, ("sec-fetch-site", site)], 0, Err(403));
        }
    }

    #[test]
    fn a_hidden_origin_is_accepted_only_with_a_token_in_the_address() {
        let request = |site: Option<&str>| {
            let request = Request::builder().header(FORM.0, FORM.1).header("origin", "null");
            let request =
                site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site));
            request.body(Vec::new()).unwrap()
        };
        let own = ["https://pos.example".to_owned()];
        assert_eq!(admit_with_token(&request(None), &own), Ok(()));
        assert_eq!(admit(&request(None), &own), Err(StatusCode::FORBIDDEN));
        assert_eq!(admit_with_token(&request(Some("cross-site")), &own), Err(StatusCode::FORBIDDEN));
    }

    #[test]
    fn an_organisers_form_must_prove_where_it_comes_from() {
        let own = ["https://pos.example".to_owned()];
        for (headers, expected) in [
            (&[("sec-fetch-site", "same-origin")][..], Ok(())),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://pos.example")], Ok(())),
            (&[("origin", "https://pos.example")], Ok(())),
            (&[], Err(StatusCode::FORBIDDEN)),
            (&[("origin", "null")], Err(StatusCode::FORBIDDEN)),
            (&[("origin", "https://evil.example")], Err(StatusCode::FORBIDDEN)),
            (&[("sec-fetch-site", "none")], Err(StatusCode::FORBIDDEN)),
            (
                &[("sec-fetch-site", "same-site"), ("origin", "https://pos.example")],
                Err(StatusCode::FORBIDDEN),
            ),
        ] {
            let request = Request::builder().header(FORM.0, FORM.1);
            let request =
                headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            let request = request.body(Vec::new()).unwrap();
            assert_eq!(admit_strictly(&request, &own), expected, "{headers:?}");
        }
    }

    #[test]
    fn a_form_must_have_the_right_size_and_content_type() {
        check(&[FORM], MAX_BODY, Ok(()));
        check(&[FORM], MAX_BODY + 1, Err(413));
        check(&[("content-type", "application/json")], 0, Err(415));
        check(&[("content-type", "multipart/form-data; boundary=x")], 0, Err(415));
        check(&[], 0, Err(415));
    }
}
