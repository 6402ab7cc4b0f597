# Invokes the mailer: every 15 minutes for reminders, freed seats and mail that the stream missed, and once a day for the
# trial, a sign-up on the live site.

resource "aws_scheduler_schedule" "rounds" {
  #checkov:skip=CKV_AWS_297:the payload is only `{}`
  name                = "${var.name}-rounds"
  schedule_expression = "rate(15 minutes)"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.mailer.arn
    role_arn = aws_iam_role.rounds.arn
    input    = "{}"
    retry_policy {
      maximum_retry_attempts       = 0 # the next round runs anyway
      maximum_event_age_in_seconds = 900
    }
  }
}

resource "aws_scheduler_schedule" "trial" {
  #checkov:skip=CKV_AWS_297:the payload contains nothing
  name                         = "${var.name}-trial"
  schedule_expression          = "cron(20 4 * * ? *)"
  schedule_expression_timezone = "Europe/Amsterdam"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_alias.mailer.arn
    role_arn = aws_iam_role.rounds.arn
    input    = jsonencode({ trial = {} })
    retry_policy {
      maximum_retry_attempts       = 0 # a failure is for a person to see
      maximum_event_age_in_seconds = 900
    }
  }
}

resource "aws_iam_role" "rounds" {
  name               = "${var.name}-rounds"
  assume_role_policy = data.aws_iam_policy_document.scheduler.json
}

# Trust policy of the roles that schedules use.
data "aws_iam_policy_document" "scheduler" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role_policy" "rounds" {
  name   = "rounds"
  role   = aws_iam_role.rounds.id
  policy = data.aws_iam_policy_document.rounds.json
}

data "aws_iam_policy_document" "rounds" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_alias.mailer.arn]
  }
}
