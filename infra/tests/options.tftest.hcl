# What settings change.

mock_provider "aws" {
  source = "./tests/mocks/aws"
}
mock_provider "aws" {
  alias  = "us_east_1"
  source = "./tests/mocks/us-east-1"
}

run "organisers_reach_both_functions_that_need_them" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    organisers = [{ name = "Ria Vos", email = "ria@pos.test" }, { name = "Jan Bos", email = "jan@pos.test" }]
  }
  assert {
    condition     = alltrue([for f in [aws_lambda_function.organiser, aws_lambda_function.mailer] : f.environment[0].variables["ORGANISERS"] == "Ria Vos <ria@pos.test>; Jan Bos <jan@pos.test>"])
    error_message = "Both functions must read the list of organisers."
  }
}

run "an_organiser_without_an_address_is_refused" {
  command         = plan
  expect_failures = [var.organisers]
  variables {
    organisers = [{ name = "Ria; Vos", email = "ria" }]
  }
}

run "the_firewall_can_be_switched_on" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    firewall = true
  }
  assert {
    condition     = length(aws_wafv2_web_acl.site[0].rule) == 2 && aws_cloudfront_distribution.site.web_acl_id == aws_wafv2_web_acl.site[0].arn
    error_message = "The firewall must have two rules and protect the distribution."
  }
}

run "workflows_have_roles_when_a_repository_is_set" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    github_repository = "owner/name"
  }
  assert {
    condition     = keys(aws_iam_role.github) == ["deploy", "plan"]
    error_message = "There must be one role to deploy and one to plan."
  }
  assert {
    condition     = length(aws_scheduler_schedule.next_deployment) == 0 && length(aws_cloudwatch_event_rule.next_deployment) == 0
    error_message = "Without a token, no deployment may be scheduled."
  }
  assert {
    condition = jsonencode({ for name, trust in data.aws_iam_policy_document.github_trust : name => sort(flatten([for c in trust.statement[0].condition : c.values])) }) == jsonencode({
      deploy = ["repo:owner/name:environment:production", "repo:owner/name:environment:production-again", "sts.amazonaws.com"]
      plan   = ["repo:owner/name:pull_request", "sts.amazonaws.com"]
    })
    error_message = "Only this repository's pull requests and production environment may assume a role."
  }
}

run "a_deployment_is_scheduled_when_there_is_a_token" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    github_repository = "owner/name"
    github_token      = "token"
  }
  assert {
    condition = aws_scheduler_schedule.next_deployment[*].schedule_expression == [
      for at in [jsondecode(file("${var.built}/dist/next-change.json")).at] :
    "at(${replace(at, "Z", "")})" if at != null]
    error_message = "The schedule must run once, at the moment of next-change.json, in UTC."
  }
  assert {
    condition = alltrue([for schedule in aws_scheduler_schedule.next_deployment :
      jsondecode(aws_cloudwatch_event_rule.next_deployment[0].event_pattern) == {
        source        = [schedule.target[0].eventbridge_parameters[0].source]
        "detail-type" = [schedule.target[0].eventbridge_parameters[0].detail_type]
      }
    && schedule.target[0].arn == "arn:aws:events:eu-central-1:111122223333:event-bus/default"])
    error_message = "The rule must match the event that the schedule sends to the default bus."
  }
  assert {
    condition = alltrue([
      aws_cloudwatch_event_target.next_deployment[0].rule == aws_cloudwatch_event_rule.next_deployment[0].name,
      aws_cloudwatch_event_target.next_deployment[0].arn == aws_cloudwatch_event_api_destination.github[0].arn,
      jsondecode(aws_cloudwatch_event_target.next_deployment[0].input) == { ref = "main" },
      aws_cloudwatch_event_api_destination.github[0].invocation_endpoint == "https://api.github.com/repos/owner/name/actions/workflows/deploy.yml/dispatches",
      aws_cloudwatch_event_api_destination.github[0].http_method == "POST",
      aws_cloudwatch_event_connection.github[0].auth_parameters[0].api_key[0].key == "Authorization",
      aws_cloudwatch_event_connection.github[0].auth_parameters[0].api_key[0].value == "Bearer token",
    ])
    error_message = "The rule must start the deploy workflow on main, with the token."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["deployment-missed"].dimensions["RuleName"] == aws_cloudwatch_event_rule.next_deployment[0].name
    error_message = "A call to GitHub that fails must raise an alarm."
  }
}

