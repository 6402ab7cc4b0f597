# What the service promises, and alarms on breaking the promise. docs/watching.md explains both.

locals {
  # Of a hundred requests to /aanmelden/, so many get an answer that is not an error of ours.
  answered = 99

  # An alarm fires if the errors of a window would use up a month's allowance in much less than a month: "multiwindow,
  # multi-burn-rate" of The Site Reliability Workbook (Google, 2018, chapter 5). Three errors are the least, because at
  # night one of five requests is a fifth of all.
  windows = {
    fast = { seconds = 3600, burn = 14.4 } # 2% of a month's allowance in an hour
    slow = { seconds = 21600, burn = 6 }   # 5% in six hours
  }
}

resource "aws_cloudwatch_metric_alarm" "unanswered" {
  for_each = local.windows

  alarm_name        = "${var.name}-unanswered-${each.key}"
  alarm_description = "docs/watching.md, unanswered"

  dynamic "metric_query" {
    for_each = { errors = "5xx", requests = "Count" }
    content {
      id = metric_query.key
      metric {
        namespace   = "AWS/ApiGateway"
        metric_name = metric_query.value
        dimensions  = { ApiId = aws_apigatewayv2_api.signup.id }
        stat        = "Sum"
        period      = each.value.seconds
      }
    }
  }
  metric_query {
    id          = "share"
    expression  = "IF(errors >= 3, 100 * errors / requests, 0)"
    label       = "requests without an answer (%)"
    return_data = true
  }

  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.burn * (100 - local.answered)
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.operators.arn]
  ok_actions          = [aws_sns_topic.operators.arn]
}

# Requests that API Gateway refused by its throttle. They get its own JSON, because CloudFront has no page for 429.
resource "aws_cloudwatch_log_metric_filter" "refused" {
  name           = "${var.name}-requests-refused"
  log_group_name = aws_cloudwatch_log_group.api.name
  pattern        = "{ $.error_type = \"THROTTLED\" }"
  metric_transformation {
    namespace = var.name
    name      = "RequestsRefused"
    value     = "1"
  }
}
