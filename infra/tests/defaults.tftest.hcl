# terraform test -var built=…: tests a build without a network, an account or an emulator. `built` is the
# output folder of infra/build. The default is the folder that infra/deploy uses.

mock_provider "aws" {
  source = "./tests/mocks/aws"
}
mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks/us-east-1"
}

run "stored_data_is_protected" {
  # With mocks, `apply` creates nothing, but makes the values known that AWS would fill in.
  command = apply

  # The built site has its own origin, which differs from the domain name of the mocked distribution.
  expect_failures = [check.origin]

  assert {
    condition     = aws_dynamodb_table.signups.deletion_protection_enabled && !aws_s3_bucket.site.force_destroy
    error_message = "The table and the bucket must be protected by default."
  }
  assert {
    condition     = aws_dynamodb_table.signups.point_in_time_recovery[0].enabled && aws_dynamodb_table.signups.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table must have point-in-time recovery and be billed per request."
  }
  assert {
    condition     = aws_dynamodb_table.signups.ttl[0].enabled && aws_dynamodb_table.signups.ttl[0].attribute_name == "forget_at"
    error_message = "The table must expire items at `forget_at`."
  }
  assert {
    condition     = aws_dynamodb_table.signups.stream_view_type == "KEYS_ONLY"
    error_message = "The stream must contain only keys, and so no names."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.site.block_public_acls,
      aws_s3_bucket_public_access_block.site.block_public_policy,
      aws_s3_bucket_public_access_block.site.ignore_public_acls,
      aws_s3_bucket_public_access_block.site.restrict_public_buckets,
      aws_s3_bucket_versioning.site.versioning_configuration[0].status == "Enabled",
    ])
    error_message = "The bucket must be private and versioned."
  }
  assert {
    condition = anytrue([for s in data.aws_iam_policy_document.site.statement : s.effect == "Deny" &&
    anytrue([for c in s.condition : c.variable == "aws:SecureTransport" && contains(c.values, "false")])])
    error_message = "The bucket must deny requests without TLS."
  }
}

run "the_functions_run_as_built" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = alltrue([for f in [aws_lambda_function.signup, aws_lambda_function.organiser, aws_lambda_function.mailer] :
    f.runtime == "provided.al2023" && f.publish && f.architectures[0] == trimspace(file("${var.built}/architecture"))])
    error_message = "All functions must run on provided.al2023 and the architecture of the build, and publish versions."
  }
  assert {
    condition     = aws_lambda_function.mailer.timeout < 30
    error_message = "The mailer's timeout must be shorter than its lease (store/outbox.rs, LEASE)."
  }
  assert {
    condition     = sort(keys(aws_lambda_function.signup.environment[0].variables)) == tolist(["IDENTITY_KEY", "ORIGIN_SECRETS", "TABLE_NAME", "TOKEN_KEYS"])
    error_message = "The function's environment must match signup-fn/README.md."
  }
  assert {
    condition     = sort(keys(aws_lambda_function.mailer.environment[0].variables)) == tolist(["IDENTITY_KEY", "MAIL_CONFIGURATION_SET", "MAIL_FROM", "ORGANISERS", "TABLE_NAME", "TOKEN_KEYS"])
    error_message = "The mailer's environment must match signup-fn/README.md."
  }
  assert {
    condition     = sort(keys(aws_lambda_function.organiser.environment[0].variables)) == tolist(["IDENTITY_KEY", "ORGANISERS", "ORIGIN_SECRETS", "TABLE_NAME", "TOKEN_KEYS"])
    error_message = "The environment of the organisers' function must match signup-fn/README.md."
  }
  assert {
    condition = alltrue([
      aws_lambda_event_source_mapping.mailer.function_name == aws_lambda_alias.mailer.arn,
      aws_scheduler_schedule.rounds.target[0].arn == aws_lambda_alias.mailer.arn,
      aws_apigatewayv2_integration.signup.integration_uri == aws_lambda_alias.signup.invoke_arn,
      aws_apigatewayv2_integration.organiser.integration_uri == aws_lambda_alias.organiser.invoke_arn,
    ])
    error_message = "Every caller of a function must call its alias."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.mailer.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.mailer.maximum_retry_attempts > 0
    error_message = "Failures must be reported per record and retried."
  }
  assert {
    condition     = alltrue([for g in [aws_cloudwatch_log_group.signup, aws_cloudwatch_log_group.organiser, aws_cloudwatch_log_group.mailer, aws_cloudwatch_log_group.api] : g.retention_in_days == 30])
    error_message = "Logs must be kept for 30 days."
  }
  assert {
    condition     = aws_apigatewayv2_stage.signup.default_route_settings[0].throttling_rate_limit == 100 && aws_apigatewayv2_stage.signup.default_route_settings[0].throttling_burst_limit == 5000
    error_message = "The API must let a rush pass, but bound what an attack costs."
  }
  assert {
    condition     = alltrue([for stage in [aws_apigatewayv2_stage.signup, aws_apigatewayv2_stage.organiser] : !strcontains(stage.access_log_settings[0].format, "sourceIp") && !strcontains(lower(stage.access_log_settings[0].format), "path")])
    error_message = "The access log must contain no visitor's IP address and no link from a mail."
  }
}

