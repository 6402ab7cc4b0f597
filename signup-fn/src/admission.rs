//! Which requests are let in at all, before anything is read from them.

use http::header::{CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, Request, StatusCode};

/// The largest form, in bytes, so that every form within the limits of its fields fits.
///
/// The texts hold 80 + 120 + 80 + 1,000 characters of at most four bytes, each
/// byte escaped to three: 15,360. An address of 254 bytes takes 762, the names
/// of the fields and the choices 123: 16,245 in all.
pub const MAX_BODY: usize = 16 * 1024;

/// Lets a form in that comes from our own pages, is of a form's type and size.
///
/// # Errors
/// With the status to refuse it with: 403 from elsewhere, 413 too large, 415 another type.
pub fn admit(request: &Request<Vec<u8>>, origins: &[String]) -> Result<(), StatusCode> {
    if !is_same_origin(request.headers(), origins) {
        return Err(StatusCode::FORBIDDEN);
    }
    if request.body().len() > MAX_BODY {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    if !is_form(request.headers()) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    Ok(())
}

/// Browsers say where a form comes from, in one header or the other; what says
/// nothing is no browser, and carries nobody's identity.
fn is_same_origin(headers: &HeaderMap, origins: &[String]) -> bool {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if !matches!(site, None | Some(b"same-origin" | b"none")) {
        return false;
    }
    match headers.get(ORIGIN).map(|value| value.as_bytes()) {
        None => true,
        // An extension for privacy may hide the origin; the browser's own header then decides.
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
    fn a_form_of_our_own_pages_is_let_in() {
        check(&[FORM], 0, Ok(()));
        check(&[FORM, ("origin", "https://pos.example"), ("sec-fetch-site", "same-origin")], 0, Ok(()));
        check(&[FORM, ("origin", "null"), ("sec-fetch-site", "same-origin")], 0, Ok(()));
    }

    #[test]
    fn a_form_of_another_origin_is_refused() {
        check(&[FORM, ("origin", "https://evil.example")], 0, Err(403));
        check(&[FORM, ("origin", "http://pos.example")], 0, Err(403));
        check(&[FORM, ("origin", "null")], 0, Err(403));
        for site in ["cross-site", "same-site", "?"] {
            check(&[FORM, ("sec-fetch-site", site)], 0, Err(403));
        }
    }

    #[test]
    fn size_and_type_are_a_forms() {
        check(&[FORM], MAX_BODY, Ok(()));
        check(&[FORM], MAX_BODY + 1, Err(413));
        check(&[("content-type", "application/json")], 0, Err(415));
        check(&[("content-type", "multipart/form-data; boundary=x")], 0, Err(415));
        check(&[], 0, Err(415));
    }
}
