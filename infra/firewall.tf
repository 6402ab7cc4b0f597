# Off by default, because it costs 7 dollars a month: 5, plus 1 for each of the two rules.
resource "aws_wafv2_web_acl" "site" {
  #checkov:skip=CKV2_AWS_31:its logs would contain visitors' IP addresses; samples are enough
  count    = var.firewall ? 1 : 0
  provider = aws.us_east_1
  name     = "${var.name}-site"
  scope    = "CLOUDFRONT"

  default_action {
    allow {}
  }

  # A school behind one IP address may well sign up ten people at once. A hundred requests in five minutes do
  # not come from a school.
  rule {
    name     = "signup-rate"
    priority = 1
    action {
      block {}
    }
    statement {
      rate_based_statement {
        limit              = 100
        aggregate_key_type = "IP"
        scope_down_statement {
          byte_match_statement {
            search_string         = local.signup_prefix
            positional_constraint = "STARTS_WITH"
            field_to_match {
              uri_path {}
            }
            text_transformation {
              priority = 0
              type     = "NONE"
            }
          }
        }
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-signup-rate"
      sampled_requests_enabled   = true
    }
  }

  rule {
    name     = "known-attacks"
    priority = 2
    override_action {
      none {}
    }
    statement {
      managed_rule_group_statement {
        vendor_name = "AWS"
        name        = "AWSManagedRulesKnownBadInputsRuleSet"
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-known-attacks"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${var.name}-site"
    sampled_requests_enabled   = true
  }
}
