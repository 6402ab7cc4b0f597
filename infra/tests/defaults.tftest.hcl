# terraform test -var built=…: what was built, without a network, an account or an emulator. `built` is the folder
# of infra/build; the default is where infra/deploy has it.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mock" }
  }
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::111122223333:oidc-provider/mock" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:mock" }
  }
  mock_resource "aws_dynamodb_table" {
    defaults = {
      arn        = "arn:aws:dynamodb:eu-central-1:111122223333:table/mock"
      stream_arn = "arn:aws:dynamodb:eu-central-1:111122223333:table/mock/stream/2026-01-01T00:00:00.000"
    }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:111122223333:function:mock", version = "1" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = {
      arn        = "arn:aws:lambda:eu-central-1:111122223333:function:mock:live"
      invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:111122223333:function:mock:live/invocations"
    }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111122223333:mock" }
  }
  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111122223333:mock" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::mock" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = {
      api_endpoint  = "https://abc.execute-api.eu-central-1.amazonaws.com"
      execution_arn = "arn:aws:execute-api:eu-central-1:111122223333:abc"
    }
  }
  mock_resource "aws_cloudfront_function" {
    defaults = { arn = "arn:aws:cloudfront::111122223333:function/mock" }
  }
  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::111122223333:distribution/EMOCK", domain_name = "dmock.cloudfront.net" }
  }
}

mock_provider "aws" {
  alias = "us_east_1"
  mock_resource "aws_wafv2_web_acl" {
    defaults = { arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/mock/1" }
  }
  mock_resource "aws_acm_certificate" {
    defaults = { arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock" }
  }
}

variables {
  mail_from      = "Perspectief op School <aanmelden@pos.test>"
  alarm_email    = "beheer@pos.test"
  origin_secrets = ["0123456789abcdef0123456789abcdef"]
  identity_key   = "0000000000000000000000000000000000000000000000000000000000000000"
  token_keys     = ["1111111111111111111111111111111111111111111111111111111111111111"]
}

run "what_is_kept_is_kept_well" {
  # With mocks nothing is made; applied, what AWS would fill in is known.
  command = apply

  # The site that was built has its own origin, and the mocked distribution another.
  expect_failures = [check.origin]

  assert {
    condition     = aws_dynamodb_table.signups.deletion_protection_enabled && !aws_s3_bucket.site.force_destroy
    error_message = "Table and bucket are protected unless somebody says otherwise."
  }
  assert {
    condition     = aws_dynamodb_table.signups.point_in_time_recovery[0].enabled && aws_dynamodb_table.signups.billing_mode == "PAY_PER_REQUEST"
    error_message = "The table can be restored, and is paid by request."
  }
  assert {
    condition     = aws_dynamodb_table.signups.ttl[0].enabled && aws_dynamodb_table.signups.ttl[0].attribute_name == "forget_at"
    error_message = "What is to be forgotten is forgotten."
  }
  assert {
    condition     = aws_dynamodb_table.signups.stream_view_type == "KEYS_ONLY"
    error_message = "The stream holds no names."
  }
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.site.block_public_acls,
      aws_s3_bucket_public_access_block.site.block_public_policy,
      aws_s3_bucket_public_access_block.site.ignore_public_acls,
      aws_s3_bucket_public_access_block.site.restrict_public_buckets,
      aws_s3_bucket_versioning.site.versioning_configuration[0].status == "Enabled",
    ])
    error_message = "The bucket is private and has versions."
  }
  assert {
    condition = anytrue([for s in data.aws_iam_policy_document.site.statement : s.effect == "Deny" &&
    anytrue([for c in s.condition : c.variable == "aws:SecureTransport" && contains(c.values, "false")])])
    error_message = "The bucket is read over TLS alone."
  }
}

