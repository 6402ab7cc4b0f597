# One web origin for visitors: pages from the bucket, /aanmelden/ and /beheer/ from the functions.

locals {
  hsts = join("; ", compact([
    local.headers["strict-transport-security"],
    var.hsts == "host" ? "" : "includeSubDomains",
    var.hsts == "preload" ? "preload" : "",
  ]))

  # Cache policies managed by AWS, with the same ids in every account. The first follows the origin's
  # Cache-Control, with only the path as cache key. The second caches nothing.
  caching_optimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  caching_disabled  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"

  rewrite = templatefile("${path.module}/rewrite.js", {
    host      = jsonencode(var.domain)
    others    = jsonencode(var.other_domains)
    prefixes  = jsonencode([local.signup_prefix, local.organiser_prefix])
    redirects = jsonencode(local.redirects)
    headers = jsonencode({ for name, value in merge(local.headers, { "strict-transport-security" = local.hsts }) :
    name => { value = value } })
  })
}

resource "aws_cloudfront_distribution" "site" {
  #checkov:skip=CKV2_AWS_47:the rules that it asks for come with var.firewall
  #checkov:skip=CKV_AWS_86:visitors' IP addresses are not collected
  #checkov:skip=CKV_AWS_174:TLS 1.2 is the minimum once a domain is set (tested); CloudFront's own certificate allows no minimum
  #checkov:skip=CKV2_AWS_42:same reason
  #checkov:skip=CKV_AWS_310:one region; the pages can be rebuilt in minutes
  #checkov:skip=CKV_AWS_374:open to every country
  enabled             = true
  is_ipv6_enabled     = true
  http_version        = "http2and3"
  price_class         = "PriceClass_100" # Europe and North America
  default_root_object = "index.html"
  aliases             = local.hosts
  web_acl_id          = one(aws_wafv2_web_acl.site[*].arn)

  origin {
    origin_id                = "site"
    domain_name              = aws_s3_bucket.site.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.site.id
  }

  dynamic "origin" {
    for_each = { signup = aws_apigatewayv2_api.signup, organiser = aws_apigatewayv2_api.organiser }
    content {
      origin_id   = origin.key
      domain_name = trimprefix(origin.value.api_endpoint, "https://")
      custom_origin_config {
        http_port              = 80
        https_port             = 443
        origin_protocol_policy = "https-only"
        origin_ssl_protocols   = ["TLSv1.2"]
        origin_read_timeout    = 15 # longer than the API's timeout of 12 s
      }
      custom_header {
        name  = "x-origin-verify"
        value = var.origin_secrets[0]
      }
    }
  }

  default_cache_behavior {
    target_origin_id           = "site"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }

  # Every page with a form requests this. The answer is the same for everybody, so it is cached for as long as
  # the function's Cache-Control says.
  ordered_cache_behavior {
    path_pattern               = "${local.signup_prefix}*/plekken.json"
    target_origin_id           = "signup"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
  }

  ordered_cache_behavior {
    path_pattern               = "${local.signup_prefix}*"
    target_origin_id           = "signup"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] # CloudFront allows POST only together with all the others
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.signup.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }

  ordered_cache_behavior {
    path_pattern               = "${local.organiser_prefix}*"
    target_origin_id           = "organiser"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = aws_cloudfront_origin_request_policy.organiser.id
    response_headers_policy_id = aws_cloudfront_response_headers_policy.site.id
    function_association {
      event_type   = "viewer-request"
      function_arn = aws_cloudfront_function.rewrite.arn
    }
  }

  # CloudFront's error pages apply to the whole distribution, not to one behaviour. The functions answer 404 only for
  # addresses that do not exist, 410 for an expired link, and 507 after a failure of their own, whose page names an
  # incident and keeps what was typed.
  custom_error_response {
    error_code            = 404
    response_code         = 404
    response_page_path    = "/404.html"
    error_caching_min_ttl = 60
  }

  # API Gateway sends these itself, as JSON, when a function is not there, throttled or too slow. An error that is over is
  # not kept: CloudFront would do so for ten seconds.
  dynamic "custom_error_response" {
    for_each = [500, 502, 503, 504]
    content {
      error_code            = custom_error_response.value
      response_code         = 503
      response_page_path    = "/503.html"
      error_caching_min_ttl = 0
    }
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain == ""
    acm_certificate_arn            = var.domain == "" ? null : local.certificate_arn
    ssl_support_method             = var.domain == "" ? null : "sni-only"
    minimum_protocol_version       = var.domain == "" ? "TLSv1" : "TLSv1.2_2021"
  }

  # A CDN without functions would answer every form with an error.
  depends_on = [aws_lambda_alias.signup, aws_lambda_alias.organiser]

  lifecycle {
    precondition {
      condition     = fileexists("${var.built}/dist/site/503.html")
      error_message = "content/503.md is missing or not public: visitors would get the API's JSON in an outage."
    }
    precondition {
      condition     = length(var.other_domains) == 0 || var.domain != "" && !contains(var.other_domains, var.domain)
      error_message = "other_domains lead to domain: it needs one, and does not repeat it."
    }
    precondition {
      condition     = var.domain == "" || var.hosted_zone_id != "" || var.certificate_arn != ""
      error_message = "A domain needs hosted_zone_id (Terraform then creates the certificate) or certificate_arn."
    }
    precondition {
      condition     = var.domain == "" || local.origin == "https://${var.domain}"
      error_message = "content/site.toml has origin = \"${local.origin}\", but domain is ${var.domain}: every sign-up would be refused."
    }
  }
}

