# Runs GitHub's deploy workflow once, at the moment at which the site next changes by itself: an article becomes
# public, or sign-up opens or closes. Off unless a GitHub token is set; the nightly workflow runs in any case.

locals {
  # Moment of the next change in UTC, or null.
  next_change = jsondecode(file("${var.built}/dist/next-change.json")).at

  # Whether there is a token is no secret.
  redeploys = var.github_repository != "" && nonsensitive(var.github_token != "")

  change = { source = "${var.name}.site", detail_type = "The site changes" }
}

# A schedule cannot call GitHub itself, so it sends an event, and a rule passes that on.
resource "aws_scheduler_schedule" "next_deployment" {
  #checkov:skip=CKV_AWS_297:the payload is only `{}`
  count               = local.redeploys && local.next_change != null ? 1 : 0
  name                = "${var.name}-next-deployment"
  schedule_expression = "at(${formatdate("YYYY-MM-DD'T'hh:mm:ss", local.next_change)})"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = local.bus
    role_arn = aws_iam_role.next_deployment[0].arn
    input    = "{}"
    eventbridge_parameters {
      source      = local.change.source
      detail_type = local.change.detail_type
    }
  }
}

resource "aws_iam_role" "next_deployment" {
  count              = local.redeploys ? 1 : 0
  name               = "${var.name}-next-deployment"
  assume_role_policy = data.aws_iam_policy_document.scheduler.json
}

resource "aws_iam_role_policy" "next_deployment" {
  count  = local.redeploys ? 1 : 0
  name   = "next-deployment"
  role   = aws_iam_role.next_deployment[0].id
  policy = data.aws_iam_policy_document.next_deployment.json
}

data "aws_iam_policy_document" "next_deployment" {
  statement {
    actions   = ["events:PutEvents"]
    resources = [local.bus]
  }
}

locals {
  bus = "arn:aws:events:${var.region}:${local.account}:event-bus/default"
}

# ---- from the event to GitHub ----

resource "aws_cloudwatch_event_rule" "next_deployment" {
  count = local.redeploys ? 1 : 0
  name  = "${var.name}-next-deployment"
  event_pattern = jsonencode({
    source        = [local.change.source]
    "detail-type" = [local.change.detail_type]
  })
}

# EventBridge tries again for a day. The alarm `deployment-missed` reports a call that failed for good.
resource "aws_cloudwatch_event_target" "next_deployment" {
  count    = local.redeploys ? 1 : 0
  rule     = aws_cloudwatch_event_rule.next_deployment[0].name
  arn      = aws_cloudwatch_event_api_destination.github[0].arn
  role_arn = aws_iam_role.github_call[0].arn
  input    = jsonencode({ ref = "main" })

  http_target {
    header_parameters = {
      Accept                 = "application/vnd.github+json"
      "X-GitHub-Api-Version" = "2022-11-28"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "github" {
  count                            = local.redeploys ? 1 : 0
  name                             = "${var.name}-github"
  connection_arn                   = aws_cloudwatch_event_connection.github[0].arn
  http_method                      = "POST"
  invocation_endpoint              = "https://api.github.com/repos/${var.github_repository}/actions/workflows/deploy.yml/dispatches"
  invocation_rate_limit_per_second = 1
}

resource "aws_cloudwatch_event_connection" "github" {
  #checkov:skip=CKV2_AWS_69:encrypted with the service's own key
  count              = local.redeploys ? 1 : 0
  name               = "${var.name}-github"
  authorization_type = "API_KEY"

  auth_parameters {
    api_key {
      key   = "Authorization"
      value = "Bearer ${var.github_token}"
    }
  }
}

resource "aws_iam_role" "github_call" {
  count              = local.redeploys ? 1 : 0
  name               = "${var.name}-github-call"
  assume_role_policy = data.aws_iam_policy_document.github_call_trust.json
}

data "aws_iam_policy_document" "github_call_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role_policy" "github_call" {
  count  = local.redeploys ? 1 : 0
  name   = "github-call"
  role   = aws_iam_role.github_call[0].id
  policy = data.aws_iam_policy_document.github_call[0].json
}

data "aws_iam_policy_document" "github_call" {
  count = local.redeploys ? 1 : 0
  statement {
    actions   = ["events:InvokeApiDestination"]
    resources = [aws_cloudwatch_event_api_destination.github[0].arn]
  }
}
