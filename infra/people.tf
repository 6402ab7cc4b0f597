# What people may be given, besides whoever deploys: two policies for groups or permission sets of the account.
# Organisers need neither: they use /beheer/.

# Watching: metrics, alarms, logs and which version is live. None of it contains personal data.
resource "aws_iam_policy" "watch" {
  name        = "${var.name}-watch"
  description = "Metrics, alarms, logs and versions of ${var.name}; no sign-ups."
  policy      = data.aws_iam_policy_document.watch.json
}

data "aws_iam_policy_document" "watch" {
  #checkov:skip=CKV_AWS_356:the console lists all alarms and dashboards before it opens one; they contain no personal data
  statement {
    actions = [
      "cloudwatch:DescribeAlarmHistory", "cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics", "cloudwatch:ListDashboards", "cloudwatch:ListMetrics",
      "logs:DescribeLogGroups", "logs:DescribeQueryDefinitions", "logs:GetQueryResults",
    ]
    resources = ["*"]
  }
  statement {
    actions   = ["logs:FilterLogEvents", "logs:StartQuery"]
    resources = [for group in local.log_groups : "${group.arn}:*"]
  }
  statement {
    actions   = ["lambda:GetAlias", "lambda:ListAliases"]
    resources = [aws_lambda_function.signup.arn, aws_lambda_function.organiser.arn, aws_lambda_function.mailer.arn]
  }
}

# The command `signups`, which reads and changes sign-ups.
resource "aws_iam_policy" "sign_ups" {
  name        = "${var.name}-sign-ups"
  description = "The sign-ups of ${var.name}, as the command signups reads and changes them."
  policy      = data.aws_iam_policy_document.table.json
}

locals {
  log_groups = [aws_cloudwatch_log_group.signup, aws_cloudwatch_log_group.organiser, aws_cloudwatch_log_group.mailer, aws_cloudwatch_log_group.api]
}
