# All alarms go to one topic, which sends them on by mail. The budget's notices do not pass here.

resource "aws_sns_topic" "operators" {
  #checkov:skip=CKV_AWS_26:messages leave by mail at once; a KMS key that CloudWatch may use costs a dollar a month
  name = "${var.name}-operators"
}

resource "aws_sns_topic_subscription" "operators" {
  topic_arn = aws_sns_topic.operators.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

resource "aws_sns_topic_policy" "operators" {
  arn    = aws_sns_topic.operators.arn
  policy = data.aws_iam_policy_document.operators.json
}

data "aws_iam_policy_document" "operators" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.operators.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

# Metric => what the mailer logs, and what it counts: each time, or the seconds that the mail has waited.
locals {
  mailer_log = {
    # After ten failed attempts over almost a day, or at once after a permanent error.
    MailParked = { message = "mail parked", value = "1" }
    RoundsMade = { message = "rounds made", value = "1" }
    # Once a day, if a sign-up on the live site worked from the form to the erasure, or no session is open.
    TrialPassed = { message = "trial passed", value = "1" }
    TrialFailed = { message = "trial failed", value = "1" }
    # Until it was sent; and so far, each time that it could not be.
    MailWaited  = { message = "mail sent", value = "$.waited_s" }
    MailWaiting = { message = "mail failed", value = "$.waited_s" }
  }
}

resource "aws_cloudwatch_log_metric_filter" "mailer" {
  for_each = local.mailer_log

  name           = "${var.name}-${each.key}"
  log_group_name = aws_cloudwatch_log_group.mailer.name
  pattern        = "{ $.message = \"${each.value.message}\"${each.value.value == "1" ? "" : " && ${each.value.value} >= 0"} }"
  metric_transformation {
    namespace = var.name
    name      = each.key
    value     = each.value.value
    unit      = each.value.value == "1" ? "None" : "Seconds"
  }
}

locals {
  signup    = { FunctionName = aws_lambda_function.signup.function_name }
  organiser = { FunctionName = aws_lambda_function.organiser.function_name }
  mailer    = { FunctionName = aws_lambda_function.mailer.function_name }
  table     = { TableName = aws_dynamodb_table.signups.name }

  # The period is five minutes, unless `seconds` sets another. docs/watching.md tells how to respond.
  # `metrics` are added up.
  alarms = merge(local.deployment_alarms, {
    signup-throttles    = { metric = ["AWS/Lambda", "Throttles"], of = local.signup, from = 1 }
    signup-slow         = { metric = ["AWS/Lambda", "Duration"], of = local.signup, stat = "p99", from = 8000 }
    requests-refused    = { metric = [var.name, "RequestsRefused"], of = {}, from = 1 }
    organiser-throttles = { metric = ["AWS/Lambda", "Throttles"], of = local.organiser, from = 1 }
    organiser-errors    = { metric = ["AWS/ApiGateway", "5xx"], of = { ApiId = aws_apigatewayv2_api.organiser.id }, from = 3, seconds = 3600 }
    mailer-errors       = { metric = ["AWS/Lambda", "Errors"], of = local.mailer, from = 1 }
    mailer-throttles    = { metric = ["AWS/Lambda", "Throttles"], of = local.mailer, from = 1 }
    mailer-behind       = { metric = ["AWS/Lambda", "IteratorAge"], of = local.mailer, stat = "Maximum", from = 600000 }
    mailer-silent       = { metric = [var.name, "RoundsMade"], of = {}, below = 1, seconds = 3600 }
    trial-missed        = { metric = [var.name, "TrialPassed"], of = {}, below = 1, seconds = 86400, periods = 2 }
    trial-failed        = { metric = [var.name, "TrialFailed"], of = {}, from = 1 }
    mail-late           = { metric = [var.name, "MailWaited"], of = {}, stat = "p90", from = 300, seconds = 3600 }
    mail-waiting        = { metric = [var.name, "MailWaiting"], of = {}, stat = "Maximum", from = 3600 }
    mail-parked         = { metric = [var.name, "MailParked"], of = {}, from = 1 }
    mail-dead           = { metric = ["AWS/SQS", "ApproximateNumberOfMessagesVisible"], of = { QueueName = aws_sqs_queue.dead.name }, stat = "Maximum", from = 1 }
    mail-bounces        = { metric = ["AWS/SES", "Reputation.BounceRate"], of = {}, stat = "Maximum", from = 0.04, seconds = 3600 }
    mail-complaints     = { metric = ["AWS/SES", "Reputation.ComplaintRate"], of = {}, stat = "Maximum", from = 0.0008, seconds = 3600 }
    table-throttles     = { metrics = [for kind in ["Read", "Write"] : ["AWS/DynamoDB", "${kind}ThrottleEvents"]], of = local.table, from = 1 }
  })

  deployment_alarms = merge(
    { for rule in aws_cloudwatch_event_rule.next_deployment :
    "deployment-missed" => { metric = ["AWS/Events", "FailedInvocations"], of = { RuleName = rule.name }, from = 1 } },
    # The workflow deploys every night. infra/deploy reports that it did.
    var.github_repository == "" ? {} : {
      deployment-old = { metric = [var.name, "Deployed"], of = {}, below = 1, seconds = 86400, periods = 2 }
    },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name        = "${var.name}-${each.key}"
  alarm_description = "docs/watching.md, ${each.key}"
  # One metric, or the sum of several.
  namespace          = try(each.value.metric[0], null)
  metric_name        = try(each.value.metric[1], null)
  dimensions         = can(each.value.metric) ? each.value.of : null
  statistic          = !can(each.value.metric) || startswith(lookup(each.value, "stat", "Sum"), "p") ? null : lookup(each.value, "stat", "Sum")
  extended_statistic = startswith(lookup(each.value, "stat", "Sum"), "p") ? each.value.stat : null
  period             = can(each.value.metric) ? lookup(each.value, "seconds", 300) : null

  dynamic "metric_query" {
    for_each = can(each.value.metric) ? [] : each.value.metrics
    content {
      id = "m${metric_query.key}"
      metric {
        namespace   = metric_query.value[0]
        metric_name = metric_query.value[1]
        dimensions  = each.value.of
        stat        = "Sum"
        period      = 300
      }
    }
  }
  dynamic "metric_query" {
    for_each = can(each.value.metric) ? [] : ["SUM(METRICS())"]
    content {
      id          = "all"
      expression  = metric_query.value
      label       = each.key
      return_data = true
    }
  }

  comparison_operator = can(each.value.below) ? "LessThanThreshold" : "GreaterThanOrEqualToThreshold"
  threshold           = try(each.value.below, each.value.from)
  evaluation_periods  = lookup(each.value, "periods", 1)
  # Missing data means that nothing is wrong, except in a `below` alarm: there it means
  # that expected activity did not happen.
  treat_missing_data = can(each.value.below) ? "breaching" : "notBreaching"
  alarm_actions      = [aws_sns_topic.operators.arn]
  ok_actions         = [aws_sns_topic.operators.arn]
}