resource "aws_cloudfront_origin_access_control" "site" {
  name                              = "${var.name}-site"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

# Forwards exactly what the function reads: no cookies and no query string. Host is left out, because the API
# would not recognise the site's host name.
resource "aws_cloudfront_origin_request_policy" "signup" {
  name = "${var.name}-signup"
  headers_config {
    header_behavior = "whitelist"
    headers {
      items = ["CloudFront-Viewer-Address", "Content-Type", "Origin", "Sec-Fetch-Site"]
    }
  }
  cookies_config {
    cookie_behavior = "none"
  }
  query_strings_config {
    query_string_behavior = "none"
  }
}

resource "aws_cloudfront_function" "rewrite" {
  name    = "${var.name}-rewrite"
  runtime = "cloudfront-js-2.0"
  comment = "clean URLs and redirects"
  publish = true
  code    = local.rewrite

  lifecycle {
    precondition {
      condition     = length(base64encode(local.rewrite)) * 3 / 4 <= 10240
      error_message = "With ${length(local.redirects)} redirects the function exceeds CloudFront's limit of 10 kB: move them to a CloudFront key value store."
    }
  }
}

# Sends the same list of headers as the function. HSTS is what the owner of the domain decides. Nothing else overrides a header that the origin already sent:
# personal pages have a stricter Referrer-Policy.
resource "aws_cloudfront_response_headers_policy" "site" {
  #checkov:skip=CKV_AWS_259:max-age is two years, but comes from headers.json, which the check can't read
  name = "${var.name}-site"

  security_headers_config {
    content_security_policy {
      content_security_policy = local.headers["content-security-policy"]
      override                = false
    }
    strict_transport_security {
      access_control_max_age_sec = tonumber(regex("max-age=([0-9]+)", local.headers["strict-transport-security"])[0])
      include_subdomains         = var.hsts != "host"
      preload                    = var.hsts == "preload"
      override                   = true # the functions know only the host's own
    }
    content_type_options {
      override = false
    }
    frame_options {
      frame_option = local.headers["x-frame-options"]
      override     = false
    }
    referrer_policy {
      referrer_policy = local.headers["referrer-policy"]
      override        = false
    }
  }

  # CloudFront rejects the headers above as custom headers, and has no dedicated fields for any others.
  custom_headers_config {
    dynamic "items" {
      for_each = {
        for name, value in merge(local.headers, var.indexed ? {} : { x-robots-tag = "noindex" }) : name => value if !contains([
          "content-security-policy", "strict-transport-security", "x-content-type-options", "x-frame-options",
          "referrer-policy",
        ], name)
      }
      content {
        header   = items.key
        value    = items.value
        override = false
      }
    }
  }
}