run "every_role_has_least_privilege" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = alltrue(flatten([for document in [
      data.aws_iam_policy_document.table, data.aws_iam_policy_document.signup, data.aws_iam_policy_document.organiser, data.aws_iam_policy_document.mailer,
      data.aws_iam_policy_document.rounds, data.aws_iam_policy_document.next_deployment, data.aws_iam_policy_document.operators, data.aws_iam_policy_document.deploy, data.aws_iam_policy_document.watch,
    ] : [for s in document.statement : [for action in s.actions : !strcontains(action, "*")]]]))
    error_message = "No action in a policy may contain a wildcard."
  }
  assert {
    condition = alltrue([for s in data.aws_iam_policy_document.mailer.statement :
    !contains(s.resources, "*") || s.actions == toset(["dynamodb:ListStreams"])])
    error_message = "The mailer may only access its own resources."
  }
  assert {
    condition     = alltrue([for s in concat(data.aws_iam_policy_document.signup.statement, data.aws_iam_policy_document.organiser.statement, data.aws_iam_policy_document.table.statement) : !contains(s.resources, "*")])
    error_message = "The functions may only access their own resources."
  }
  assert {
    condition     = alltrue([for s in data.aws_iam_policy_document.watch.statement : alltrue([for action in s.actions : !startswith(action, "dynamodb:") && !startswith(action, "s3:")])])
    error_message = "Whoever watches must see no sign-ups."
  }
  assert {
    condition     = length(aws_iam_role.github) == 0
    error_message = "Workflows must have no roles unless a repository is set."
  }
}

