# CloudFront publishes its metrics only in us-east-1, and an alarm can only use a topic of its own region.

resource "aws_sns_topic" "cdn" {
  #checkov:skip=CKV_AWS_26:as the other topic
  provider = aws.us_east_1
  name     = "${var.name}-operators"
}

resource "aws_sns_topic_subscription" "cdn" {
  provider  = aws.us_east_1
  topic_arn = aws_sns_topic.cdn.arn
  protocol  = "email"
  endpoint  = var.alarm_email
}

locals {
  cdn_alarms = {
    # Of the pages, too: what visitors got instead of an answer, in per cent.
    cdn-errors   = { metric = "5xxErrorRate", of = { DistributionId = aws_cloudfront_distribution.site.id, Region = "Global" }, stat = "Average", from = 5, periods = 3 }
    cdn-function = { metric = "FunctionExecutionErrors", of = { FunctionName = aws_cloudfront_function.rewrite.name, Region = "Global" }, stat = "Sum", from = 1, periods = 1 }
  }
}

resource "aws_cloudwatch_metric_alarm" "cdn" {
  provider = aws.us_east_1
  for_each = local.cdn_alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "docs/watching.md, ${each.key}"
  namespace           = "AWS/CloudFront"
  metric_name         = each.value.metric
  dimensions          = each.value.of
  statistic           = each.value.stat
  period              = 300
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.from
  evaluation_periods  = each.value.periods
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.cdn.arn]
  ok_actions          = [aws_sns_topic.cdn.arn]
}