run "the_functions_run_as_built" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = alltrue([for f in [aws_lambda_function.signup, aws_lambda_function.mailer] :
    f.runtime == "provided.al2023" && f.publish && f.architectures[0] == trimspace(file("${var.built}/architecture"))])
    error_message = "Both run on provided.al2023, for what they were built, with versions."
  }
  assert {
    condition     = aws_lambda_function.mailer.timeout < 30
    error_message = "The mailer ends before its lease does (store/outbox.rs, LEASE)."
  }
  assert {
    condition     = sort(keys(aws_lambda_function.signup.environment[0].variables)) == tolist(["IDENTITY_KEY", "ORIGIN_SECRETS", "TABLE_NAME", "TOKEN_KEYS"])
    error_message = "The function's environment is that of signup-fn/README.md."
  }
  assert {
    condition     = sort(keys(aws_lambda_function.mailer.environment[0].variables)) == tolist(["IDENTITY_KEY", "MAIL_CONFIGURATION_SET", "MAIL_FROM", "TABLE_NAME", "TOKEN_KEYS"])
    error_message = "The mailer's environment is that of signup-fn/README.md."
  }
  assert {
    condition = alltrue([
      aws_lambda_event_source_mapping.mailer.function_name == aws_lambda_alias.mailer.arn,
      aws_scheduler_schedule.rounds.target[0].arn == aws_lambda_alias.mailer.arn,
      aws_apigatewayv2_integration.signup.integration_uri == aws_lambda_alias.signup.invoke_arn,
    ])
    error_message = "All that calls a function calls its alias."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.mailer.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.mailer.maximum_retry_attempts > 0
    error_message = "What fails is told one by one and tried again."
  }
  assert {
    condition     = alltrue([for g in [aws_cloudwatch_log_group.signup, aws_cloudwatch_log_group.mailer, aws_cloudwatch_log_group.api] : g.retention_in_days == 30])
    error_message = "Logs are kept for thirty days."
  }
  assert {
    condition     = aws_apigatewayv2_stage.signup.default_route_settings[0].throttling_rate_limit == 10 && aws_apigatewayv2_stage.signup.default_route_settings[0].throttling_burst_limit == 20
    error_message = "The API has its throttle."
  }
  assert {
    condition     = !strcontains(aws_apigatewayv2_stage.signup.access_log_settings[0].format, "sourceIp") && !strcontains(lower(aws_apigatewayv2_stage.signup.access_log_settings[0].format), "path")
    error_message = "No address of a visitor and no link out of a mail is logged."
  }
}

run "no_role_may_do_everything" {
  command         = apply
  expect_failures = [check.origin]

  assert {
    condition = alltrue(flatten([for document in [
      data.aws_iam_policy_document.table, data.aws_iam_policy_document.signup, data.aws_iam_policy_document.mailer,
      data.aws_iam_policy_document.rounds, data.aws_iam_policy_document.operators, data.aws_iam_policy_document.deploy,
    ] : [for s in document.statement : [for action in s.actions : !strcontains(action, "*")]]]))
    error_message = "No action of a role has a star."
  }
  assert {
    condition = alltrue([for s in data.aws_iam_policy_document.mailer.statement :
    !contains(s.resources, "*") || s.actions == toset(["dynamodb:ListStreams"])])
    error_message = "The mailer reaches no more than its own."
  }
  assert {
    condition     = alltrue([for s in concat(data.aws_iam_policy_document.signup.statement, data.aws_iam_policy_document.table.statement) : !contains(s.resources, "*")])
    error_message = "The function reaches no more than its own."
  }
  assert {
    condition     = length(aws_iam_role.github) == 0
    error_message = "Workflows have roles when a repository is named."
  }
}

