# One page that shows what docs/watching.md calls normal, and the queries that it refers to.

locals {
  api       = ["ApiId", aws_apigatewayv2_api.signup.id]
  in_region = { region = var.region, period = 3600 }

  # Title => metrics, each with its statistic. All are hourly.
  graphs = {
    "Sign-ups" = [
      ["AWS/ApiGateway", "Count", local.api, { stat = "Sum", label = "requests to /aanmelden/" }],
      ["AWS/ApiGateway", "4xx", local.api, { stat = "Sum", label = "refused (4xx)" }],
      ["AWS/ApiGateway", "5xx", local.api, { stat = "Sum", label = "errors of ours (5xx)" }],
    ]
    "Time to an answer (ms)" = [
      ["AWS/Lambda", "Duration", ["FunctionName", aws_lambda_function.signup.function_name], { stat = "p50" }],
      ["AWS/Lambda", "Duration", ["FunctionName", aws_lambda_function.signup.function_name], { stat = "p99" }],
      ["AWS/Lambda", "Duration", ["FunctionName", aws_lambda_function.organiser.function_name], { stat = "p99" }],
    ]
    "Time to a mail (s)" = [
      [var.name, "MailWaited", [], { stat = "p50" }],
      [var.name, "MailWaited", [], { stat = "p90" }],
      [var.name, "MailWaited", [], { stat = "Maximum" }],
    ]
    "Mail" = [
      [var.name, "MailWaited", [], { stat = "SampleCount", label = "sent or tried" }],
      [var.name, "MailParked", [], { stat = "Sum", label = "parked" }],
      ["AWS/SES", "Bounce", [], { stat = "Sum", label = "bounced" }],
    ]
    "At once" = [
      ["AWS/Lambda", "ConcurrentExecutions", [], { stat = "Maximum", label = "functions at once" }],
      ["AWS/Lambda", "Throttles", [], { stat = "Sum", label = "no function free" }],
      [var.name, "RequestsRefused", [], { stat = "Sum", label = "refused by the API's throttle" }],
    ]
    "Table" = [
      ["AWS/DynamoDB", "ConsumedWriteCapacityUnits", ["TableName", aws_dynamodb_table.signups.name], { stat = "Sum" }],
      ["AWS/DynamoDB", "ConsumedReadCapacityUnits", ["TableName", aws_dynamodb_table.signups.name], { stat = "Sum" }],
    ]
  }

  # Name => log group and query, for CloudWatch Logs Insights.
  queries = {
    incident = {
      groups = [aws_cloudwatch_log_group.signup.name, aws_cloudwatch_log_group.organiser.name]
      query  = "fields @timestamp, error | filter `incident.id` = '00000000' | sort @timestamp"
    }
    failures = {
      groups = [aws_cloudwatch_log_group.signup.name, aws_cloudwatch_log_group.organiser.name, aws_cloudwatch_log_group.mailer.name]
      query  = "fields @timestamp, @log, message, error, reason | filter level in ['ERROR', 'WARN'] or @message like /Task timed out/ | sort @timestamp desc | limit 200"
    }
    sign-ups = {
      groups = [aws_cloudwatch_log_group.signup.name]
      query  = "filter message = 'sign-up answered' | stats count(*) by `event.id`, `session.id`, `signup.outcome`"
    }
    mail = {
      groups = [aws_cloudwatch_log_group.mailer.name]
      query  = "filter ispresent(waited_s) | stats count(*), pct(waited_s, 50), pct(waited_s, 90), max(waited_s) by message, `mail.kind`"
    }
    requests = {
      groups = [aws_cloudwatch_log_group.api.name]
      query  = "stats count(*), pct(milliseconds, 50), pct(milliseconds, 99) by method, status, error_type"
    }
  }
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = concat(
      [{
        type       = "alarm", width = 24, height = 3
        properties = { title = "Alarms", alarms = [for alarm in merge(aws_cloudwatch_metric_alarm.this, aws_cloudwatch_metric_alarm.unanswered) : alarm.arn] }
      }],
      [for title, metrics in local.graphs : {
        type = "metric", width = 12, height = 6
        properties = merge(local.in_region, {
          title   = title
          metrics = [for each in metrics : concat([each[0], each[1]], each[2], [each[3]])]
        })
      }],
    )
  })
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.queries

  name            = "${var.name}/${each.key}"
  log_group_names = each.value.groups
  query_string    = each.value.query
}
