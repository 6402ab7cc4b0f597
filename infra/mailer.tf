# The mailer: woken by the table's stream, and by the schedule.

resource "aws_lambda_function" "mailer" {
  #checkov:skip=CKV_AWS_50:metrics and log lines tell enough; no tracing
  #checkov:skip=CKV_AWS_116:the stream's mapping has a queue for what fails; the schedule comes again
  #checkov:skip=CKV_AWS_117:reaches AWS's public endpoints alone; a VPC would need a NAT for that
  #checkov:skip=CKV_AWS_173:encrypted with the service's own key
  #checkov:skip=CKV_AWS_272:the role that would sign is the one that deploys
  function_name                  = "${var.name}-mailer"
  role                           = aws_iam_role.mailer.arn
  filename                       = "${var.built}/mailer.zip"
  source_code_hash               = filebase64sha256("${var.built}/mailer.zip")
  runtime                        = "provided.al2023"
  architectures                  = [local.architecture]
  handler                        = "bootstrap"
  memory_size                    = 256
  timeout                        = 25 # less than the 30 seconds for which it leases a mail
  reserved_concurrent_executions = var.mailer_concurrency
  publish                        = true

  environment {
    variables = {
      TABLE_NAME             = aws_dynamodb_table.signups.name
      IDENTITY_KEY           = var.identity_key
      TOKEN_KEYS             = join(",", var.token_keys)
      MAIL_FROM              = var.mail_from
      MAIL_CONFIGURATION_SET = aws_sesv2_configuration_set.mail.configuration_set_name
    }
  }

  logging_config {
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.mailer.name
  }

  depends_on = [aws_iam_role_policy.mailer]
}

resource "aws_lambda_alias" "mailer" {
  name             = "live"
  function_name    = aws_lambda_function.mailer.function_name
  function_version = aws_lambda_function.mailer.version
}

resource "aws_lambda_event_source_mapping" "mailer" {
  event_source_arn  = aws_dynamodb_table.signups.stream_arn
  function_name     = aws_lambda_alias.mailer.arn
  starting_position = "TRIM_HORIZON"
  batch_size        = 10

  # What fails is told record by record; a record that fails for good ends in the queue. The outbox remembers it too.
  function_response_types            = ["ReportBatchItemFailures"]
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = 10
  maximum_record_age_in_seconds      = 3600
  maximum_batching_window_in_seconds = 0

  filter_criteria {
    filter {
      pattern = jsonencode({
        eventName = ["INSERT"]
        dynamodb  = { Keys = { sk = { S = [{ prefix = "mail#" }] } } }
      })
    }
  }

  destination_config {
    on_failure {
      destination_arn = aws_sqs_queue.dead.arn
    }
  }
}

# Keys of records that the mailer could not handle; no names.
resource "aws_sqs_queue" "dead" {
  name                      = "${var.name}-mailer-dead"
  message_retention_seconds = 1209600
  sqs_managed_sse_enabled   = true
}

resource "aws_cloudwatch_log_group" "mailer" {
  #checkov:skip=CKV_AWS_158:nothing personal is logged; encrypted with the service's own key
  #checkov:skip=CKV_AWS_338:thirty days are enough to look into something, and a year is more than one may keep for it
  name              = "/aws/lambda/${var.name}-mailer"
  retention_in_days = 30
}

resource "aws_iam_role" "mailer" {
  name               = "${var.name}-mailer"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

resource "aws_iam_role_policy" "mailer" {
  name   = "mailer"
  role   = aws_iam_role.mailer.id
  policy = data.aws_iam_policy_document.mailer.json
}

data "aws_iam_policy_document" "mailer" {
  source_policy_documents = [data.aws_iam_policy_document.table.json]

  statement {
    actions   = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
    resources = [aws_dynamodb_table.signups.stream_arn]
  }
  statement {
    # Of this action no resource can be named.
    actions   = ["dynamodb:ListStreams"]
    resources = ["*"]
  }
  statement {
    actions   = ["ses:SendEmail", "ses:SendRawEmail"]
    resources = [aws_sesv2_email_identity.sender.arn, aws_sesv2_configuration_set.mail.arn]
    condition {
      test     = "StringEquals"
      variable = "ses:FromAddress"
      values   = [local.mail_address]
    }
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.dead.arn]
  }
  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.mailer.arn}:*"]
  }
}