run "the_cdn_says_what_the_function_says" {
  command         = apply
  expect_failures = [check.origin]

  # Put together again, the policy is the file.
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
    error_message = "The headers of the policy are those of headers.json."
  }
  assert {
    condition     = alltrue([for item in aws_cloudfront_response_headers_policy.site.custom_headers_config[0].items : !item.override]) && !aws_cloudfront_response_headers_policy.site.security_headers_config[0].referrer_policy[0].override
    error_message = "What the function says stands."
  }
  assert {
    condition     = alltrue([for b in concat(aws_cloudfront_distribution.site.ordered_cache_behavior, aws_cloudfront_distribution.site.default_cache_behavior) : b.response_headers_policy_id == aws_cloudfront_response_headers_policy.site.id && b.viewer_protocol_policy == "redirect-to-https"])
    error_message = "Every behaviour has the headers, and HTTPS."
  }
  assert {
    condition     = [for b in aws_cloudfront_distribution.site.ordered_cache_behavior : b.path_pattern] == ["/aanmelden/*/plekken.json", "/aanmelden/*"]
    error_message = "The seats come before the rest of what the function answers."
  }
  assert {
    condition = alltrue([
      aws_cloudfront_distribution.site.ordered_cache_behavior[0].cache_policy_id == local.caching_optimized,
      aws_cloudfront_distribution.site.ordered_cache_behavior[1].cache_policy_id == local.caching_disabled,
      contains(aws_cloudfront_distribution.site.ordered_cache_behavior[1].allowed_methods, "POST"),
      !contains(aws_cloudfront_distribution.site.default_cache_behavior[0].allowed_methods, "POST"),
    ])
    error_message = "Nothing of a person is cached; forms go to the function alone."
  }
  assert {
    condition     = aws_cloudfront_origin_request_policy.signup.headers_config[0].headers[0].items == toset(["CloudFront-Viewer-Address", "Content-Type", "Origin", "Sec-Fetch-Site"])
    error_message = "The function gets the headers that it reads."
  }
  assert {
    condition     = [for page in aws_cloudfront_distribution.site.custom_error_response : page.error_code] == [404]
    error_message = "Of the function's answers only 404 has another page."
  }
  assert {
    condition     = length(aws_wafv2_web_acl.site) == 0 && length(aws_acm_certificate.site) == 0
    error_message = "What costs more, or needs a domain, is off."
  }
}

run "a_firewall_when_asked_for" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    firewall = true
  }
  assert {
    condition     = length(aws_wafv2_web_acl.site[0].rule) == 2 && aws_cloudfront_distribution.site.web_acl_id == aws_wafv2_web_acl.site[0].arn
    error_message = "The firewall stands before the site."
  }
}

run "roles_for_workflows_when_a_repository_is_named" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    github_repository = "owner/name"
  }
  assert {
    condition     = keys(aws_iam_role.github) == ["deploy", "plan"]
    error_message = "One role plans, one deploys."
  }
  assert {
    condition = jsonencode({ for name, trust in data.aws_iam_policy_document.github_trust : name => sort(flatten([for c in trust.statement[0].condition : c.values])) }) == jsonencode({
      deploy = ["repo:owner/name:environment:production", "sts.amazonaws.com"]
      plan   = ["repo:owner/name:pull_request", "sts.amazonaws.com"]
    })
    error_message = "Only this repository's pull requests, and its environment."
  }
}

# The records and the certificate of our own are made in the offline run: mocks can't make what they hold.
run "with_a_domain_tls_has_a_floor" {
  command = apply
  variables {
    domain          = trimprefix(jsondecode(file("${var.built}/dist/function/catalog.json")).origin, "https://")
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock"
  }
  assert {
    condition     = aws_cloudfront_distribution.site.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && !aws_cloudfront_distribution.site.viewer_certificate[0].cloudfront_default_certificate
    error_message = "TLS 1.2 at least."
  }
  assert {
    condition     = output.site_url == local.origin && output.records[var.domain] == "CNAME ${aws_cloudfront_distribution.site.domain_name}"
    error_message = "What is to be made by hand is told."
  }
}

run "a_domain_without_a_certificate_is_refused" {
  command = plan
  variables {
    domain = trimprefix(jsondecode(file("${var.built}/dist/function/catalog.json")).origin, "https://")
  }
  expect_failures = [aws_cloudfront_distribution.site]
}

run "an_origin_that_is_another_site_is_refused" {
  command = plan
  variables {
    domain          = "elders.test"
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock"
  }
  expect_failures = [aws_cloudfront_distribution.site]
}

run "a_certificate_of_another_region_is_refused" {
  command = plan
  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/mock"
  }
  expect_failures = [var.certificate_arn]
}

run "secrets_that_are_none_are_refused" {
  command = plan
  variables {
    origin_secrets = ["short"]
    identity_key   = "00"
    token_keys     = []
    mail_from      = "nobody"
    name           = "Upper"
  }
  expect_failures = [var.origin_secrets, var.identity_key, var.token_keys, var.mail_from, var.name]
}