run "the_cdn_sends_the_same_headers_as_the_function" {
  command         = apply
  expect_failures = [check.origin]

  # Puts the parts of the policy together again and compares them with the file.
  assert {
    condition = merge(
      {
        "content-security-policy" = aws_cloudfront_response_headers_policy.site.security_headers_config[0].content_security_policy[0].content_security_policy
        "strict-transport-security" = join("; ", compact([
          "max-age=${aws_cloudfront_response_headers_policy.site.security_headers_config[0].strict_transport_security[0].access_control_max_age_sec}",
          aws_cloudfront_response_headers_policy.site.security_headers_config[0].strict_transport_security[0].include_subdomains ? "includeSubDomains" : "",
          aws_cloudfront_response_headers_policy.site.security_headers_config[0].strict_transport_security[0].preload ? "preload" : "",
        ]))
        "x-content-type-options" = "nosniff"
        "x-frame-options"        = aws_cloudfront_response_headers_policy.site.security_headers_config[0].frame_options[0].frame_option
        "referrer-policy"        = aws_cloudfront_response_headers_policy.site.security_headers_config[0].referrer_policy[0].referrer_policy
      },
      { for item in aws_cloudfront_response_headers_policy.site.custom_headers_config[0].items : item.header => item.value },
    ) == { for name, value in jsondecode(file("${var.built}/dist/headers.json")) : name => value }
    error_message = "The headers of the policy must equal headers.json."
  }
  assert {
    condition     = alltrue([for item in aws_cloudfront_response_headers_policy.site.custom_headers_config[0].items : !item.override]) && !aws_cloudfront_response_headers_policy.site.security_headers_config[0].referrer_policy[0].override
    error_message = "The policy must not override the function's own headers."
  }
  assert {
    condition     = alltrue([for b in concat(aws_cloudfront_distribution.site.ordered_cache_behavior, aws_cloudfront_distribution.site.default_cache_behavior) : b.response_headers_policy_id == aws_cloudfront_response_headers_policy.site.id && b.viewer_protocol_policy == "redirect-to-https"])
    error_message = "Every cache behaviour must add the headers and redirect to HTTPS."
  }
  assert {
    condition     = [for b in aws_cloudfront_distribution.site.ordered_cache_behavior : b.path_pattern] == ["/aanmelden/*/plekken.json", "/aanmelden/*", "/beheer/*"]
    error_message = "The behaviour for plekken.json must come before the one for the rest of /aanmelden/."
  }
  assert {
    condition = alltrue([
      aws_cloudfront_distribution.site.ordered_cache_behavior[0].cache_policy_id == local.caching_optimized,
      aws_cloudfront_distribution.site.ordered_cache_behavior[1].cache_policy_id == local.caching_disabled,
      aws_cloudfront_distribution.site.ordered_cache_behavior[2].cache_policy_id == local.caching_disabled,
      contains(aws_cloudfront_distribution.site.ordered_cache_behavior[1].allowed_methods, "POST"),
      contains(aws_cloudfront_distribution.site.ordered_cache_behavior[2].allowed_methods, "POST"),
      !contains(aws_cloudfront_distribution.site.default_cache_behavior[0].allowed_methods, "POST"),
    ])
    error_message = "Personal pages must not be cached, and only the functions may receive forms."
  }
  assert {
    condition     = aws_cloudfront_origin_request_policy.signup.headers_config[0].headers[0].items == toset(["CloudFront-Viewer-Address", "Content-Type", "Origin", "Sec-Fetch-Site"])
    error_message = "The function must receive exactly the headers that it reads."
  }
  assert {
    condition = alltrue([
      aws_cloudfront_origin_request_policy.organiser.headers_config[0].headers[0].items == aws_cloudfront_origin_request_policy.signup.headers_config[0].headers[0].items,
      aws_cloudfront_origin_request_policy.organiser.cookies_config[0].cookies[0].items == toset(["__Host-aanvraag", "__Host-beheer"]),
      aws_cloudfront_origin_request_policy.signup.cookies_config[0].cookie_behavior == "none",
    ])
    error_message = "Only the organisers' function may receive cookies: its own two."
  }
  assert {
    condition     = { for page in aws_cloudfront_distribution.site.custom_error_response : page.error_code => page.response_page_path } == { 404 = "/404.html", 500 = "/503.html", 502 = "/503.html", 503 = "/503.html", 504 = "/503.html" }
    error_message = "Visitors must get a page of ours instead of the API's own errors, and the functions' own pages otherwise."
  }
  assert {
    condition     = toset([for page in aws_cloudfront_distribution.site.custom_error_response : page.error_code if page.error_caching_min_ttl == 0]) == toset([500, 502, 503, 504])
    error_message = "CloudFront must not keep an error of the functions."
  }
  assert {
    condition     = length(aws_wafv2_web_acl.site) == 0 && length(aws_acm_certificate.site) == 0
    error_message = "The firewall and the certificate must be off by default."
  }
}
