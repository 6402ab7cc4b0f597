//! The security headers of every response: static pages, the function's answers and error pages.

/// Name and value of each header, for the dev server, the function and the CDN.
///
/// They score 130 on the public table of MDN's HTTP Observatory. The table has 15
/// more points that headers alone can't earn: 5 for a place on the preload list,
/// 5 for scripts with `integrity`, and 5 for cookies (there are none).
pub const SECURITY_HEADERS: [(&str, &str); 9] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    // Whether it holds for subdomains too is the decision of whoever owns the domain: `hsts` in infra/variables.tf.
    ("strict-transport-security", "max-age=63072000"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-embedder-policy", "require-corp"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
];

#[cfg(test)]
mod tests {
    use super::SECURITY_HEADERS;

    fn value(name: &str) -> &'static str {
        SECURITY_HEADERS.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    fn policy(directive: &str) -> Option<&'static str> {
        let mut directives = value("content-security-policy").split(';').map(str::trim);
        directives.find_map(|text| text.strip_prefix(directive)?.strip_prefix(' '))
    }

    fn max_age() -> u64 {
        let age =
            value("strict-transport-security").split(';').find_map(|part| part.strip_prefix("max-age="));
        age.and_then(|age| age.parse().ok()).unwrap_or_default()
    }

    /// Returns the score of these headers on the Observatory's public table; a missing header costs points.
    /// <https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring>
    fn score() -> i32 {
        let is_safe = !value("content-security-policy").contains("unsafe");
        let csp = match (policy("default-src"), is_safe) {
            (Some("'none'"), true) => 10,
            (Some(_), true) => 5,
            (Some(_), false) => -20,
            (None, _) => -25,
        };
        let framing = match (policy("frame-ancestors"), value("x-frame-options")) {
            (Some("'none'" | "'self'"), _) => 5,
            (_, "DENY" | "SAMEORIGIN") => 0,
            _ => -20,
        };
        let transport = if max_age() >= 15_768_000 { 0 } else { -20 };
        let sniffing = if value("x-content-type-options") == "nosniff" { 0 } else { -5 };
        let referrer = match value("referrer-policy") {
            "no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin" => 5,
            "" => 0,
            _ => -5,
        };
        let resource = match value("cross-origin-resource-policy") {
            "same-origin" | "same-site" => 10,
            _ => 0,
        };
        100 + csp + framing + transport + sniffing + referrer + resource
    }

    #[test]
    fn the_observatory_gives_the_highest_score_that_headers_alone_can_earn() {
        assert_eq!(score(), 130);
    }

    /// The requirements of internet.nl for headers: <https://github.com/internetstandards/Internet.nl>
    #[test]
    fn the_headers_meet_the_requirements_of_internet_nl() {
        assert!(max_age() >= 31_536_000);
        assert!(matches!(value("x-frame-options"), "DENY" | "SAMEORIGIN"));
        for directive in ["default-src", "base-uri", "form-action", "frame-ancestors"] {
            assert!(matches!(policy(directive), Some("'none'" | "'self'")), "{directive}");
        }
        for forbidden in ["unsafe", "data:", "http:", "*", "127.0.0.1"] {
            assert!(!value("content-security-policy").contains(forbidden), "{forbidden}");
        }
    }
}