# The offline run covers the DNS records and our own certificate, because mocks can't generate their contents.
run "a_domain_requires_tls_1_2" {
  command = apply
  variables {
    domain          = trimprefix(jsondecode(file("${var.built}/dist/function/catalog.json")).origin, "https://")
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock"
  }
  assert {
    condition     = aws_cloudfront_distribution.site.viewer_certificate[0].minimum_protocol_version == "TLSv1.2_2021" && !aws_cloudfront_distribution.site.viewer_certificate[0].cloudfront_default_certificate
    error_message = "With a domain, the minimum must be TLS 1.2."
  }
  assert {
    condition     = output.site_url == local.origin && output.records[var.domain] == "CNAME ${aws_cloudfront_distribution.site.domain_name}"
    error_message = "The outputs must contain the site's URL and the DNS records to create by hand."
  }
}

run "other_domains_lead_to_the_sites_own" {
  command = apply
  variables {
    domain          = trimprefix(jsondecode(file("${var.built}/dist/function/catalog.json")).origin, "https://")
    other_domains   = ["pos.test"]
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock"
  }
  assert {
    condition     = aws_cloudfront_distribution.site.aliases == toset([var.domain, "pos.test"]) && output.records["pos.test"] == output.records[var.domain]
    error_message = "The CDN must know both host names."
  }
  assert {
    condition     = strcontains(aws_cloudfront_function.rewrite.code, "const host = \"${var.domain}\";\nconst others = [\"pos.test\"];")
    error_message = "The function must lead to the site's own host."
  }
  assert {
    condition     = alltrue([for behaviour in aws_cloudfront_distribution.site.ordered_cache_behavior : length(behaviour.function_association) == 1 || endswith(behaviour.path_pattern, ".json")])
    error_message = "Forms must have the site's own host too, or every sign-up is refused."
  }
}

run "other_domains_without_a_domain_are_refused" {
  command = plan
  variables {
    other_domains = ["pos.test"]
  }
  expect_failures = [aws_cloudfront_distribution.site]
}

run "an_accounts_own_provider_is_used_and_left_alone" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    github_repository   = "owner/name"
    github_provider_arn = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
  }
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0 && alltrue([for trust in data.aws_iam_policy_document.github_trust : one(trust.statement[0].principals).identifiers == toset([var.github_provider_arn])])
    error_message = "Terraform must not own a provider that was there before."
  }
}

run "hsts_binds_subdomains_only_if_the_owner_says_so" {
  command         = apply
  expect_failures = [check.origin]
  variables {
    hsts = "preload"
  }
  assert {
    condition = alltrue([for policy in [aws_cloudfront_response_headers_policy.site.security_headers_config[0].strict_transport_security[0]] :
    policy.include_subdomains && policy.preload && policy.access_control_max_age_sec >= 31536000])
    error_message = "With `preload`, the header must meet the conditions of the preload list."
  }
}

run "a_domain_without_a_certificate_is_refused" {
  command = plan
  variables {
    domain = trimprefix(jsondecode(file("${var.built}/dist/function/catalog.json")).origin, "https://")
  }
  expect_failures = [aws_cloudfront_distribution.site]
}

run "a_domain_that_differs_from_the_origin_is_refused" {
  command = plan
  variables {
    domain          = "elders.test"
    certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/mock"
  }
  expect_failures = [aws_cloudfront_distribution.site]
}

run "a_certificate_from_another_region_is_refused" {
  command = plan
  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:111122223333:certificate/mock"
  }
  expect_failures = [var.certificate_arn]
}

run "malformed_variables_are_refused" {
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
